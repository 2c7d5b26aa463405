import type { Neighbour } from '../../parts/kind.js'

/** Of a list of references, as another component has it. */
export const named = (refs: unknown): string[] => (Array.isArray(refs) ? refs.map(({ name }) => name) : [])

/** Names of those that a monitor is a cluster with: whom it names, who names it, and so on. */
export function peersOf({ name }: Pick<Neighbour, 'name'>, all: readonly Neighbour[]): string[] {
  const found = new Set([name])
  for (const one of found) {
    for (const other of all) {
      const peers = named(other.options.cluster_peer)
      if (other.name === one) for (const peer of peers) found.add(peer)
      if (peers.includes(one)) found.add(other.name)
    }
  }
  found.delete(name)
  return [...found]
}

export const inCluster = (self: Pick<Neighbour, 'name'>, all: readonly Neighbour[]): boolean =>
  peersOf(self, all).length > 0
