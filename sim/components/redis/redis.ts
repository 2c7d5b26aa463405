import type { Handler } from '../../kernel/event.js'
import { Component } from '../../parts/component.js'
import type { Demand } from '../../parts/demand.js'
import { kind, type Site } from '../../parts/kind.js'
import { Outcome } from '../../parts/outcome.js'
import type { Request } from '../../parts/request.js'
import type { Station } from '../../parts/station.js'
import { AppendOnlyFile } from './append-only.js'
import { CommandThread } from './command-thread.js'
import { Command, command, Found } from './commands.js'
import { Keyspace } from './keyspace.js'
import { redisDirectives } from './redis-directives.js'
import { misfitsOf, persists, type RedisOptions, redisOptions } from './redis-options.js'
import { Snapshots } from './snapshots.js'
import type { Loss } from './unsafe.js'

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
export class Redis extends Component {
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
  /** When its data are there, seconds. */
  private loaded = 0
  private fallen = { writes: 0, from: Number.NaN, at: Number.NaN }
  // In the measured span.
  private lost = 0
  private unstored = 0
  private errors = 0

  constructor(
    private readonly site: Site,
    private readonly options: RedisOptions,
  ) {
    super(site)
    this.backlog = options.tcp_backlog
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

  private saving({ save, used_memory: bytes = 0, fork }: RedisOptions): Snapshots {
    const forks = this.site.context.stream(this.name, 'fork')
    return new Snapshots(
      {
        ...this.home,
        fork: () => fork?.sample(forks) ?? bytes * FORK,
        saving: bytes * SAVE,
        cpu: (job, seconds, then) => this.run(job, seconds, then),
        contents: () => this.keyspace?.contents() ?? [],
      },
      save,
    )
  }

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
    return keyspace.get(keyspace.of(request), this.context.kernel.now, leases)
  }

  private write(request: Request): void {
    const { keyspace } = this
    if (keyspace !== null) {
      const key = keyspace.of(request)
      if (request[command.asks] === Command.del) keyspace.delete(key)
      else if (!keyspace.set(key, this.context.kernel.now)) {
        this.unstored++
        this.thread.executed(request, Outcome.outOfMemory, false)
        return
      }
    }
    this.aof?.write()
    this.rdb?.write()
    this.thread.executed(request, Outcome.ok, true)
  }

  /** An fsync, on the disk of its host. */
  private sync(job: Request, seconds: number, then: Handler<Request>): void {
    const { disk } = this.host
    const slowed = this.process.slowed(job, seconds)
    if (seconds === 0) then(job)
    else if (disk === null) this.wait(job, slowed, then)
    else disk.sync(job, slowed, then)
  }

  // ---- The life of its process -----------------------------------------------------------------------------------

  override crashed(): void {
    this.thread.crashed()
    const loss = this.dies()
    if (loss.writes > 0 && this.fallen.writes === 0) this.fallen = { ...loss, at: this.context.kernel.now }
    else this.fallen.writes += loss.writes
  }

  private dies(): Loss {
    const power = this.host.power.value === 0
    return this.aof?.dies(power) ?? this.rdb?.dies() ?? { writes: 0, from: Number.NaN }
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
    this.lost = 0
    this.unstored = 0
    this.errors = 0
  }

  override extra(now: number): Record<string, number> {
    const { keyspace, aof, rdb } = this
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
      ...(persists(this.options) && {
        lost_writes: this.lost,
        loading_errors: this.errors,
        still_share: this.thread.still.mean(now),
      }),
    }
  }
}

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
  misfits: ({ options }) => misfitsOf(options),
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
    lost_writes: { unit: 'count', says: 'answered writes lost', when: keeps },
    loading_errors: { unit: 'count', says: 'commands that came while it read its file', when: keeps },
    still_share: {
      unit: 'share',
      says: 'share of the time in which it stood still for forks and its disk',
      when: keeps,
    },
  },
  build: (site, options) => new Redis(site, options),
})
