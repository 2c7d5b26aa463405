import type { Algorithm, Server, Visitor } from './server.js'

/**
 * `balance static-rr` of HAProxy: turns are laid out once in a map as long as the sum of the weights (divided by
 * what they have in common) and made anew when a server comes or goes; the place in it is kept.
 * Sequences measured on HAProxy 2.6.12.
 */
export class StaticRoundRobin implements Algorithm {
  private map: Server[] = []
  private turn = 0
  private readonly divisor: number

  constructor(private readonly servers: readonly Server[]) {
    this.divisor = divisorOf(servers)
    this.layOut()
  }

  pick(_visitor: Visitor, _retry: number, avoid: Server | null): Server | null {
    const { map } = this
    let turn = this.turn < map.length ? this.turn : 0
    let avoided: Server | null = null
    let after = this.turn
    for (let looked = 0; looked < map.length; looked++) {
      const server = map[turn]!
      turn = turn + 1 < map.length ? turn + 1 : 0
      if (server.full) continue
      if (server !== avoid) {
        this.turn = turn
        return server
      }
      avoided = server
      after = turn
    }
    this.turn = after
    return avoided
  }

  up(): void {
    this.layOut()
  }

  down(): void {
    this.layOut()
  }

  loaded(): void {}

  /** The map is not made anew: static. */
  weighed(): void {}

  private layOut(): void {
    this.map = mapOfTurns(this.servers, this.divisor)
    if (this.turn >= this.map.length) this.turn = 0
  }
}

/** What all weights have in common. */
const divisorOf = (servers: readonly Server[]): number =>
  servers.reduce((d, { weight }) => common(d, weight), 0)

/** Turns of the servers that are usable, those of the heavy ones spread between those of the others. */
export function mapOfTurns(servers: readonly Server[], divisor = divisorOf(servers)): Server[] {
  const usable = servers.filter((s) => s.usable)
  const scores = usable.map(() => 0)
  const weights = usable.map((s) => s.weight / divisor)
  const length = weights.reduce((a, b) => a + b, 0)
  return Array.from({ length }, () => {
    let best = -1
    let most = 0
    usable.forEach((_, i) => {
      scores[i]! += weights[i]!
      const level = Math.trunc((scores[i]! + length) / length)
      if (best < 0 || level > most) {
        best = i
        most = level
      }
    })
    scores[best]! -= length
    return usable[best]!
  })
}

function common(a: number, b: number): number {
  return b === 0 ? a : common(b, a % b)
}
