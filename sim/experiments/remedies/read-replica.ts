import { Ref } from '../../options/types.js'
import type { ComponentSpec, Scenario } from '../../scenario/scenario.js'
import { asWritten, type Entry, rewritten } from '../../scenario/variant.js'
import { nextTo } from './copies.js'
import type { Remedy } from './remedy.js'
import { servingOf } from './serving.js'

/** Database: one more replica of the primary, on a machine like its own, that is read. */
export const readReplica: Remedy = ({ scenario }) => {
  const serving = servingOf(scenario)
  const databases = scenario.components.filter(
    ({ name, kind }) => serving.includes(name) && kind.keepsData === true,
  )
  const primary = databases.find(({ options }) => options.replicas !== undefined) ?? databases[0]
  if (primary === undefined) return { because: 'no database is asked that could have a replica' }
  if (!Object.hasOwn(primary.kind.options.shape, 'replicas'))
    return { because: `${primary.name} has no replicas: the nodes of a cluster are all read` }
  const askers = scenario.components.filter(({ options }) => databasesOf(options).includes(primary.name))
  if (askers.length === 0)
    return { because: `${primary.name} is not asked by an application that could read elsewhere` }
  if (askers.every(({ options }) => options.reads === 'primary'))
    return { because: 'the applications read at the primary (reads: primary)' }
  return {
    says: `one more replica of ${primary.name} that is read, on a machine of its own`,
    scenario: withReplica(scenario, primary, askers),
  }
}

/** The names in its `database:`. */
function databasesOf({ database }: Record<string, unknown>): string[] {
  return Array.isArray(database) ? database.filter((one) => one instanceof Ref).map(({ name }) => name) : []
}

function withReplica(scenario: Scenario, primary: ComponentSpec, askers: readonly ComponentSpec[]): Scenario {
  const written = asWritten(scenario)
  const components: Record<string, Entry> = { ...written.components }
  const hosts = { ...written.hosts }
  const taken = new Set([...Object.keys(components), ...Object.keys(written.users), ...Object.keys(hosts)])
  const replica = nextTo(primary.name, taken)
  const { replicas: _, promotion: __, ...like } = components[primary.name]!
  const followers = ((primary.options.replicas ?? []) as readonly Ref[]).map(({ name }) => name)
  components[primary.name] = { ...components[primary.name], replicas: [...followers, replica] }
  components[replica] = like
  if (primary.host !== null) {
    const machine = nextTo(primary.host, new Set([...taken, replica]))
    hosts[machine] = hosts[primary.host] ?? null
    components[replica] = { ...like, host: machine }
  }
  for (const { name, options } of askers)
    components[name] = { ...components[name], database: [...databasesOf(options), replica] }
  return rewritten(scenario, { components, ...(primary.host === null ? {} : { hosts }) })
}
