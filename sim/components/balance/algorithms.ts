import type { Stream } from '../../random/stream.js'
import { First } from './first.js'
import { LeastConn } from './leastconn.js'
import { RandomDraws } from './random.js'
import { RoundRobin } from './roundrobin.js'
import type { Algorithm, Server } from './server.js'
import { StaticRoundRobin } from './static-rr.js'

type Make = (servers: readonly Server[], draws: number, stream: Stream) => Algorithm

/** What `balance` can say, one line each. `draws` is the n of `random(n)`. */
export const algorithms = {
  roundrobin: (servers) => new RoundRobin(servers),
  'static-rr': (servers) => new StaticRoundRobin(servers),
  leastconn: (servers) => new LeastConn(servers),
  first: (servers) => new First(servers),
  random: (servers, draws, stream) => new RandomDraws(servers, draws, stream),
} as const satisfies Record<string, Make>

export type Balance = keyof typeof algorithms
