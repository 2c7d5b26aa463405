import type { Stream } from '../../random/stream.js'
import type { Algorithm, Server } from './server.js'

/**
 * `balance random(n)` of HAProxy: draws `n` servers by weight, the same one perhaps twice, and takes the one with
 * fewer requests for its weight, the later of equals. If that is full the request waits in the backend's queue,
 * even if another server has a free slot (HAProxy 2.6 documentation, "random").
 */
export class RandomDraws implements Algorithm {
  /**
   * @param stream keyed by visitor and try
   * @param apart whether the second server drawn is another than the first
   */
  constructor(
    private readonly servers: readonly Server[],
    private readonly draws: number,
    private readonly stream: Stream,
    private readonly apart = false,
  ) {}

  pick(key: number, attempt: number, avoid: Server | null): Server | null {
    this.stream.at(key, attempt)
    let best: Server | null = null
    for (let i = 0; i < this.draws; i++) {
      const drawn = this.draw(avoid, this.apart ? best : null)
      if (drawn === null) break
      if (best === null || drawn.served * best.weight <= best.served * drawn.weight) best = drawn
    }
    return best === null || best.full ? null : best
  }

  up(): void {}
  down(): void {}
  loaded(): void {}

  private draw(avoid: Server | null, other: Server | null): Server | null {
    let sum = 0
    for (const server of this.servers)
      if (server.usable && server !== avoid && server !== other) sum += server.weight
    if (sum === 0) return other === null && avoid?.usable ? avoid : null
    let left = this.stream.next() * sum
    let last: Server | null = null
    for (const server of this.servers) {
      if (!server.usable || server === avoid || server === other) continue
      last = server
      left -= server.weight
      if (left < 0) break
    }
    return last
  }
}
