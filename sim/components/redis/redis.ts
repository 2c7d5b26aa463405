import type { Event, Handler } from '../../kernel/event.js'
import { refsIn } from '../../options/walk.js'
import { Component } from '../../parts/component.js'
import type { Demand } from '../../parts/demand.js'
import { kind, type Neighbour, type Site } from '../../parts/kind.js'
import { Outcome } from '../../parts/outcome.js'
import type { Request } from '../../parts/request.js'
import type { Station } from '../../parts/station.js'
import type { Stream } from '../../random/stream.js'
import type { Contents } from '../cache/redis-store.js'
import { StaleReads, staleCounts } from '../mysql/stale-reads.js'
import { replicaWays } from '../replica-ways.js'
import { AppendOnlyFile } from './append-only.js'
import { CommandThread } from './command-thread.js'
import { Command, command, Found } from './commands.js'
import { Keyspace } from './keyspace.js'
import { redisDirectives } from './redis-directives.js'
import { misfitsOf, persists, type RedisOptions, redisOptions, replicaMisfits } from './redis-options.js'
import { type Member, RedisReplication } from './redis-replication.js'
import { Snapshots } from './snapshots.js'
import { type Loss, Unsafe } from './unsafe.js'

/** Seconds that a byte of memory costs a fork, a child that writes all to a file, and a start that reads it. */
const FORK = 10e-12
const SAVE = 3e-9
const LOAD = 3.7e-9

/**
 * A Redis server: one thread executes all commands, one after the other. It is asked by applications that keep in it what
 * their queries found (`cache:` of an app), by calls, or by visitors: then a request of a class that writes is a SET, any
 * other a GET, which is answered whether or not it finds something.
 *
 * After a start it has what its files have, and answers with an error until it has read them. Without files it is empty.
 * Sources: redis.conf of 7.0 (maxclients 10000, tcp-backlog 511, maxmemory-policy noeviction, maxmemory-samples 5),
 * networking.c (one client too many is told so and closed), server.c (LOADING; OOM, which a GET does not get).
 * Assumptions: a connection for each command that is under way, those that are idle take no place; PING too waits for its
 * turn.
 */
export class Redis extends Component implements Member {
  override readonly station: Station
  override readonly backlog: number
  protected override readonly slots = 'command threads'
  private readonly service: Demand
  private readonly thread: CommandThread
  private readonly keyspace: Keyspace | null
  private readonly writing: ReadonlySet<number>
  /** Request classes that others ask for here; null: nobody has said. */
  private told: Set<number> | null = null
  private readonly aof: AppendOnlyFile | null = null
  private readonly rdb: Snapshots | null = null
  /** What it has written, where there is no file of it. */
  private readonly memory = new Unsafe()
  /** With whom it has its data in common; null: with nobody. */
  replication: RedisReplication | null = null
  follows: Member | null = null
  offset = 0
  history = 0
  /** It had replicas at first: where reports show what concerns all. */
  private readonly leads: boolean
  private readonly forkTimes: Stream
  /** The end of a fork for a replica. */
  private forking: Event | null = null
  /** When its data are there, seconds. */
  private loaded = 0
  private fallen = { writes: 0, from: Number.NaN, at: Number.NaN }
  // In the measured span.
  private readonly stale = new StaleReads()
  private lost = 0
  private unstored = 0
  private errors = 0

  constructor(
    private readonly site: Site,
    private readonly options: RedisOptions,
  ) {
    super(site)
    this.backlog = options.tcp_backlog
    this.forkTimes = site.context.stream(site.name, 'fork')
    this.service = site.demand(options.service, 'service')
    this.writing = new Set(options.writes.names.map((name) => site.classes.indexOf(name)))
    this.keyspace = options.keys === undefined ? null : new Keyspace(site, options)
    if (options.appendonly) this.aof = this.appending(options)
    else if (options.save.length > 0) this.rdb = this.saving(options)
    this.thread = new CommandThread(site.context, {
      probe: this.probe,
      clients: options.maxclients,
      work: this.work,
      flush: options.appendfsync === 'always' ? this.aof!.flush : null,
    })
    this.station = this.thread.station
    this.leads = options.replicas !== undefined
    if (options.replicas !== undefined) this.lead(options.replicas.map(({ name }) => peer(site, name)))
  }

  private appending({ appendfsync = 'everysec', fsync }: RedisOptions): AppendOnlyFile {
    const fsyncs = this.site.context.stream(this.name, 'fsync')
    return new AppendOnlyFile(
      {
        ...this.home,
        sync: (job, then) => this.sync(job, fsync?.sample(fsyncs) ?? 0, then),
        flushed: () => this.thread.flushed(),
      },
      appendfsync,
    )
  }

  private saving({ save }: RedisOptions): Snapshots {
    return new Snapshots(
      {
        ...this.home,
        fork: this.fork,
        saving: this.bytes * SAVE,
        cpu: (job, seconds, then) => this.run(job, seconds, then),
        contents: () => this.dataset(),
      },
      save,
    )
  }

  private get bytes(): number {
    return this.options.used_memory ?? 0
  }

  /** Seconds that one takes. */
  private readonly fork = (): number => this.options.fork?.sample(this.forkTimes) ?? this.bytes * FORK

  private get home() {
    return {
      kernel: this.context.kernel,
      process: this.process,
      stop: () => this.thread.stop(),
      go: () => this.thread.go(),
    }
  }

  /** Applications ask for objects of these request classes here. */
  tell(classes: Iterable<number>): void {
    this.told = new Set([...(this.told ?? []), ...classes])
  }

  override assembled(): void {
    const { expected } = this.site
    const asked = (one: number) => (this.told === null ? !this.writing.has(one) : this.told.has(one))
    this.keyspace?.remember(expected.reduce((sum, rate, one) => sum + (asked(one) ? rate : 0), 0))
    this.rdb?.begin()
    if (this.leads)
      for (const member of this.replication!.members) if (member !== this) member.copy(this.dataset())
  }

  // ---- Replication -----------------------------------------------------------------------------------------------

  private lead(replicas: readonly Redis[]): void {
    const replication = new RedisReplication(
      this.context,
      this,
      replicas,
      replicaWays(
        this.site,
        replicas.map(({ site }) => site),
      ),
    )
    for (const member of [this, ...replicas]) member.replication = replication
  }

  apply(key: number, what: Command, value: number): void {
    this.offset++
    this.put(key, what, value)
    this.noteWrite()
  }

  dataset(): Contents {
    return this.keyspace?.contents() ?? []
  }

  copy(contents: Contents): void {
    this.keyspace?.restore(contents, this.context.kernel.now)
    this.rdb?.begin()
  }

  sendAll(): number {
    const seconds = this.fork()
    if (seconds > 0 && this.forking === null) {
      this.thread.stop()
      this.forking = this.context.kernel.after(seconds, this.forked, null)
    }
    return seconds + this.bytes * SAVE
  }

  private readonly forked = (): void => {
    this.forking = null
    this.thread.go()
  }

  get reading(): number {
    return this.bytes * LOAD
  }

  /** The object that `request` is about; -1: one that nobody else asks for, or nobody knows. */
  keyOf(request: Request): number {
    return this.keyspace?.of(request) ?? -1
  }

  /** Whether it has so many objects, with popularities of that exponent. */
  hasObjects(count: number, zipf: number): boolean {
    return this.options.keys === count && (this.options.zipf ?? 0.8) === zipf
  }

  // ---- The life of a command -------------------------------------------------------------------------------------

  accept(request: Request): void {
    if (this.station.join(request)) return
    this.turnAway()
    request.reply(Outcome.tooManyConnections)
  }

  private readonly work: Handler<Request> = (request) => {
    if (request.health) this.execute(request)
    else this.run(request, this.service.of(request), this.execute)
  }

  private readonly execute = (request: Request): void => {
    if (this.context.kernel.now < this.loaded) {
      this.errors++
      this.thread.executed(request, Outcome.loading, false)
    } else if (request.health) this.thread.executed(request, Outcome.ok, false)
    else if (this.writes(request)) this.write(request)
    else {
      request[command.found] = this.get(request)
      this.thread.executed(request, Outcome.ok, false)
    }
  }

  private writes(request: Request): boolean {
    const asks = request[command.asks]
    if (asks === Command.byClass) return this.writing.has(request.class)
    return asks === Command.set || asks === Command.del
  }

  private get(request: Request): Found {
    const { keyspace } = this
    if (keyspace === null) return Found.it
    const leases = request[command.asks] === Command.getOrLease
    const key = keyspace.of(request)
    if (this.follows !== null && key >= 0) this.stale.count(this.replication!.misses(this, key))
    const found = keyspace.get(key, this.context.kernel.now, leases)
    if (found === Found.it) request[command.value] = keyspace.valueOf(key)
    return found
  }

  private write(request: Request): void {
    const outcome = this.written(request)
    this.thread.executed(request, outcome, outcome === Outcome.ok)
  }

  private written(request: Request): Outcome {
    const { keyspace, replication, options } = this
    const refusal =
      replication?.refusal(this, options.min_replicas_to_write, options.min_replicas_max_lag) ?? Outcome.ok
    if (refusal !== Outcome.ok) return refusal
    const key = keyspace?.of(request) ?? -1
    const what = request[command.asks] === Command.del ? Command.del : Command.set
    const value = request[command.value]
    if (!this.put(key, what, value)) {
      this.unstored++
      return Outcome.outOfMemory
    }
    this.noteWrite()
    replication?.written(this, key, what, value)
    return Outcome.ok
  }

  /** False: there is no room. */
  private put(key: number, what: Command, value: number): boolean {
    if (what === Command.set) return this.keyspace?.set(key, this.context.kernel.now, value) ?? true
    this.keyspace?.delete(key)
    return true
  }

  private noteWrite(): void {
    if (this.aof !== null) this.aof.write()
    else if (this.rdb !== null) this.rdb.write()
    else this.memory.write(this.context.kernel.now)
  }

  /** An fsync, on the disk of its host. */
  private sync(job: Request, seconds: number, then: Handler<Request>): void {
    const { disk } = this.host
    const slowed = this.process.slowed(job, seconds)
    if (seconds === 0) then(job)
    else if (disk === null) this.wait(job, slowed, then)
    else disk.use(job, slowed, then)
  }

  // ---- The life of its process -----------------------------------------------------------------------------------

  override crashed(): void {
    this.thread.crashed()
    this.forking?.cancel()
    this.forking = null
    this.replication?.died(this)
    const loss = this.dies()
    if (loss.writes > 0 && this.fallen.writes === 0) this.fallen = { ...loss, at: this.context.kernel.now }
    else this.fallen.writes += loss.writes
  }

  private dies(): Loss {
    const power = this.host.power.value === 0
    return this.aof?.dies(power) ?? this.rdb?.dies() ?? this.memory.lose()
  }

  override started(): void {
    const { now } = this.context.kernel
    this.loseWrites(now)
    if (!persists(this.options)) {
      this.keyspace?.restore([], now)
      return
    }
    const { keyspace } = this
    keyspace?.restore(this.rdb?.file ?? keyspace.contents(), now)
    this.rdb?.started()
    this.loaded = now + this.loading()
  }

  private loading(): number {
    const { loading, used_memory: bytes = 0 } = this.options
    return loading?.sample(this.site.context.stream(this.name, 'loading')) ?? bytes * LOAD
  }

  private loseWrites(now: number): void {
    const { writes, from, at } = this.fallen
    if (writes === 0) return
    this.fallen.writes = 0
    this.offset -= writes
    // What it had of another primary, that one has.
    if (this.replication !== null && this.replication.primary !== this) return
    this.lost += writes
    this.context.losses.push({ failed: at, at: now, writes, seconds: at - from })
  }

  // ---- What reports show -----------------------------------------------------------------------------------------

  override restart(now: number): void {
    super.restart(now)
    this.thread.still.restart(now)
    this.aof?.restart()
    this.rdb?.restart()
    if (this.keyspace !== null) {
      this.keyspace.hits = 0
      this.keyspace.misses = 0
    }
    if (this.leads) this.replication!.restart()
    this.stale.restart()
    this.lost = 0
    this.unstored = 0
    this.errors = 0
  }

  override extra(now: number): Record<string, number> {
    const { keyspace, aof, rdb, replication } = this
    const gets = keyspace === null ? 0 : keyspace.hits + keyspace.misses
    return {
      ...(keyspace !== null && {
        hits: keyspace.hits,
        misses: keyspace.misses,
        hit_ratio: gets > 0 ? keyspace.hits / gets : Number.NaN,
        unstored: this.unstored,
      }),
      ...(rdb !== null && { saves: rdb.saves }),
      ...(aof !== null && { fsyncs: aof.fsyncs, delayed_fsyncs: aof.delayed }),
      ...(this.leads && {
        promotions: replication!.promotions,
        promotion_s:
          replication!.promotions > 0 ? replication!.promoting / replication!.promotions : Number.NaN,
        full_resyncs: replication!.copies,
      }),
      ...(this.replication !== null && keyspace !== null && this.stale.extra),
      ...((this.leads || persists(this.options)) && {
        lost_writes: this.lost + (this.leads ? replication!.lost : 0),
      }),
      ...(persists(this.options) && {
        loading_errors: this.errors,
        still_share: this.thread.still.mean(now),
      }),
    }
  }
}

/** The server `name`, which the scenario's check has seen to be one. */
function peer(site: Site, name: string): Redis {
  const server = site.component(name)
  if (!(server instanceof Redis)) throw new Error(`${name} is no Redis`)
  return server
}

const leads = ({ options }: { options: RedisOptions }): boolean => options.replicas !== undefined
/** It has replicas, or is one, and knows what it holds. */
const isRead = (self: Neighbour<RedisOptions>, all: readonly Neighbour[]): boolean =>
  knowsKeys(self) &&
  (leads(self) ||
    all.some(({ options }) => refsIn(options).some((one) => one.role === 'copies' && one.name === self.name)))
const knowsKeys = ({ options }: { options: RedisOptions }): boolean => options.keys !== undefined
const appends = ({ options }: { options: RedisOptions }): boolean => options.appendonly
const keeps = ({ options }: { options: RedisOptions }): boolean => persists(options)

export const redis = kind({
  kind: 'redis',
  says: 'Redis: one thread for all commands; what it holds, and what of that its files have after a crash',
  known: redisDirectives,
  aliases: ['valkey', 'keydb', 'dragonfly'],
  icon: 'M2 5.5l7-3l7 3l-7 3zM2 9l7 3l7-3M2 12.5l7 3l7-3',
  example: `
    redis: { kind: redis, keys: 2000, size: 500, maxmemory_policy: allkeys-lru, ttl: 5min }`,
  options: redisOptions,
  keepsData: true,
  readsObjects: ({ keys }) => keys === 'visitors',
  misfits: ({ name, options }, all) => [...misfitsOf(options), ...replicaMisfits(name, options, all)],
  counts: {
    hits: { unit: 'count', says: 'hits', when: knowsKeys },
    misses: { unit: 'count', says: 'misses', when: knowsKeys },
    hit_ratio: { unit: 'share', says: 'hit ratio', when: knowsKeys },
    unstored: {
      unit: 'count',
      says: 'objects that it had no room to store (error OOM)',
      when: knowsKeys,
    },
    saves: {
      unit: 'count',
      says: 'files of all that were written',
      when: ({ options }) => !options.appendonly && options.save.length > 0,
    },
    fsyncs: { unit: 'count', says: 'fsyncs of its append-only file', when: appends },
    delayed_fsyncs: {
      unit: 'count',
      says: 'times that writes stood still since an fsync took so long',
      happened: 'a Redis stood still since its disk was slow',
      when: appends,
    },
    promotions: {
      unit: 'count',
      says: 'promotions of a replica',
      happened: 'a replica took the place of the primary',
      when: leads,
    },
    promotion_s: { unit: 's', says: 'time from the failure of the primary to the promotion', when: leads },
    full_resyncs: { unit: 'count', says: 'times that a replica got all anew', when: leads },
    ...staleCounts(isRead),
    lost_writes: {
      unit: 'count',
      says: 'answered writes lost',
      when: (self) => leads(self) || keeps(self),
    },
    loading_errors: { unit: 'count', says: 'commands that came while it read its file', when: keeps },
    still_share: {
      unit: 'share',
      says: 'share of the time in which it stood still for forks and its disk',
      when: keeps,
    },
  },
  build: (site, options) => new Redis(site, options),
})
