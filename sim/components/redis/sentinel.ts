import * as z from 'zod'
import type { Deadlines } from '../../kernel/deadlines.js'
import type { Event } from '../../kernel/event.js'
import { count, period, ref } from '../../options/types.js'
import { Component } from '../../parts/component.js'
import type { Neighbour } from '../../parts/count.js'
import { kind, type Site } from '../../parts/kind.js'
import { notes } from '../../parts/notes.js'
import { Outcome } from '../../parts/outcome.js'
import { Request } from '../../parts/request.js'
import { UP } from '../../parts/transfer.js'
import type { Wire } from '../../parts/wire.js'
import type { Stream } from '../../random/stream.js'
import type { Redis } from './redis.js'
import { sentinelDirectives } from './redis-directives.js'
import type { RedisReplication, Watcher } from './redis-replication.js'

/** Seconds: sentinelTimer, ten times a second; a PING each second. */
const TICK = 0.1
const PING = 1
/** Seconds, measured: from the agreement to the replica that takes writes, and until it is known that it does. */
const PROMOTES = 0.2
const KNOWS = 1.1
/** Seconds for which a server is heard that takes itself for the primary until it is told to copy another. */
const DEMOTES = 9.5
/** Seconds, of the random part of the time between two failovers (SENTINEL_MAX_DESYNC). */
const DESYNC = 1

const polling = notes({ place: 'note1' })

const sentinelOptions = z.strictObject({
  monitor: ref({ kind: 'redis', role: 'watches' }).describe(
    'the primary; it finds the replicas and the other sentinels of it by itself',
  ),
  quorum: count(1, 100).describe('sentinels that must not hear the primary, before one of them is elected'),
  down_after_milliseconds: period()
    .prefault('30s')
    .describe('for so long a PING is not answered before it takes a server for down'),
  failover_timeout: period()
    .prefault('3min')
    .describe('twice as long after it stood for election, or voted for another, it may stand again'),
})

/** A server that it pings. */
interface Watched {
  readonly server: Redis
  readonly wire: Wire
  /** The PING, a request that is made again and again. */
  readonly ping: Request
  /** When the first PING was sent that was not answered; NaN if all were. */
  unanswered: number
  /** Since when it answers, or is told to copy another: seconds. */
  since: number
}

/**
 * A Redis Sentinel. It pings the servers once a second; one that has not answered for `down_after_milliseconds` it takes
 * for down (sdown). Where `quorum` sentinels that reach one another do so of the primary (odown), one of them is elected,
 * if the majority of all sentinels votes for it: each has one vote, for who asks first. It promotes the replica that has
 * most. Clients that ask a sentinel which knows of it then go there. Who was replaced goes on taking writes until it is
 * heard again and told to copy the new primary: what it alone has is lost.
 *
 * Source: sentinel.c of 7.0 (sentinelCheckSubjectivelyDown, sentinelFailoverStateMachine, sentinelSelectSlave). Measured on
 * 7.0.15 with three on loopback, down-after 5 s: a killed primary is replaced after 6.2 to 6.3 s, a hung one after 6.8 to
 * 7.0 s; one that was cut off is told 10.5 s after the heal. Assumptions: sentinels hear of one another what they see at once; a promotion does not fail.
 */
class Sentinel extends Component implements Watcher {
  private readonly replication: RedisReplication
  private readonly watched: readonly Watched[]
  private peers: readonly { readonly sentinel: Sentinel; readonly wire: Wire }[] = []
  private readonly silence: Deadlines<Request>
  private readonly phases: Stream
  /** Whom it takes for the primary. */
  primary: Redis
  /** It does not stand for election before: seconds. */
  private blocked = 0
  private pending: Event | null = null
  private wasDown = false
  // In the measured span.
  private downs = 0
  private elections = 0
  private lost = 0

  constructor(
    private readonly site: Site,
    private readonly options: z.output<typeof sentinelOptions>,
  ) {
    super(site)
    const { kernel } = site.context
    this.primary = site.component(options.monitor.name) as Redis
    this.replication = this.primary.replication!
    this.silence = this.timers(Math.max(PING, options.down_after_milliseconds / 2), () => {}, true)
    this.watched = (this.replication.members as Redis[]).map((server, place) => {
      const ping = new Request()
      ping.at = this.process
      ping.health = true
      ping[polling.place] = place
      return { server, wire: site.wire(server.name), ping, unanswered: Number.NaN, since: 0 }
    })
    for (const one of this.watched) one.server.observe(() => this.closed(one))
    this.replication.watchers.push(this)
    const phases = site.context.stream(site.name, 'ping')
    this.phases = phases
    for (const one of this.watched) kernel.after(phases.next() * PING, this.send, one)
    kernel.after(phases.next() * TICK, this.tick, null)
  }

  override assembled(): void {
    this.peers = (this.replication.watchers as Sentinel[])
      .filter((one) => one !== this)
      .map((sentinel) => ({ sentinel, wire: this.site.wire(sentinel.name) }))
  }

  /** A client asks who is primary. */
  accept(request: Request): void {
    request.reply(Outcome.ok)
  }

  // ---- Whom it hears ---------------------------------------------------------------------------------------------

  private readonly send = (one: Watched): void => {
    this.context.kernel.after(PING, this.send, one)
    if (this.serves) this.ask(one)
  }

  private ask(one: Watched): void {
    if (one.ping.child !== null) return
    if (Number.isNaN(one.unanswered)) one.unanswered = this.context.kernel.now
    const child = this.attempt(one.ping)
    child.deadline = this.silence.set(child)
    one.wire.send(child)
  }

  /** Its connection to a server is closed: it connects again at once, and pings. */
  private closed(one: Watched): void {
    if (one.server.state === 0 && one.server.host.power.value > 0 && one.wire.carries(UP) && this.serves)
      if (Number.isNaN(one.unanswered)) one.unanswered = this.context.kernel.now
  }

  override resume(ping: Request, answer: Request): void {
    const one = this.watched[ping[polling.place]]!
    if (answer.outcome !== Outcome.ok && answer.outcome !== Outcome.loading) return
    const { now } = this.context.kernel
    if (this.isDown(one)) one.since = now
    one.unanswered = Number.NaN
  }

  private isDown({ unanswered }: Watched): boolean {
    return this.context.kernel.now - unanswered > this.options.down_after_milliseconds
  }

  private of(server: unknown): Watched {
    return this.watched.find((one) => one.server === server)!
  }

  /** Whether it takes `server` for down. */
  findsDown(server: Redis): boolean {
    return this.isDown(this.of(server))
  }

  private readonly tick = (): void => {
    const { kernel } = this.context
    kernel.after(TICK, this.tick, null)
    if (!this.serves) return
    this.learn()
    const isDown = this.findsDown(this.primary)
    if (isDown && !this.wasDown) {
      this.downs++
      const { unanswered } = this.of(this.primary)
      this.context.detected(this.name, `took ${this.primary.name} for down`, unanswered)
    }
    this.wasDown = isDown
    if (isDown && this.pending === null && kernel.now >= this.blocked && this.agree()) this.stand()
    this.tidy()
  }

  /** The others that it reaches. */
  private get reached(): readonly Sentinel[] {
    return this.peers
      .filter(({ sentinel, wire }) => sentinel.serves && wire.carries(UP))
      .map((p) => p.sentinel)
  }

  /** Whether so many as the quorum take the primary for down. */
  private agree(): boolean {
    const others = this.reached.filter((one) => one.primary === this.primary && one.findsDown(this.primary))
    return 1 + others.length >= this.options.quorum
  }

  /** Hears from others of a primary that was put in the place of its own. */
  private learn(): void {
    const { primary } = this.replication
    if (this.primary === primary) return
    if (!this.reached.some((one) => one.primary === primary)) return
    this.switchTo(primary as Redis)
  }

  // ---- Failover --------------------------------------------------------------------------------------------------

  /** It asks all for their votes. */
  private stand(): void {
    const { now } = this.context.kernel
    this.elections++
    const voters = this.reached
    const needed = Math.max(this.options.quorum, Math.floor((this.peers.length + 1) / 2) + 1)
    this.block()
    if (1 + voters.length >= needed) {
      for (const voter of voters) voter.block()
      this.pending = this.context.kernel.after(PROMOTES, this.promote, null)
    } else {
      this.lost++
      this.context.detected(this.name, `was not elected: ${1 + voters.length} of ${needed} votes`, now)
    }
  }

  private block(): void {
    const { kernel } = this.context
    const desync = this.phases.next() * DESYNC
    this.blocked = kernel.now + 2 * this.options.failover_timeout + desync
  }

  private readonly promote = (): void => {
    this.pending = null
    if (!this.serves) return
    const down = this.of(this.primary)
    const able = this.watched.filter(
      (one) =>
        one !== down &&
        one.server.follows !== null &&
        !this.isDown(one) &&
        one.server.serves &&
        one.wire.carries(UP),
    )
    if (able.length === 0) return
    const best = able.reduce((a, b) => (b.server.offset > a.server.offset ? b : a))
    this.replication.promote(best.server, down.unanswered)
    this.pending = this.context.kernel.after(KNOWS - PROMOTES, this.announce, best.server)
  }

  private readonly announce = (server: Redis): void => {
    this.pending = null
    this.switchTo(server)
  }

  private switchTo(server: Redis): void {
    this.primary = server
    this.wasDown = false
    const { now } = this.context.kernel
    for (const one of this.watched) if (!this.isDown(one)) one.since = now
    this.replication.announce()
  }

  /** Those that it hears and that do not copy its primary are told to: replicas at once, one that takes writes later. */
  private tidy(): void {
    const { replication, primary } = this
    if (replication.primary !== primary) return
    const { now } = this.context.kernel
    for (const one of this.watched) {
      const { server, wire } = one
      if (server === primary || server.follows === primary || !server.serves || !wire.carries(UP)) continue
      if (this.isDown(one)) continue
      if (server.follows !== null || now - one.since >= DEMOTES) replication.demote(server)
    }
  }

  override crashed(): void {
    this.pending?.cancel()
    this.pending = null
    this.wasDown = false
    for (const one of this.watched) {
      this.forget(one.ping)
      one.unanswered = Number.NaN
    }
  }

  // ---- What reports show -----------------------------------------------------------------------------------------

  override restart(now: number): void {
    super.restart(now)
    this.downs = 0
    this.elections = 0
    this.lost = 0
  }

  override extra(): Record<string, number> {
    return { taken_for_down: this.downs, elections: this.elections, elections_lost: this.lost }
  }
}

/** A primary that has nobody to take its place, and a quorum that is never there. */
function misfits({ options }: Neighbour<z.output<typeof sentinelOptions>>, all: readonly Neighbour[]) {
  const { monitor, quorum } = options
  const primary = all.find(({ name }) => name === monitor.name)
  const sentinels = all.filter(
    (one) => one.kind === 'sentinel' && (one.options as typeof options).monitor.name === monitor.name,
  )
  return [
    ...(primary?.kind === 'redis' && primary.options.replicas === undefined
      ? [{ path: ['monitor'], message: `expected a primary: a redis with replicas: [...]` }]
      : []),
    ...(quorum > sentinels.length
      ? [
          {
            path: ['quorum'],
            message: `expected ${sentinels.length} or fewer, as many as there are sentinels of ${monitor.name}, not ${quorum}`,
          },
        ]
      : []),
  ]
}

export const sentinel = kind({
  kind: 'sentinel',
  says: 'Redis Sentinel: several of them agree that a primary is down, and put a replica in its place',
  known: sentinelDirectives,
  aliases: ['redis-sentinel', 'valkey-sentinel'],
  icon: 'M1.5 9c4-7 11-7 15 0c-4 7-11 7-15 0M9 6.5a2.5 2.5 0 1 0 .01 0',
  example: `
    sentinel: { kind: sentinel, monitor: redis-1, quorum: 1 }
    redis-1: { kind: redis, replicas: [redis-2] }
    redis-2: { kind: redis }`,
  options: sentinelOptions,
  misfits,
  periodic: () => 1 / TICK + 1 / PING,
  counts: {
    taken_for_down: { unit: 'count', says: 'times that it took the primary for down' },
    elections: { unit: 'count', says: 'times that it stood for election' },
    elections_lost: { unit: 'count', says: 'elections in which it had too few votes' },
  },
  build: (site, options) => new Sentinel(site, options),
})
