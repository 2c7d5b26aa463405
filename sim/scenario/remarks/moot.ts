import { listed } from '../../options/spell.js'
import type { Ref } from '../../options/types.js'
import type { RetryOptions } from '../../parts/retry-policy.js'
import type { Scenario } from '../scenario.js'
import type { Remark } from './remark.js'

/** What matters only beside another option, which is not said. */
export const moot: Remark = (scenario: Scenario) => [
  ...ofDatabases(scenario),
  ...ofRetries(scenario),
  ...ofObjects(scenario),
]

function ofDatabases({ hosts, components }: Scenario): string[] {
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

/** Pauses between tries, where there is one. */
function ofRetries({ users, components }: Scenario): string[] {
  const called = components.flatMap(({ name, options }) =>
    ((options.calls ?? []) as readonly (RetryOptions & { readonly name: Ref })[]).map((call) => ({
      ...call,
      name: `${name} -> ${call.name.name}`,
    })),
  )
  const paused = [...users, ...called].filter(
    ({ retries, backoff, growth }) => retries === 0 && (backoff.mean > 0 || growth !== 1),
  )
  return paused.map(
    ({ name, backoff }) =>
      `the ${backoff.mean > 0 ? 'backoff' : 'growth'} of ${name} does nothing: nothing is tried again (retries: 0)`,
  )
}

/** Objects that are told apart, and make no difference to any box. */
function ofObjects({ users, components }: Scenario): string[] {
  const asked = users.filter(({ objects }) => objects !== undefined)
  const matter = components.some(({ kind, options }) => kind.readsObjects?.(options) === true)
  return matter || asked.length === 0
    ? []
    : [
        `the objects of ${listed(asked.map(({ name }) => name))} make no difference: no box hashes them (balance:), and no cache has keys: visitors`,
      ]
}
