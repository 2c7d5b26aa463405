import type { Neighbour } from '../../parts/count.js'

/** Kinds whose members have the same data, and the option by which one of them names all others. */
const NAMED_BY: Readonly<Record<string, string>> = { galera: 'cluster', group_replication: 'members' }

/** The other members that `one` names. */
const namedBy = ({ kind, options }: Neighbour): string[] => namesIn(options[NAMED_BY[kind] ?? ''])

/** The names of all members of the cluster that the database server `name` is in, that which names the others first. */
export function clusterOf(name: string, all: readonly Neighbour[]): string[] {
  const first = all.find((one) => {
    const others = namedBy(one)
    return others.length > 0 && (one.name === name || others.includes(name))
  })
  return first === undefined ? [name] : [first.name, ...namedBy(first)]
}

/** What speaks against the members that `self` names; all of its kind are there. */
export function misnamed(
  self: Neighbour,
  all: readonly Neighbour[],
): { path: (string | number)[]; message: string }[] {
  const option = NAMED_BY[self.kind]!
  const names = namedBy(self)
  const members = all.filter(({ kind }) => kind === self.kind)
  return names.flatMap((other, i) => {
    const before = members.find((one) => one.name !== self.name && namedBy(one).includes(other))?.name
    const own = members.find((one) => one.name === other)?.options[option]
    const message =
      names.indexOf(other) < i
        ? `${other} is here twice`
        : before !== undefined
          ? `${other} is in the cluster of ${before} already`
          : own !== undefined
            ? `${other} names a cluster of its own: one node names all others`
            : null
    return message === null ? [] : [{ path: [option, i], message }]
  })
}

/** The names of components that an option has. */
const namesIn = (refs: unknown): string[] => (Array.isArray(refs) ? refs.map(({ name }) => name) : [])
