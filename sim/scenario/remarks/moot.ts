import { listed } from '../../options/spell.js'
import type { Ref } from '../../options/types.js'
import type { RetryOptions } from '../../parts/retry-policy.js'
import type { Scenario } from '../scenario.js'
import type { Remark } from './remark.js'

/** What matters only beside another option, which is not said. */
export const moot: Remark = (scenario: Scenario) => [
  ...ofDatabases(scenario),
  ...ofMemory(scenario),
  ...ofDiskSpace(scenario),
  ...ofRetries(scenario),
  ...ofObjects(scenario),
]

function ofDatabases({ hosts, components }: Scenario): string[] {
  const syncs = (host: string) => components.some((one) => one.host === host && Boolean(one.options.fsync))
  const undisturbed = hosts.filter(({ name, fsyncs }) => fsyncs !== undefined && !syncs(name))
  const uses = (host: string) =>
    components.some(({ host: on, kind }) => on === host && 'io' in kind.options.shape)
  const unread = hosts.filter(({ name, disk_queue_depth: depth }) => depth !== undefined && !uses(name))
  const unawaited = components.filter(
    ({ options }) =>
      options.rpl_semi_sync_master_wait_point !== undefined && !options.rpl_semi_sync_master_enabled,
  )
  return [
    ...(unread.length === 0
      ? []
      : [
          `the disk_queue_depth of ${listed(unread.map(({ name }) => name))} limits nothing: there is no database on it`,
        ]),
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

/** Memory where there is enough for all, and of hosts on which nothing has any. */
function ofMemory({ hosts, components }: Scenario): string[] {
  const bounded = new Set(hosts.flatMap(({ name, memory }) => (memory === undefined ? [] : [name])))
  const has = ({ options }: { options: Record<string, unknown> }) =>
    options.memory !== undefined || options.memory_per_request !== undefined
  const boundless = components.filter((one) => has(one) && (one.host === null || !bounded.has(one.host)))
  const empty = [...bounded].filter((host) => !components.some((one) => one.host === host && has(one)))
  return [
    ...(boundless.length === 0
      ? []
      : [
          `the memory of ${listed(boundless.map(({ name }) => name))} is not looked at: no memory: is said of the host`,
        ]),
    ...(empty.length === 0
      ? []
      : [`the memory of ${listed(empty)} limits nothing: nothing there says what it has (memory:)`]),
  ]
}

/** What is written to a disk that always has room, and disks that nothing fills. */
function ofDiskSpace({ hosts, components, faults }: Scenario): string[] {
  const bounded = new Set(hosts.flatMap(({ name, disk_size }) => (disk_size === undefined ? [] : [name])))
  const writes = ({ options }: { options: Record<string, unknown> }) => options.disk_per_request !== undefined
  const boundless = components.filter((one) => writes(one) && (one.host === null || !bounded.has(one.host)))
  const filled = faults.some(({ kind }) => kind.kind === 'fill')
  const empty = [...bounded].filter((host) => !components.some((one) => one.host === host && writes(one)))
  return [
    ...(boundless.length === 0
      ? []
      : [
          `the disk_per_request of ${listed(boundless.map(({ name }) => name))} fills nothing: no disk_size: is said of the host`,
        ]),
    ...(empty.length === 0 || filled
      ? []
      : [
          `nothing fills the disk of ${listed(empty)}: nothing there says what it writes (disk_per_request:)`,
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
