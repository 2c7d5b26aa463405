import * as z from 'zod'
import { count, oneOf, refsWith } from '../../options/types.js'
import { Component } from '../../parts/component.js'
import { kind, type Site } from '../../parts/kind.js'
import { notes } from '../../parts/notes.js'
import { Outcome } from '../../parts/outcome.js'
import type { Request } from '../../parts/request.js'
import type { Wire } from '../../parts/wire.js'
import { balancing } from '../balance/icon.js'
import { LeastConn } from '../balance/leastconn.js'
import { RandomDraws } from '../balance/random.js'
import { RoundRobin } from '../balance/roundrobin.js'
import { type Algorithm, Server } from '../balance/server.js'

const balancerOptions = z.strictObject({
  policy: oneOf('roundrobin', 'random', 'leastconn', 'random2', 'jsq')
    .prefault('roundrobin')
    .describe(
      'in turn; by chance; fewest requests; the better of two drawn (two different ones, as random two of nginx); shortest queue (fewest requests, as leastconn)',
    ),
  servers: refsWith({ weight: count(1, 256).prefault(1).describe('share of the requests') }).describe(
    'where requests go',
  ),
})

/** What it notes on a request: the place of its server. */
const visit = notes({ server: 'note1' })

/**
 * The plain load balancer: it chooses and passes on. It checks no health, knows no timeout, takes no time, and
 * what its servers answer is the answer.
 *
 * It knows of a server's load what it has sent there and has not been answered: a queue in that sense, so that
 * `jsq` (join the shortest queue) and `leastconn` are one policy here; of equals it takes the one that has
 * stood still longest.
 */
class Balancer extends Component {
  private readonly servers: readonly Server[]
  private readonly wires: readonly Wire[]
  override readonly readsBodies = true
  private readonly build: () => Algorithm
  private algorithm: Algorithm

  constructor(site: Site, options: z.output<typeof balancerOptions>) {
    super(site)
    this.wires = options.servers.map(({ name }) => site.wire(name.name))
    this.servers = options.servers.map(({ weight }, place) => new Server(place, weight))
    for (const server of this.servers) server.usable = true
    const stream = site.context.stream(site.role, 'choice')
    this.build = () => policies[options.policy](this.servers, stream)
    this.algorithm = this.build()
  }

  accept(request: Request): void {
    const server = this.algorithm.pick(request, 0, null)!
    request[visit.server] = server.place
    this.load(server, 1)
    this.forward(request, this.wires[server.place]!)
  }

  override resume(request: Request, answer: Request): void {
    this.load(this.servers[request[visit.server]]!, -1)
    this.passOn(request, answer)
  }

  /** It stands between two connections: when the caller's ends, it ends the server's. */
  override hungUp(request: Request): void {
    if (!this.serves) return
    this.forget(request)
    this.load(this.servers[request[visit.server]]!, -1)
    request.reply(Outcome.timeout)
  }

  override crashed(): void {
    for (const server of this.servers) server.served = 0
    this.algorithm = this.build()
  }

  private load(server: Server, by: number): void {
    server.served += by
    this.algorithm.loaded(server)
  }
}

const policies: Record<
  z.output<typeof balancerOptions>['policy'],
  (servers: readonly Server[], stream: ConstructorParameters<typeof RandomDraws>[2]) => Algorithm
> = {
  roundrobin: (servers) => new RoundRobin(servers),
  random: (servers, stream) => new RandomDraws(servers, 1, stream),
  leastconn: (servers) => new LeastConn(servers),
  random2: (servers, stream) => new RandomDraws(servers, 2, stream, true),
  jsq: (servers) => new LeastConn(servers),
}

export const balancer = kind({
  kind: 'balancer',
  passesOn: true,
  says: 'the plain load balancer: chooses a server and passes on',
  aliases: ['lb', 'load-balancer', 'elb', 'alb', 'nlb', 'lvs', 'ipvs', 'envoy', 'traefik'],
  icon: balancing,
  example: `
    balancer: { kind: balancer, policy: leastconn, servers: [server-1, server-2] }
    server-1: { kind: service, servers: 4, service: exponential(20ms) }
    server-2: { kind: service, servers: 4, service: exponential(20ms) }`,
  options: balancerOptions,
  build: (site, options) => new Balancer(site, options),
})
