import type * as z from 'zod'
import type { Handler } from '../../kernel/event.js'
import {
  classNames,
  count,
  flag,
  law,
  type PerClass,
  perClass,
  servicePerClass,
} from '../../options/types.js'
import { ColdStart, coldStartOptions } from '../../parts/cold-start.js'
import { Component } from '../../parts/component.js'
import { type Demand, demandOf } from '../../parts/demand.js'
import { Dial } from '../../parts/dial.js'
import type { Site } from '../../parts/kind.js'
import { type Limit, shareOf } from '../../parts/limit.js'
import { Outcome } from '../../parts/outcome.js'
import type { Request } from '../../parts/request.js'
import { Station } from '../../parts/station.js'
import { SERVER_SECONDS } from '../../parts/tls.js'
import type { Distribution } from '../../random/distribution.js'
import type { Stream } from '../../random/stream.js'
import { Level } from '../../stats/level.js'

/** What a database server can say of itself, whether alone or with others. */
export const serverOptions = {
  service: servicePerClass().describe('CPU time of a query'),
  io: perClass().prefault('0s').describe('time of a query beside its CPU time: disk, fsync of the commit'),
  max_connections: count(1, 100_000)
    .prefault(151)
    .describe('connections at a time, with a query or asleep; one more gets error 1040'),
  tls: flag()
    .prefault('off')
    .describe('connections are encrypted: a round trip more, and CPU for the handshake'),
  back_log: count(0, 65_535).prefault(80).describe('connections that wait while the process hangs'),
  recovery: law().prefault('0s').describe('from the start of the process until it listens (InnoDB recovery)'),
  cold_start: coldStartOptions
    .optional()
    .describe(
      'how slow it is after a start, with an empty buffer pool, until it is warm; default: warm at once',
    ),
  writes: classNames()
    .optional()
    .describe('request classes that write; default: those that the applications say, else write'),
} as const

type ServerOptions = z.output<z.ZodObject<typeof serverOptions>>

/** Servers that have the same data, as applications know them. */
export interface Servers {
  /** Goes up whenever who takes writes, or who may be read, has changed. */
  readonly epoch: number
  /** Whom alone they take for the one that takes writes, where they do not know better. */
  readonly believed?: object | null
  /** As the component `caller` knows them, if not as they are. */
  knownTo?(caller: string): Servers
  /** The component `caller` finds out who takes writes in the time that `delay` says; null: when somebody tells it. */
  hearer?(caller: string): { delay: (() => number) | null }
  writes(requestClass: number): boolean
  /** These request classes write. */
  tell(classes: Iterable<number>): void
}

/**
 * A database server: a thread for each connection, which shares the CPU with all others. A connection takes up its place
 * from the greeting to the farewell, whether or not there is a query on it.
 */
export abstract class DatabaseServer extends Component {
  override readonly station: Station
  override readonly backlog: number
  protected override readonly slots = 'connections (max_connections)'
  override readonly greeting: number
  override readonly certificate: Dial | null
  protected readonly service: Demand
  protected readonly io: Demand
  private readonly recovery: Distribution
  private readonly recoveries: Stream
  private readonly coldStart: ColdStart | null = null
  /** Connections, with a query or asleep. */
  private readonly open = new Level()
  /** Of those, idle ones that a caller keeps; and how many of them are in nobody's way. */
  private resting = 0
  private readonly spare = new Level()

  constructor(
    protected readonly site: Site,
    options: ServerOptions,
  ) {
    super(site)
    this.service = this.demand(options.service, 'service')
    this.io = this.demand(options.io, 'io')
    this.recovery = options.recovery
    this.recoveries = site.context.stream(site.name, 'recovery')
    if (options.cold_start !== undefined)
      this.coldStart = new ColdStart(site.context.kernel, this.speed, options.cold_start)
    this.backlog = options.back_log
    this.certificate = options.tls ? new Dial(1) : null
    // TCP apart: the greeting, and the login; SSLRequest and ClientHello go together (measured, MariaDB 10.11).
    this.greeting = options.tls ? 3 : 2
    this.station = new Station(site.context, {
      servers: options.max_connections,
      places: 0,
      begin: this.query,
      probe: this.probe,
    })
  }

  /**
   * Durations by class. Servers with the same data stand for one another, though in the scenario one refers to the others:
   * a query asks the same of whichever it reaches.
   */
  protected demand(laws: PerClass, purpose: string): Demand {
    const { site } = this
    return demandOf(laws.for(site.classes), site.context, this.dataRole, purpose)
  }

  /** What it shares with servers of the same data in the names of streams. */
  protected get dataRole(): string {
    return this.name.replace(/-?\d+$/, '') || this.name
  }

  // ---- What the kinds of servers differ in -----------------------------------------------------------------------

  /** With whom it has its data in common. */
  abstract get servers(): Servers
  /** Whether applications may write here, and read. */
  abstract get takesWrites(): boolean
  abstract get takesReads(): boolean
  /** What it says of how far it is behind others, seconds; null if it does not know. */
  get secondsBehind(): number | null {
    return 0
  }
  /** How `request` is turned down before it costs anything; ok if it is not. */
  protected abstract admission(request: Request): Outcome
  /** The work of a query that writes is done, but for the commit. */
  protected abstract commit(request: Request): void

  // ---- The life of a query -----------------------------------------------------------------------------------

  accept(request: Request): void {
    if (request.parent === null) {
      // The server speaks first: who hung up before has sent no query.
      request.reply(Outcome.abandoned)
      return
    }
    // One that slept has its place.
    const slept = request.keeps && request.rides && this.some
    if (!slept && this.open.value >= this.station.servers) {
      this.turnAway()
      this.look()
      request.keeps = false
      request.reply(Outcome.tooManyConnections)
      return
    }
    if (!slept) this.open.add(this.context.kernel.now, 1)
    this.station.join(request)
  }

  override get lacks(): 'place' | 'connection' {
    const { servers, taken } = this.station
    return this.open.value >= servers && this.open.value > 2 * taken ? 'connection' : 'place'
  }

  override connectionClosed(): void {
    if (this.some) this.open.add(this.context.kernel.now, -1)
  }

  override connectionRests(by: 1 | -1): void {
    // Those from before it died are gone already.
    this.resting = Math.max(0, this.resting + by)
    this.look()
  }

  /**
   * An idle connection of a pool takes no place from those who have that pool, and how many there are says how many
   * were once in use at a time; but once somebody has found no place, they are in his way.
   */
  private look(): void {
    this.spare.set(this.context.kernel.now, this.probe.turnedAway > 0 ? 0 : this.resting)
  }

  /** Connections, idle ones too. */
  override get memoryUnits(): number {
    return this.open.value
  }

  /** Connections in use, in the mean. */
  private inUse(now: number): number {
    return Math.max(0, this.open.mean(now) - this.spare.mean(now))
  }

  /** Whether a connection sleeps. */
  private get some(): boolean {
    return this.open.value > this.station.taken
  }

  private readonly query = (request: Request): void => {
    if (request.health) {
      this.answer(request, this.admission(request))
      return
    }
    if (request.opens && this.certificate?.value === 0 && request.wire!.isVerified(request)) {
      this.run(request, SERVER_SECONDS, this.distrusted)
      return
    }
    const admission = this.admission(request)
    if (admission !== Outcome.ok) {
      this.answer(request, admission)
      return
    }
    this.work(request)
  }

  /** Works for `request`, which is taken in. */
  protected work(request: Request): void {
    this.run(request, this.service.of(request) + this.handshake(request), this.store)
  }

  /** CPU time of the handshake with whoever comes on a new connection, seconds. */
  protected handshake(request: Request): number {
    return this.certificate !== null && request.opens ? SERVER_SECONDS : 0
  }

  /** The client breaks the handshake off. In life two round trips earlier: it neither logs in nor asks. */
  private readonly distrusted = (request: Request): void => {
    request.keeps = false
    this.answer(request, Outcome.tlsFailed)
  }

  private readonly store = (request: Request): void => {
    this.read(request, this.io.of(request), this.stored)
  }

  private readonly stored = (request: Request): void => {
    if (this.servers.writes(request.class)) this.commit(request)
    else this.answer(request, Outcome.ok)
  }

  protected answer(request: Request, outcome: Outcome): void {
    this.station.leave(request)
    if (!request.keeps || request.parent === null) {
      request.keeps = false
      this.open.add(this.context.kernel.now, -1)
    }
    request.reply(outcome)
  }

  /** Time without CPU. */
  private readonly pause = (request: Request, seconds: number, handler: Handler<Request>): void => {
    if (seconds > 0) this.wait(request, this.process.slowed(request, seconds), handler)
    else handler(request)
  }

  /** Disk time, beside that of all others on its host if these share a disk. */
  protected readonly read = (job: Request, seconds: number, handler: Handler<Request>): void => {
    if (this.host.disk?.all === true) this.sync(job, seconds, handler)
    else this.pause(job, seconds, handler)
  }

  /** An fsync, on the disk of its host. */
  protected readonly sync = (job: Request, seconds: number, handler: Handler<Request>): void => {
    const { disk } = this.host
    if (disk === null || seconds === 0) this.pause(job, seconds, handler)
    else disk.use(job, this.process.slowed(job, seconds), handler)
  }

  override crashed(): void {
    this.open.set(this.context.kernel.now, 0)
    this.resting = 0
    this.look()
  }

  override started(): void {
    this.coldStart?.begin()
  }

  override startup(): number {
    return this.recovery.sample(this.recoveries)
  }

  // ---- What reports show ----------------------------------------------------------------------------------------

  /** Connections or CPU, whichever is nearer to its end. */
  override utilization(now: number): number {
    const { servers } = this.station
    return Math.max(this.inUse(now) / servers, this.cpuUse(now))
  }

  override limits(): readonly Limit[] {
    const { probe } = this
    return super.limits().map((limit) => ({
      ...limit,
      used: (now: number) => this.inUse(now),
      refused: () => shareOf(probe.turnedAway, probe.joined),
    }))
  }

  override restart(now: number): void {
    super.restart(now)
    this.open.restart(now)
    this.spare.restart(now)
  }
}
