import type { ByClass, Ref } from '../../options/types.js'
import type { Neighbour } from '../../parts/kind.js'
import { promotes } from '../mysql/tools.js'
import { writersBy } from '../writers.js'

/** Options that say where it queries. */
interface Querying {
  readonly database?: readonly Ref[] | undefined
  readonly queries?: ByClass<number> | undefined
  readonly reads: 'replicas' | 'primary' | 'all'
}

/**
 * The databases of which a request of a class needs one: for a write the primary, or a replica where one is promoted in
 * its place; for a read any that is read, the primary too. None where it asks no database.
 */
export function databasesNeeded(
  { database = [], queries, reads }: Querying,
  named: string,
  all: readonly Neighbour[],
): string[][] {
  if (database.length === 0 || queries?.each([named], 1)[0] === 0) return []
  const names = database.map(({ name }) => name)
  const primary = all.find(({ name, options }) => names.includes(name) && options.replicas !== undefined)
  if (primary === undefined) return [names]
  const writes = writersOf(names, all).includes(named)
  const { mode } = primary.options.promotion as { mode: string }
  const isAlone = mode === 'none' && !all.some((one) => promotes(one, primary.name))
  return [(writes || reads === 'primary') && isAlone ? [primary.name] : names]
}

/** The request classes that write to databases, as those say who ask them, or they themselves. */
function writersOf(databases: readonly string[], all: readonly Neighbour[]): readonly string[] {
  const asks = ({ options: { database } }: Neighbour) =>
    Array.isArray(database) && database.some((ref: Ref) => databases.includes(ref.name))
  return writersBy(all.filter((one) => databases.includes(one.name) || asks(one)))
}
