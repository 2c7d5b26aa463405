import { type Algorithm, SCALE, type Server, type Visitor } from './server.js'

/** The largest weight: the unit of load. */
const LARGEST = 256 * SCALE

/**
 * `balance leastconn` of HAProxy: the server with the fewest requests for its weight; of equals the one that
 * has stood still longest. An idle server has load 0 whatever its weight, so that a quiet site is served in
 * plain turns (measured on HAProxy 2.6.12).
 */
export class LeastConn implements Algorithm {
  private readonly since: number[] = []
  private changes = 0

  constructor(private readonly servers: readonly Server[]) {
    for (const server of servers) this.since[server.place] = ++this.changes
  }

  pick(_visitor: Visitor, _retry: number, avoid: Server | null): Server | null {
    let best: Server | null = null
    let avoided: Server | null = null
    for (const server of this.servers) {
      if (!server.usable || server.full) continue
      if (server === avoid) avoided = server
      else if (best === null || this.before(server, best)) best = server
    }
    return best ?? avoided
  }

  up(server: Server): void {
    this.loaded(server)
  }

  down(): void {}

  loaded(server: Server): void {
    this.since[server.place] = ++this.changes
  }

  /** It goes to the end of those with its load, as after a request. */
  weighed(server: Server): void {
    this.loaded(server)
  }

  private before(a: Server, b: Server): boolean {
    const difference = load(a) - load(b)
    return difference !== 0 ? difference < 0 : this.since[a.place]! < this.since[b.place]!
  }
}

function load({ served, share }: Server): number {
  return served === 0 ? 0 : Math.trunc(((served + 1) * LARGEST) / share)
}
