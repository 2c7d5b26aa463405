import type { Stream } from '../../random/stream.js'
import { First } from './first.js'
import { Consistent, type KeyOf, MapBased } from './hashing.js'
import { LeastConn } from './leastconn.js'
import { RandomDraws } from './random.js'
import { RoundRobin } from './roundrobin.js'
import type { Algorithm, Server } from './server.js'
import { StaticRoundRobin } from './static-rr.js'

type Make = (servers: readonly Server[], draws: number, stream: Stream, hashing: Hashing) => Algorithm

/** How what is hashed is told apart, and `hash-type`. */
export interface Hashing {
  readonly keyOf: KeyOf
  readonly consistent: boolean
}

const byHash: Make = (servers, _draws, _stream, { keyOf, consistent }) =>
  consistent ? new Consistent(servers, keyOf) : new MapBased(servers, keyOf)

/** What `balance` can say, one line each. `draws` is the n of `random(n)`. */
export const algorithms = {
  roundrobin: (servers) => new RoundRobin(servers),
  'static-rr': (servers) => new StaticRoundRobin(servers),
  leastconn: (servers) => new LeastConn(servers),
  first: (servers) => new First(servers),
  source: byHash,
  uri: byHash,
  hdr: byHash,
  random: (servers, draws, stream) => new RandomDraws(servers, draws, stream),
} as const satisfies Record<string, Make>

/** They name one server, full or not. */
export const hashes = (balance: Balance): boolean => balance === 'source' || namesObject(balance)

/** What is hashed is what is asked for. */
export const namesObject = (balance: Balance): boolean => balance === 'uri' || balance === 'hdr'

export type Balance = keyof typeof algorithms
