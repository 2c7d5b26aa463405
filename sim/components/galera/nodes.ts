import type { Neighbour } from '../../parts/count.js'

/** The names of all nodes of the cluster that the Galera node `name` is in, that which names the others first. */
export function clusterOf(name: string, all: readonly Neighbour[]): string[] {
  const first = all.find(
    (one) =>
      one.kind === 'galera' &&
      [one.name, ...namesIn(one.options.cluster)].includes(name) &&
      one.options.cluster !== undefined,
  )
  return first === undefined ? [name] : [first.name, ...namesIn(first.options.cluster)]
}

/** The names of components that an option has. */
export const namesIn = (refs: unknown): string[] => (Array.isArray(refs) ? refs.map(({ name }) => name) : [])
