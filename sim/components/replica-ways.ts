import type { Site } from '../parts/kind.js'
import type { Wire } from '../parts/wire.js'

/**
 * The ways over which a primary's writes go to its replicas, and those between each two of these, in case one is promoted:
 * no shorter than the longer of their ways from the primary.
 */
export function replicaWays(primary: Site, replicas: readonly Site[]): Wire[] {
  const ways = replicas.map(({ name }) => primary.wire(name))
  const across = replicas.flatMap((a, i) =>
    replicas.slice(i + 1).map((b, j) => {
      const way = a.wire(b.name)
      way.latency.bend(Math.max(ways[i]!.latency.value, ways[i + 1 + j]!.latency.value))
      return way
    }),
  )
  return [...ways, ...across]
}
