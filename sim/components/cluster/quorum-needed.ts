import type { Neighbour } from '../../parts/count.js'
import { clusterOf } from './nodes.js'

/**
 * Whom a node needs of the others of its cluster, of each list one, so that they are more than half of it by weight
 * (Galera: pc_weight) together: one of each of the smallest lists without which they would not be.
 */
export function quorumNeeded(name: string, all: readonly Neighbour[]): string[][] {
  const weight = (node: string) =>
    (all.find((one) => one.name === node)!.options.pc_weight as number | undefined) ?? 1
  const total = (nodes: readonly string[]) => nodes.reduce((sum, node) => sum + weight(node), 0)
  const nodes = clusterOf(name, all)
  const stops = (lost: readonly string[]) => 2 * (total(nodes) - total(lost)) <= total(nodes)
  const lists = subsetsOf(nodes.filter((node) => node !== name)).filter(stops)
  return lists.filter(
    (list) => !lists.some((other) => other !== list && other.every((node) => list.includes(node))),
  )
}

function subsetsOf(names: readonly string[]): string[][] {
  const sets: string[][] = [[]]
  for (const name of names) sets.push(...sets.map((set) => [...set, name]))
  return sets
}
