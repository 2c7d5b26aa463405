import type { Algorithm, Server, Visitor } from './server.js'

/** `balance first` of HAProxy: the first in the list with a free slot, whatever the weights. */
export class First implements Algorithm {
  constructor(private readonly servers: readonly Server[]) {}

  pick(_visitor: Visitor, _retry: number, avoid: Server | null): Server | null {
    let avoided: Server | null = null
    for (const server of this.servers) {
      if (!server.usable || server.full) continue
      if (server !== avoid) return server
      avoided = server
    }
    return avoided
  }

  up(): void {}
  down(): void {}
  loaded(): void {}
  weighed(): void {}
}
