import { listed } from '../../options/spell.js'
import type { Scenario } from '../scenario.js'
import type { Remark } from './remark.js'

/** What matters only beside another option, which is not said. */
export const moot: Remark = ({ hosts, components }: Scenario) => {
  const syncs = (host: string) => components.some((one) => one.host === host && Boolean(one.options.fsync))
  const undisturbed = hosts.filter(({ name, fsyncs }) => fsyncs !== undefined && !syncs(name))
  const unawaited = components.filter(
    ({ options }) =>
      options.rpl_semi_sync_master_wait_point !== undefined && !options.rpl_semi_sync_master_enabled,
  )
  return [
    ...(undisturbed.length === 0
      ? []
      : [
          `the fsyncs of ${listed(undisturbed.map(({ name }) => name))} limit nothing: no database there waits for its disk (fsync:)`,
        ]),
    ...(unawaited.length === 0
      ? []
      : [
          `the rpl_semi_sync_master_wait_point of ${listed(unawaited.map(({ name }) => name))} does nothing: rpl_semi_sync_master_enabled is off`,
        ]),
  ]
}
