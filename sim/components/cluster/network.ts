import { RETRIES, segmentWait } from '../../parts/tcp.js'
import { UP } from '../../parts/transfer.js'
import type { Wire } from '../../parts/wire.js'

/** Packets of one write set: to a node, and its answer. */
const DATA = 0
const ACK = 1

/**
 * The ways between the nodes of a cluster, by the places of these. Nodes whose direct way is cut reach one another over
 * others if they can (Galera: gmcast relays messages; an assumption: without a delay, and for MySQL's XCom too).
 */
export class Network {
  /** Seconds, one way; infinite where nothing gets through. */
  private distances: number[][] = []
  /** Where the best way is not the direct one: over whom. */
  private over: number[][] = []

  /** @param ways from each to each, one wire for both directions; null to itself */
  constructor(private readonly ways: readonly (readonly (Wire | null)[])[]) {}

  /** Something has changed, perhaps. @param lives whether each takes part */
  measure(lives: readonly boolean[]): void {
    const { ways } = this
    const n = ways.length
    this.over = ways.map(() => new Array(n).fill(-1))
    this.distances = ways.map((own, from) =>
      own.map((way, to) => {
        if (!lives[from] || !lives[to]) return Number.POSITIVE_INFINITY
        if (way === null) return 0
        return way.carries(UP) ? way.latency.value : Number.POSITIVE_INFINITY
      }),
    )
    // A direct way is taken where there is one: it has a connection of its own.
    for (let k = 0; k < n; k++)
      for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) if (!this.direct(i, j)) this.relay(i, k, j)
  }

  private direct(from: number, to: number): boolean {
    return this.over[from]![to]! < 0 && this.distances[from]![to]! < Number.POSITIVE_INFINITY
  }

  private relay(from: number, by: number, to: number): void {
    const seconds = this.distances[from]![by]! + this.distances[by]![to]!
    if (seconds >= this.distances[from]![to]!) return
    this.distances[from]![to] = seconds
    this.over[from]![to] = by
  }

  reaches(from: number, to: number): boolean {
    return this.distances[from]![to]! < Number.POSITIVE_INFINITY
  }

  distance(from: number, to: number): number {
    return this.distances[from]![to]!
  }

  /** Seconds until `from` knows that `to` has the write set `key`. */
  roundTrip(from: number, to: number, key: number): number {
    return this.passage(from, to, key, DATA) + this.passage(to, from, key, ACK)
  }

  /** Seconds of one packet on its way, with what is lost and sent again. */
  private passage(from: number, to: number, key: number, leg: number): number {
    const by = this.over[from]![to]!
    if (by >= 0) return this.passage(from, by, key, leg) + this.passage(by, to, key, leg)
    const way = this.ways[from]![to]!
    if (leg === DATA) way.sent++
    const latency = way.latency.value
    let seconds = latency
    for (let resends = 0; resends < RETRIES && !way.passes(key, leg + 2 * resends); resends++)
      seconds += segmentWait(resends, 2 * latency)
    return seconds
  }
}

/**
 * The network of `nodes`, the first of which names the others.
 * @param wire lays the way from one to another
 * @param changed told when something of a way has changed
 */
export function meshOf<Node>(
  nodes: readonly Node[],
  wire: (from: Node, to: Node) => Wire,
  changed: () => void,
): Network {
  const ways = nodes.map((): (Wire | null)[] => nodes.map(() => null))
  for (const [i, a] of nodes.entries())
    for (const [j, b] of nodes.entries()) {
      if (j <= i) continue
      const way = wire(a, b)
      // Between two others: no shorter than the longer of their ways from the first.
      if (i > 0) way.latency.bend(Math.max(ways[0]![i]!.latency.value, ways[0]![j]!.latency.value))
      ways[i]![j] = way
      ways[j]![i] = way
      for (const dial of [way.open, way.back, way.latency]) dial.watch(changed)
    }
  return new Network(ways)
}
