import type { Stream } from '../../random/stream.js'
import type { Algorithm, Server, Visitor } from './server.js'

/**
 * `balance random(n)` of HAProxy: draws `n` servers by weight, the same one perhaps twice, and takes the one with
 * fewer requests for its weight, the later of equals. If that is full the request waits in the backend's queue,
 * even if another server has a free slot (HAProxy 2.6 documentation, "random").
 */
export class RandomDraws implements Algorithm {
  /** Of the weights of all that are usable, in sixteenths. */
  private sum = 0

  /**
   * @param stream keyed by visitor and try
   * @param apart whether the second server drawn is another than the first
   */
  constructor(
    private readonly servers: readonly Server[],
    private readonly draws: number,
    private readonly stream: Stream,
    private readonly apart = false,
  ) {
    this.weigh()
  }

  pick(visitor: Visitor, retry: number, avoid: Server | null): Server | null {
    visitor.draws(this.stream, retry)
    if (this.draws === 1) {
      const drawn = this.draw(avoid, null)
      return drawn === null || drawn.full ? null : drawn
    }
    let best: Server | null = null
    for (let i = 0; i < this.draws; i++) {
      const drawn = this.draw(avoid, this.apart ? best : null)
      if (drawn === null) break
      if (best === null || drawn.served * best.share <= best.served * drawn.share) best = drawn
    }
    return best === null || best.full ? null : best
  }

  up(): void {
    this.weigh()
  }
  down(): void {
    this.weigh()
  }
  loaded(): void {}
  weighed(): void {
    this.weigh()
  }

  private weigh(): void {
    this.sum = this.servers.reduce((sum, server) => sum + (server.usable ? server.share : 0), 0)
  }

  private draw(avoid: Server | null, other: Server | null): Server | null {
    let { sum } = this
    if (avoid?.usable) sum -= avoid.share
    if (other !== null) sum -= other.share
    if (sum <= 0) return other === null && avoid?.usable ? avoid : null
    let place = this.stream.next() * sum
    let last: Server | null = null
    for (let i = 0; i < this.servers.length && place >= 0; i++) {
      const server = this.servers[i]!
      if (server.usable === false || server === avoid || server === other) continue
      last = server
      place -= server.share
    }
    return last
  }
}
