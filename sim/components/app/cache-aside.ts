import type { Deadlines } from '../../kernel/deadlines.js'
import type { Handler } from '../../kernel/event.js'
import { classNames, flag, interval, oneOf, type Ref, ref, timeout } from '../../options/types.js'
import type { Count } from '../../parts/count.js'
import type { Neighbour, Site } from '../../parts/kind.js'
import { notes } from '../../parts/notes.js'
import { Outcome } from '../../parts/outcome.js'
import type { Request } from '../../parts/request.js'
import { UP } from '../../parts/transfer.js'
import type { Wire } from '../../parts/wire.js'
import { isReplicated } from '../mysql/mysql.js'
import type { Replication } from '../mysql/replication.js'
import { asks, Command, Found, foundBy, valueIn } from '../redis/commands.js'
import type { Redis } from '../redis/redis.js'
import { CachedMoments } from './cached-moments.js'

export const cacheAsideOptions = {
  cache: ref({ kind: 'redis' })
    .optional()
    .describe(
      'Redis that it asks before its queries (cache-aside): what is there needs none; what is not it stores after them; what fails there counts as not there',
    ),
  cached: classNames('expected at least one request class')
    .optional()
    .describe('request classes that it looks up there; default: those that do not write'),
  cache_timeout: timeout()
    .optional()
    .describe('for one command there, its connection included; default 60s (PHP: default_socket_timeout)'),
  cache_reads: oneOf('primary', 'replicas')
    .optional()
    .describe('where it looks up, where that Redis has replicas, in turn; default primary'),
  cache_fill: oneOf('primary', 'reads')
    .optional()
    .describe(
      'where it queries for what is not there: as reads: says, or at the primary, so that nothing is stored that a replica has not got yet; default reads',
    ),
  cache_leases: flag()
    .optional()
    .describe(
      'of those who miss one object only one queries, and the others ask again until it is there (leases of Scaling Memcache at Facebook; SET NX of Redis); default off',
    ),
  cache_lease_wait: interval()
    .optional()
    .describe('with cache_leases: until they ask again; default 10ms (an assumption)'),
} as const

/** What an application says of its cache. */
interface Caching {
  readonly cache?: Ref | undefined
  readonly cached?: { readonly names: readonly string[] } | undefined
  readonly cache_timeout?: number | undefined
  readonly cache_reads?: 'primary' | 'replicas' | undefined
  readonly cache_fill?: 'primary' | 'reads' | undefined
  readonly cache_leases?: boolean | undefined
  readonly cache_lease_wait?: number | undefined
  readonly writes?: { readonly names: readonly string[] } | undefined
  readonly database?: readonly { readonly name: string }[] | undefined
  readonly reads?: string | undefined
}

/** Beside what an application notes in its `tries`: what it asks its cache for a request, and what it still will. */
const noted = notes({ state: 'note3' })
const Aside = { looks: 4, tells: 8, stores: 16, deletes: 32 } as const
const UNDER_WAY = Aside.looks | Aside.tells
const OWED = Aside.stores | Aside.deletes

/** Whether what `request` waits for, or will in a moment, is its cache. */
export const asksCache = (request: Request): boolean => (request[noted.state] & UNDER_WAY) !== 0

/** Seconds until a client that reaches no sentinel which knows the primary asks again (an assumption). */
const ASKS_AGAIN = 1

/** The place of commands among all that an application asks for a request: beyond that of any query or call. */
const STEP = 1000

interface Caller {
  timers(seconds: number, strike: Handler<Request>): Deadlines<Request>
  wait(request: Request, seconds: number, then: Handler<Request>): void
  /** It is there. */
  found(request: Request): void
  /** It is not, or what was to be told is. */
  goOn(request: Request): void
}

/**
 * Cache-aside: a worker asks Redis for the object of its request (GET) and, if that is not there, its databases; what they
 * said it stores (SET), and only then goes on. A request that writes deletes its object once it is written (DEL), so that
 * nobody reads what it was before. Whatever goes wrong there counts as not there, and fails nothing: it costs the time.
 *
 * Sources: Nishtala et al. 2013, Scaling Memcache at Facebook, section 2 (look-aside: get, select, set; update, delete)
 * and 3.2.1 (leases). Where its databases are those of a replication, what it stores is as old as what the server knew that
 * it read at (`CachedMoments`). Assumptions: its connections are kept open; a lease whose holder fails is good until it ends.
 */
export class CacheAside {
  private wire: Wire
  /** To each server that it may look up at; none: at the primary. */
  private readers: readonly { readonly server: Redis; readonly wire: Wire }[] = []
  private turn = 0
  private readonly timer: Deadlines<Request> | null = null
  /** By request class. */
  private readonly looked: readonly boolean[]
  private readonly deleted: readonly boolean[]
  private readonly command: Command
  private readonly leaseWait: number
  private readonly redis: Redis
  private readonly atPrimary: boolean
  /** How old what is there is; null: nobody knows. */
  private moments: CachedMoments | null = null
  // In the measured span.
  private lookups = 0
  private hits = 0
  private failures = 0
  private waits = 0

  constructor(
    private readonly site: Site,
    cache: Ref,
    private readonly options: Caching,
    private readonly caller: Caller,
  ) {
    const { cached, writes, cache_timeout: seconds = 60 } = options
    this.wire = site.wire(cache.name)
    if (Number.isFinite(seconds)) this.timer = caller.timers(seconds, this.silent)
    const written = writes?.names ?? ['write']
    this.looked = site.classes.map((name) => cached?.names.includes(name) ?? !written.includes(name))
    this.deleted = site.classes.map((name, one) => !this.looked[one] && written.includes(name))
    this.command = options.cache_leases ? Command.getOrLease : Command.get
    this.leaseWait = options.cache_lease_wait ?? 0.01
    this.redis = site.component(cache.name) as Redis
    this.atPrimary = options.cache_fill === 'primary'
    this.redis.tell(this.looked.flatMap((is, one) => (is ? [one] : [])))
  }

  /**
   * Where sentinels watch it, it asks one of them whenever there may be another primary.
   * @param databases what is read there; null: not of one replication
   */
  assembled(databases: Replication | null): void {
    const { redis } = this
    if (databases !== null) {
      const writes = databases.cachedBy(
        redis.name,
        (request) => redis.keyOf(request),
        (rows) => redis.hasObjects(rows.count, rows.zipf),
      )
      this.moments = new CachedMoments(writes)
    }
    const { replication } = redis
    if (replication === null) return
    const { site } = this
    const members = replication.members as readonly Redis[]
    const servers = members.map(({ name }) => (name === this.redis.name ? this.wire : site.wire(name)))
    if (this.options.cache_reads === 'replicas')
      this.readers = members.map((server, i) => ({ server, wire: servers[i]! }))
    if (replication.watchers.length === 0) return
    const ways = replication.watchers.map((watcher) => ({ watcher, wire: site.wire(watcher.name) }))
    const ask = (): void => {
      const knows = ways.some(
        ({ watcher, wire }) => watcher.serves && wire.carries(UP) && watcher.primary === replication.primary,
      )
      if (knows) this.wire = servers.find(({ to }) => to === replication.primary)!
      else if (this.wire.to !== replication.primary) site.context.kernel.after(ASKS_AGAIN, ask, null)
    }
    replication.clients.push(ask)
  }

  /** Looks for what `request` asks, if it is of a class that is looked up: then `found` or `goOn` continues. */
  looksUp(request: Request): boolean {
    if (!this.looked[request.class]) {
      if (this.deleted[request.class]) request[noted.state] |= Aside.deletes
      return false
    }
    this.lookups++
    request[noted.state] |= Aside.looks
    this.look(request)
    return true
  }

  private readonly look = (request: Request): void => {
    this.moments?.asks(request)
    this.send(request, this.command, 0, STEP, this.reader)
  }

  /** The next replica; the primary where there is none. */
  private get reader(): Wire {
    for (let left = this.readers.length; left > 0; left--) {
      this.turn = (this.turn + 1) % this.readers.length
      const { server, wire } = this.readers[this.turn]!
      if (server.follows !== null) return wire
    }
    return this.wire
  }

  /** Whether there is something to tell the cache, now that all queries of `request` are answered: then `goOn` continues. */
  tells(request: Request): boolean {
    const owed = request[noted.state] & OWED
    if (owed === 0) return false
    request[noted.state] = (request[noted.state] & ~OWED) | Aside.tells
    if (owed === Aside.stores) this.send(request, Command.set, this.moments?.stored(request) ?? 0, STEP + 1)
    else this.send(request, Command.del, 0, STEP + 1)
    return true
  }

  /** Whether `request`, which is about to query, stores what it finds, and so reads at the primary. */
  fillsAtPrimary(request: Request): boolean {
    return this.atPrimary && (request[noted.state] & Aside.stores) !== 0
  }

  /** A query of `request` is answered. */
  queried(request: Request, answer: Request): void {
    if (this.moments !== null && (request[noted.state] & Aside.stores) !== 0)
      this.moments.read(request, answer)
  }

  private send(request: Request, what: Command, value: number, step: number, wire = this.wire): void {
    const child = request.at!.attempt(request, step, 0)
    asks(child, what, value)
    if (this.timer !== null) child.deadline = this.timer.set(child)
    wire.send(child)
  }

  answered(request: Request, answer: Request): void {
    const found = foundBy(answer)
    if (answer.outcome !== Outcome.ok) this.failed(request)
    else if ((request[noted.state] & Aside.looks) === 0) this.end(request)
    else if (found === Found.it) {
      this.hits++
      this.moments?.finds(request, valueIn(answer))
      request[noted.state] &= ~UNDER_WAY
      this.caller.found(request)
    } else if (found === Found.lease) {
      this.waits++
      this.caller.wait(request, this.leaseWait, this.look)
    } else {
      this.stores(request)
      this.end(request)
    }
  }

  private readonly silent = (request: Request): void => this.failed(request)

  private failed(request: Request): void {
    this.failures++
    // Who could not look up tries to store what he has, as one who missed would.
    if ((request[noted.state] & Aside.looks) !== 0) this.stores(request)
    this.end(request)
  }

  private stores(request: Request): void {
    request[noted.state] |= Aside.stores
    this.moments?.misses(request)
  }

  private end(request: Request): void {
    request[noted.state] &= ~UNDER_WAY
    this.caller.goOn(request)
  }

  restart(): void {
    this.lookups = 0
    this.hits = 0
    this.failures = 0
    this.waits = 0
    this.moments?.restart()
  }

  get extra(): Record<string, number> {
    return {
      cache_hit_ratio: this.lookups > 0 ? this.hits / this.lookups : Number.NaN,
      cache_failures: this.failures,
      ...this.moments?.extra,
      ...(this.command === Command.getOrLease && { lease_waits: this.waits }),
    }
  }
}

const caches = ({ options }: { readonly options: Caching }): boolean => options.cache !== undefined

/** It has a cache, and its databases are those of one replication. */
const cachesReplicated = ({ options }: { readonly options: Caching }, all: readonly Neighbour[]): boolean => {
  const first = options.database?.[0]
  const server = all.find(({ name }) => name === first?.name)
  if (options.cache === undefined || server === undefined) return false
  return (server.kind === 'mysql' || server.kind === 'postgresql') && isReplicated(server, all)
}

export const CACHE_COUNTS: Readonly<Record<string, Count<Caching>>> = {
  cache_hit_ratio: { unit: 'share', says: 'share of its lookups that found something', when: caches },
  cache_failures: { unit: 'count', says: 'commands to its cache that failed', when: caches },
  stale_cache_reads: {
    unit: 'count',
    says: 'lookups that found in its cache what misses a write',
    when: cachesReplicated,
  },
  stale_cache_share: {
    unit: 'share',
    says: 'share of what it found in its cache that misses a write',
    amiss: 'of what it found in its cache misses a write',
    when: cachesReplicated,
    newsFrom: 0.01,
  },
  lease_waits: {
    unit: 'count',
    says: 'times that a request waited since another had the lease',
    when: ({ options }) => options.cache_leases === true,
  },
}

const OF_A_CACHE = [
  'cached',
  'cache_timeout',
  'cache_reads',
  'cache_fill',
  'cache_leases',
  'cache_lease_wait',
] as const

/** What says nothing, and a Redis that does not know what it holds. */
export function cacheMisfits(options: Caching, all: readonly Neighbour[]) {
  const { cache } = options
  if (cache === undefined)
    return OF_A_CACHE.filter((name) => options[name] !== undefined).map((name) => ({
      path: [name],
      message: 'expected cache: too, a Redis that it asks',
    }))
  const redis = all.find(({ name }) => name === cache.name)
  return [
    ...(redis?.kind === 'redis' && redis.options.keys === undefined
      ? [
          {
            path: ['cache'],
            message: `expected keys: at ${cache.name}, the objects that it holds or does not`,
          },
        ]
      : []),
    ...(options.cache_reads === 'replicas' && redis?.kind === 'redis' && redis.options.replicas === undefined
      ? [{ path: ['cache_reads'], message: `expected replicas: at ${cache.name}` }]
      : []),
    ...(options.cache_fill === 'primary' &&
    ((options.database?.length ?? 0) < 2 || options.reads === 'primary')
      ? [{ path: ['cache_fill'], message: 'is about replicas, and it reads at none' }]
      : []),
    ...(options.cache_reads === 'replicas' && options.cache_leases
      ? [{ path: ['cache_reads'], message: 'a lease is a write, at the primary: expected one of the two' }]
      : []),
    ...(options.cache_lease_wait !== undefined && !options.cache_leases
      ? [{ path: ['cache_lease_wait'], message: 'nobody waits: expected cache_leases: on beside it' }]
      : []),
  ]
}
