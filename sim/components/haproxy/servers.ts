import type { Handler } from '../../kernel/event.js'
import { KeptConnections } from '../../parts/kept.js'
import type { Site } from '../../parts/kind.js'
import { State } from '../../parts/port.js'
import type { Process } from '../../parts/process.js'
import { Queue } from '../../parts/queue.js'
import type { Request } from '../../parts/request.js'
import { queue } from '../../parts/station.js'
import type { Stream } from '../../random/stream.js'
import { Level } from '../../stats/level.js'
import { namesObject } from '../balance/algorithms.js'
import { sdbm } from '../balance/hashing.js'
import { SCALE, Server, type Visitor } from '../balance/server.js'
import { AgentCheck } from './agent-check.js'
import { Backend } from './backend.js'
import type { Options } from './haproxy-options.js'
import { visit } from './haproxy-visit.js'
import { Health } from './health.js'
import { Observation } from './observation.js'
import { Persistence } from './persistence.js'
import { Ramp } from './ramp.js'
import { type Line, rounds } from './running-line.js'
import { linesOf, type ServerLine } from './server-lines.js'
import { SlowStart } from './slow-start.js'

/** Seconds after which idle connections to servers are closed: pool-purge-delay. It closes half of them each time. */
const PURGE = 5

type BackendOptions = Pick<Options, 'balance' | 'allbackups' | 'hash_type' | 'cookie' | 'fullconn'>

/** What becomes of requests: the life of each is told by the HAProxy. */
interface Sending {
  readonly process: Process
  /** It has waited, seconds, and gets a slot of that server. */
  take(request: Request, line: Line, waited: number): void
  /** It gets no requests any more: who waits there may look for another. */
  left(line: Line): void
  /** Its timeout in a queue is over. */
  readonly queuedTooLong: Handler<Request>
}

/** Servers and their backends: which get requests, how many each has, who waits for a slot, and for how long. */
export class Servers {
  readonly lines: readonly Line[]
  /** The default one first. */
  readonly backends: readonly Backend[]
  /** Requests, or in mode tcp connections, that hold a slot. */
  inFlight = 0
  readonly process: Process
  private readonly byName: ReadonlyMap<string, Backend>
  private readonly choice: Stream

  constructor(
    private readonly site: Site,
    private readonly options: Options,
    private readonly haproxy: Sending,
  ) {
    const lines = linesOf(options)
    this.process = haproxy.process
    this.choice = site.context.stream(site.role, 'choice')
    this.backends = this.backendsOf(lines)
    this.byName = new Map(Object.keys(options.backends ?? {}).map((name, i) => [name, this.backends[i + 1]!]))
    this.lines = lines.map((line, place) => this.line(line, place))
  }

  /** The backend of each request class. */
  routes(): readonly Backend[] {
    const routes = Object.entries(this.options.use_backend ?? {})
    return this.site.classes.map((one) => {
      const [name] = routes.find(([, { names }]) => names.includes(one)) ?? []
      return name === undefined ? this.backends[0]! : this.byName.get(name)!
    })
  }

  private backendsOf(lines: readonly ServerLine[]): Backend[] {
    const { options } = this
    const rising = new Set(
      lines.flatMap(({ backend, said }) => (said.minconn === undefined ? [] : [backend])),
    )
    return [
      this.backend(options, rising.has(null)),
      ...Object.entries(options.backends ?? {}).map(([name, one]) => this.backend(one, rising.has(name))),
    ]
  }

  /** @param rises whether the slots of some server grow with what is there */
  private backend(one: BackendOptions, rises: boolean): Backend {
    const { balance, allbackups, hash_type = this.options.hash_type, cookie } = one
    const { fullconn = this.options.fullconn ?? Math.ceil(this.options.maxconn / 10) } = one
    const { addresses, objects } = this.site.context
    const keyOf = namesObject(balance.by)
      ? (visitor: Visitor) => sdbm(`${balance.by === 'uri' ? '/' : ''}${objects.nameOf(visitor)}`)
      : (visitor: Visitor) => addresses.of(visitor)
    const hashing = { keyOf, consistent: hash_type === 'consistent' }
    const waiting = this.queue()
    const ramp = rises ? new Ramp(waiting, fullconn) : null
    return new Backend(waiting, balance, allbackups, hashing, this.persistence(cookie), ramp)
  }

  private persistence(cookie: string | undefined): Persistence | null {
    if (cookie === undefined) return null
    const runs = ({ place }: Server) => this.runs(this.lines[place]!)
    return new Persistence(this.site.context.cookies.named(cookie), runs)
  }

  private queue(): Queue {
    const { timeout_queue, timeout_connect } = this.options
    const { process, haproxy } = this
    return new Queue(this.site.context, process.probe, timeout_queue ?? timeout_connect, (request) =>
      process.proceed(haproxy.queuedTooLong, request),
    )
  }

  private line({ name, backend: said, said: options }: ServerLine, place: number): Line {
    const { site, process } = this
    const { http_reuse, mode, timeout_connect } = this.options
    const { slowstart } = options
    const wire = site.wire(name, timeout_connect)
    const backend = said === null ? this.backends[0]! : this.byName.get(said)!
    const group = backend.group(options.backup)
    const slots = options.maxconn || Number.POSITIVE_INFINITY
    const server = new Server(place, options.weight, slots, backend.size + 1)
    group.servers.push(server)
    if (options.cookie !== undefined) backend.persistence?.add(server, options.cookie)
    const line: Line = {
      server,
      options,
      wire,
      health: new Health(options.rise, options.fall),
      own: backend.names && options.maxconn > 0 ? this.queue() : null,
      kept:
        http_reuse === 'never' || mode === 'tcp'
          ? null
          : new KeptConnections(site.context.kernel, wire, {
              most: Number.POSITIVE_INFINITY,
              idle: PURGE,
            }),
      used: server.maxconn < Number.POSITIVE_INFINITY ? new Level() : null,
      check: options.check ? rounds(process, place) : null,
      agent: options.agent_check
        ? new AgentCheck(
            site,
            site.component(name),
            server,
            backend.fixed,
            options.agent_says!,
            rounds(process, place),
          )
        : null,
      // What is not checked would never be up again: nothing is observed of it.
      observation:
        options.observe === 'none' || !options.check
          ? null
          : new Observation(options.observe, options.error_limit),
      slow: slowstart > 0 ? new SlowStart(server, slowstart, server.maxconn) : null,
      warming: slowstart > 0 ? rounds(process, place) : null,
      backend,
      group,
      serves: true,
      filling: false,
      doubted: Number.NaN,
    }
    backend.ramp?.add(line)
    wire.to.watchRotation(() => this.review(line))
    return line
  }

  // ---- Slots --------------------------------------------------------------------------------------------------

  /** A request has left the server. */
  free(line: Line): void {
    this.load(line, -1)
    // Whose slot it was is in the backend still.
    this.fill(line, 1)
  }

  /** The longest waiting take the free slots of a server. @param moving requests that wait nowhere: 0 or 1 */
  fill(line: Line, moving = 0): void {
    const { server, group, backend, own } = line
    const { queue: waiting, ramp } = backend
    if (ramp !== null) ramp.adjust(moving)
    if (own !== null && !own.empty) this.fillFrom(own, line)
    if (line.filling || waiting.empty || !backend.isEligible(server, group)) return
    line.filling = true
    while (!waiting.empty && server.usable && !server.full) {
      const request = waiting.take()
      this.haproxy.take(request, line, this.site.context.kernel.now - request[queue.since])
    }
    line.filling = false
  }

  /** Of those who wait for it alone, whether it is up or not, and of all others, the one that has waited longest. */
  private fillFrom(own: Queue, line: Line): void {
    const { server, group, backend } = line
    if (line.filling) return
    line.filling = true
    while (!own.empty && !server.full) {
      const { queue: shared } = backend
      const older = !shared.empty && shared.since < own.since && backend.isEligible(server, group)
      const request = (older && server.usable ? shared : own).take()
      this.haproxy.take(request, line, this.site.context.kernel.now - request[queue.since])
    }
    line.filling = false
  }

  load({ server, group, used }: Line, by: number): void {
    const { now } = this.site.context.kernel
    server.served += by
    used?.add(now, by)
    group.algorithm.loaded(server)
    this.inFlight += by
    this.process.probe.serving.set(now, this.inFlight)
  }

  // ---- Who gets requests --------------------------------------------------------------------------------------

  /** Whether it is up, as far as HAProxy knows. */
  runs({ health, agent }: Line): boolean {
    return health.up && (agent === null || agent.runs)
  }

  private serves({ health, agent, wire }: Line): boolean {
    return health.up && wire.to.inRotation && (agent === null || agent.serves)
  }

  /** Its checks or its maintenance may have changed whether it gets requests; those that it has stay. */
  review(line: Line): void {
    const { server, group, slow } = line
    const serves = this.serves(line)
    if (this.process.state === State.gone) return
    const turned = serves !== line.serves
    line.serves = serves
    if (turned && slow !== null) this.slowDown(line, slow)
    const usable = serves && server.weight > 0
    if (usable === server.usable) return
    server.usable = usable
    group.usable += usable ? 1 : -1
    if (usable) group.algorithm.up(server)
    else group.algorithm.down(server)
    if (usable) this.fill(line)
    else this.haproxy.left(line)
  }

  /** It has come back, or is gone. */
  private slowDown({ serves, warming }: Line, slow: SlowStart): void {
    if (!serves) {
      slow.end()
      return
    }
    slow.begin(this.site.context.kernel.now)
    if (warming!.event !== null) warming!.event.cancel()
    // The process hangs: it looks when it runs again.
    else if (slow.waits) return
    slow.waits = true
    this.process.wait(warming!, slow.step, this.warm)
  }

  private readonly warm = (warming: Request): void => {
    const line = this.lines[warming[visit.server]]!
    const slow = line.slow!
    slow.waits = false
    if (!slow.under) return
    this.reweigh(line)
    if (!slow.under) return
    slow.waits = true
    this.process.wait(warming, slow.step, this.warm)
  }

  /** Its weight, or what it has of that, may be otherwise than before; more of those who wait may go to it. */
  reweigh(line: Line): void {
    const { server, group, slow } = line
    const { share, weight } = server
    if (slow?.under) slow.look(this.site.context.kernel.now)
    else if (weight > 0) server.share = weight * SCALE
    if (server.share !== share && server.usable) group.algorithm.weighed(server)
    this.fill(line)
  }

  // ---- The process --------------------------------------------------------------------------------------------

  /** All servers are taken to be up, and the algorithms know of no past. */
  begin(): void {
    for (const line of this.lines) {
      line.health.reset()
      line.observation?.clear()
      line.doubted = Number.NaN
      line.agent?.begin()
      line.slow?.end()
      line.serves = this.serves(line)
      line.server.usable = line.serves && line.server.weight > 0
    }
    for (const backend of this.backends) backend.begin(this.choice)
  }

  crashed(): void {
    for (const { queue } of this.backends) queue.clear()
    for (const { own } of this.lines) own?.clear()
    const { process } = this
    const { now } = this.site.context.kernel
    this.inFlight = 0
    process.probe.serving.set(now, 0)
    for (const line of this.lines) {
      line.server.served = 0
      line.used?.set(now, 0)
      line.kept?.close(true)
      line.filling = false
    }
    this.stopLooking()
  }

  /** No check is under way any more, nor any look at how a server comes back. */
  stopLooking(): void {
    for (const line of this.lines) {
      if (line.slow !== null) line.slow.waits = false
      for (const round of [line.warming, line.check, line.agent?.round]) {
        if (!round) continue
        this.process.forget(round)
        round.event?.cancel()
        round.event = null
      }
    }
  }
}
