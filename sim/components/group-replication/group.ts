import type { Context } from '../../parts/context.js'
import type { Request } from '../../parts/request.js'
import type { Distribution } from '../../random/distribution.js'
import type { Stream } from '../../random/stream.js'
import { Level } from '../../stats/level.js'
import { Alarm } from '../cluster/alarm.js'
import type { Network } from '../cluster/network.js'
import type { Servers } from '../mysql/database-server.js'
import { WritingClasses } from '../mysql/writing-classes.js'
import { Certifier } from './certifier.js'
import type { RelayLog } from './relay-log.js'

/** Seconds of silence after which a member is suspected (8.0 manual, Failure Detection). */
export const SUSPECTED = 5
/** From the end of a suspicion to the view without the member, and its election ("a further short period"; an assumption). */
const EXPELS = 1
/** Until a member that joins gets what it has missed (an assumption). */
const JOINS = 1
/** Between two tries to join again (8.0 manual, group_replication_autorejoin_tries). */
const REJOINS_EVERY = 300

/** What a member takes itself for: `error`: expelled, or gone by itself; it answers reads all the same. */
export type Standing = 'online' | 'recovering' | 'error' | 'offline'

/** A server of a group. */
export interface Member {
  readonly name: string
  readonly place: number
  /** Its process is there and runs. */
  readonly serves: boolean
  /** It is told to leave before it stops (drain). */
  readonly leaves: boolean
  /** group_replication_member_weight */
  readonly weight: number
  /** Seconds; 0: it waits for ever. */
  readonly majorityTimeout: number
  /** Seconds. */
  readonly expelTimeout: number
  /** group_replication_autorejoin_tries */
  readonly tries: number
  readonly relayLog: RelayLog
  standing: Standing
  /** It takes writes, as far as it knows. */
  writable: boolean
  /** Whether it hears a majority of the group that it is in. */
  connected: boolean
  rowOf(request: Request): number
  seenBy(request: Request): number
  /** The write has its place in the order, and is committed here. */
  certified(request: Request, row: number): void
  conflicted(request: Request): void
  /** Writes that will have no place in the order. */
  fail(requests: readonly Request[]): void
  /** It is the primary from now on. */
  elected(): void
  /** Its standing, or whether it is connected, has changed. */
  stands(): void
}

/** Somebody who helps where there is no majority: after which time. */
interface Help {
  readonly after: Distribution
  readonly stream: Stream
}

/** What the group knows of a member, and the member does not. */
interface File {
  /** Its process died, or it left without a word: it is silent until it is expelled. */
  fallen: boolean
  /** What it has, others have not: it is a copy of another when it joins. */
  forked: boolean
  /** Tries to join again that are left; infinite for a process that was started. */
  tries: number
  since: number
  readonly expulsion: Alarm
  readonly patience: Alarm
  readonly rejoin: Alarm
  readonly recovery: Alarm
}

/**
 * The members of a MySQL group: which of them are in it, which of these a majority hears, and who is primary.
 *
 * Whoever is silent (dead, hung, cut off) is suspected after 5 s and expelled `group_replication_member_expel_timeout` later,
 * if a majority of the group is there to agree on that; the others go on all the while. If the primary is expelled, the online
 * member of the largest group_replication_member_weight is elected, of equal ones the first (an assumption: server_uuid
 * decides, and that is as good as drawn). A member that hears no majority goes on as it was, answers reads, and its writes wait,
 * until the others are back or its `group_replication_unreachable_majority_timeout` ends. One that finds out that it was expelled
 * rolls back what waits and joins again, up to `group_replication_autorejoin_tries` times. Without a majority nobody can be
 * expelled or join: somebody has to set group_replication_force_members, or to bootstrap the group anew.
 *
 * Sources: MySQL 8.0 Reference Manual, 20.1.4.2 Failure Detection, 20.7.7 Responses to Failure Detection and Network
 * Partitioning, 20.7.8 Handling a Network Partition and Loss of Quorum, 20.1.3.1 Single-Primary Mode.
 */
export class Group<One extends Member = Member> implements Servers {
  epoch = 0
  members: readonly One[] = []
  /** null in multi-primary mode, and where nobody is. */
  primary: One | null = null
  readonly certifier: Certifier<One>
  /** 1 while no majority of the group is heard. */
  readonly blocked = new Level()
  elections = 0
  forced = 0
  /** Writes that were committed, and are gone; in the measured span. */
  lost = 0
  private single = true
  private network: Network | null = null
  private view: readonly One[] = []
  private files: ReadonlyMap<One, File> = new Map()
  private helps: Help | null = null
  private readonly help: Alarm
  /** It was time for that, and nobody was there. */
  private overdue = false
  private blockedAt = 0
  private readonly writing: WritingClasses

  constructor(private readonly context: Context) {
    this.writing = new WritingClasses(context.classes)
    this.help = new Alarm(context.kernel, this.force)
    this.certifier = new Certifier<One>(context, {
      agreement: (origin, key) => this.agreement(origin, key),
      obstacle: (origin) => this.obstacle(origin),
      certified: (origin, request, row) => this.certified(origin, request, row),
      conflicted: (origin, request) => origin.conflicted(request),
    })
  }

  /** `members` are the group, and the first of them its primary. */
  form(members: readonly One[], network: Network, single: boolean, helps: Help | null): void {
    const { kernel } = this.context
    this.members = members
    this.network = network
    this.single = single
    this.helps = helps
    this.view = members
    this.files = new Map(
      members.map((one) => [
        one,
        {
          fallen: false,
          forked: false,
          tries: 0,
          since: 0,
          expulsion: new Alarm(kernel, () => this.expire(one)),
          patience: new Alarm(kernel, () => this.leave(one)),
          rejoin: new Alarm(kernel, () => this.tryAgain(one)),
          recovery: new Alarm(kernel, () => this.recover(one)),
        },
      ]),
    )
    this.primary = single ? members[0]! : null
    for (const one of members) one.writable = !single || one === this.primary
    this.look()
  }

  // ---- What applications ask and say -----------------------------------------------------------------------

  writes(requestClass: number): boolean {
    return this.writing.has(requestClass)
  }

  tell(classes: Iterable<number>): void {
    this.writing.tell(classes)
  }

  /** What was said to `other`, of which this one takes a member over. */
  join(other: Group<One>): void {
    this.writing.join(other.writing)
  }

  /** Whether `member` is in the group, as the majority has it. */
  has(member: One): boolean {
    return this.view.includes(member)
  }

  // ---- Writes -----------------------------------------------------------------------------------------------

  /** The others that are enough for a majority together with `origin`, the nearest first. */
  private near(origin: One): One[] {
    const far = (one: One) => this.network!.distance(origin.place, one.place)
    const others = this.view.filter((one) => one !== origin && one.connected)
    return others.sort((a, b) => far(a) - far(b)).slice(0, Math.floor(this.view.length / 2))
  }

  private agreement(origin: One, key: number): number {
    if (!origin.connected || !this.view.includes(origin)) return Number.POSITIVE_INFINITY
    const near = this.near(origin)
    if (2 * (near.length + 1) <= this.view.length) return Number.POSITIVE_INFINITY
    let seconds = 0
    for (const { place } of near)
      seconds = Math.max(seconds, this.network!.roundTrip(origin.place, place, key))
    return seconds
  }

  /** Whom a write of `origin` waits for: a member that it does not hear, if it hears no majority. */
  private obstacle(origin: One): One {
    const silent = origin.connected ? undefined : this.view.find((one) => !this.reaches(origin, one))
    return silent ?? this.near(origin).at(-1) ?? origin
  }

  private certified(origin: One, request: Request, row: number): void {
    for (const one of this.members) {
      if (one === origin) continue
      const { relayLog } = one
      relayLog.append(request.class, this.view.includes(one) ? row : -1)
      if (one.connected) relayLog.ship(this.network!.distance(origin.place, one.place))
    }
    origin.certified(request, row)
  }

  /** What `origin` has committed is what others miss, as long as they have not applied it. */
  committed(origin: One): void {
    for (const one of this.members) if (one !== origin) one.relayLog.shown()
  }

  // ---- Who is there --------------------------------------------------------------------------------------------

  private readonly lives = (one: One): boolean => one.serves && !this.files.get(one)!.fallen

  private reaches(a: One, b: One): boolean {
    return this.network!.reaches(a.place, b.place)
  }

  /** Those of the group that hear one another and are more than half of it. */
  private get majority(): readonly One[] {
    const { view } = this
    return (
      view
        .filter(this.lives)
        .map((one) => view.filter((other) => this.reaches(one, other)))
        .find((some) => 2 * some.length > view.length) ?? []
    )
  }

  /** A member died, came back, hung, runs again; a way was cut or healed. */
  readonly look = (): void => {
    const { now } = this.context.kernel
    this.network!.measure(this.members.map(this.lives))
    const heard = this.majority
    const turned = this.members.filter((one) => heard.includes(one) !== one.connected)
    for (const one of turned) one.connected = !one.connected
    for (const one of turned) this.turn(one)
    for (const one of this.view) if (!one.connected) this.suspect(one, heard)
    const isBlocked = heard.length === 0
    if (isBlocked && this.blocked.value === 0) this.block(now)
    else if (!isBlocked) this.help.stop()
    this.blocked.set(now, isBlocked ? 1 : 0)
    if (this.overdue) this.force()
    else if (heard.length > 0) this.admit(heard[0]!)
  }

  private block(now: number): void {
    this.blockedAt = now
    if (this.helps !== null) this.help.set(this.helps.after.sample(this.helps.stream))
  }

  /** It hears a majority from now on, or no longer. */
  private turn(one: One): void {
    const file = this.files.get(one)!
    if (one.connected) {
      file.expulsion.stop()
      file.patience.stop()
      one.relayLog.fill()
      this.certifier.go(one)
    } else {
      file.since = this.context.kernel.now
      this.certifier.halt(one)
    }
    one.stands()
  }

  /** `one` is silent for those that are `heard`, and they are for it. */
  private suspect(one: One, heard: readonly One[]): void {
    const { expulsion, patience, since } = this.files.get(one)!
    const gone = this.context.kernel.now - since
    if (heard.length === 0) expulsion.stop()
    else if (!expulsion.isSet) {
      const timeout = Math.min(...heard.map(({ expelTimeout }) => expelTimeout))
      expulsion.set(Math.max(0, SUSPECTED + timeout - gone) + EXPELS)
    }
    if (!this.lives(one)) patience.stop()
    else if (one.majorityTimeout > 0 && !patience.isSet)
      patience.set(Math.max(0, SUSPECTED + one.majorityTimeout - gone))
  }

  /** The suspicion of `one` has timed out. */
  private expire(one: One): void {
    const { since } = this.files.get(one)!
    this.remove(one)
    this.detected(`${one.name} was expelled`, since)
    this.look()
  }

  /** `one` is in the group no longer. */
  private remove(one: One): void {
    const file = this.files.get(one)!
    file.expulsion.stop()
    file.recovery.stop()
    this.view = this.view.filter((other) => other !== one)
    file.fallen = false
    this.epoch++
    if (this.primary === one) this.elect(file.since)
  }

  private detected(says: string, since: number): void {
    this.context.detected(this.members[0]!.name, says, since)
  }

  /** @param since when the last primary failed */
  private elect(since: number): void {
    const online = this.view.filter(({ standing, connected }) => standing === 'online' && connected)
    const next = online.reduce<One | null>(
      (best, one) => (best === null || one.weight > best.weight ? one : best),
      null,
    )
    this.primary = next
    this.epoch++
    if (next === null) return
    this.elections++
    next.writable = true
    next.elected()
    this.detected(`${next.name} was elected`, since)
  }

  private stand(one: One, standing: Standing): void {
    one.standing = standing
    if (standing !== 'online') one.writable = false
    this.epoch++
    one.stands()
  }

  /** `one` goes: it has heard no majority for too long, or learns that it was expelled. */
  private leave(one: One): void {
    const file = this.files.get(one)!
    file.patience.stop()
    // Where others have not expelled it they hear no more of it.
    if (this.view.includes(one)) file.fallen = true
    this.stand(one, 'error')
    one.fail(this.certifier.drop(one))
    file.tries = one.tries
    this.look()
    this.tryAgain(one)
  }

  private tryAgain(one: One): void {
    const file = this.files.get(one)!
    if (file.tries === 0 || one.standing !== 'error') return
    file.tries--
    const host = this.majority[0]
    if (host !== undefined && !this.view.includes(one) && this.reaches(host, one)) this.add(one)
    else file.rejoin.set(REJOINS_EVERY)
  }

  /** The process of `one` died: silently, so that others find out; or after it had said so. */
  died(one: One): void {
    const file = this.files.get(one)!
    this.certifier.drop(one)
    for (const alarm of [file.patience, file.rejoin, file.recovery]) alarm.stop()
    this.stand(one, 'offline')
    if (!this.view.includes(one)) return
    if (!one.leaves) {
      file.fallen = true
      return
    }
    file.since = this.context.kernel.now
    this.remove(one)
  }

  // ---- Coming back ----------------------------------------------------------------------------------------------

  /** The process of a member is there again, and joins as soon as it can (group_replication_start_on_boot). */
  started(): void {
    this.look()
  }

  /** Who is there and not in the group, and reaches `host`, which is: learns that it was expelled, or joins. */
  private admit(host: One): void {
    if (this.single && this.primary === null) this.elect(this.context.kernel.now)
    for (const one of this.members) {
      if (this.view.includes(one) || !this.lives(one) || !this.reaches(host, one)) continue
      if (one.standing === 'offline') this.add(one)
      else if (one.standing !== 'error') this.leave(one)
    }
  }

  private add(one: One): void {
    const file = this.files.get(one)!
    this.view = [...this.view, one]
    file.rejoin.stop()
    this.stand(one, 'recovering')
    file.recovery.set(JOINS)
    this.look()
  }

  /** It gets what it has missed. */
  private recover(one: One): void {
    const file = this.files.get(one)!
    one.relayLog.catchUp(file.forked)
    file.forked = false
    this.applied(one)
  }

  /** `one` has applied a write, perhaps the last that it had missed when it joined. */
  applied(one: One): void {
    if (one.standing !== 'recovering' || !one.relayLog.isCaughtUp) return
    one.writable = !this.single
    this.stand(one, 'online')
    if (this.single && this.primary === null && one.connected) this.elect(this.context.kernel.now)
  }

  /**
   * Somebody makes those that are left the group, of several parts the largest, or if nobody is the member that has most. What
   * none of them has is gone; all others are copies of them when they join.
   */
  private readonly force = (): void => {
    const nodes = this.remains
    this.overdue = nodes.length === 0
    if (this.overdue) return
    this.forced++
    this.detected('somebody forced a new group', this.blockedAt)
    this.lose(nodes)
    for (const one of this.members) {
      const file = this.files.get(one)!
      for (const alarm of [file.expulsion, file.patience, file.rejoin, file.recovery]) alarm.stop()
      file.forked = !nodes.includes(one)
      file.fallen = false
    }
    this.view = nodes
    for (const one of nodes) {
      one.connected = true
      one.writable = !this.single || one === this.primary
      this.stand(one, 'online')
    }
    if (this.single && !nodes.includes(this.primary!)) this.elect(this.blockedAt)
    for (const one of nodes) this.certifier.go(one)
    this.look()
  }

  private get remains(): readonly One[] {
    const alive = this.members.filter(({ serves }) => serves)
    const online = alive.filter((one) => one.standing === 'online' && this.lives(one))
    if (online.length > 0)
      return online
        .map((one) => online.filter((other) => this.reaches(one, other)))
        .reduce((a, b) => (b.length > a.length ? b : a))
    const most = (a: One, b: One) => (b.relayLog.missing.all < a.relayLog.missing.all ? b : a)
    return alive.length > 0 ? [alive.reduce(most)] : []
  }

  /** What nobody of `nodes` has is gone; each of them has what one of them has. */
  private lose(nodes: readonly One[]): void {
    const { now } = this.context.kernel
    const missing = nodes.map(({ relayLog }) => relayLog.missing)
    const least = missing.reduce((a, b) => (b.all < a.all ? b : a))
    for (const { relayLog } of nodes) relayLog.truncate(least.all)
    if (least.writes === 0) return
    this.lost += least.writes
    const failed = Math.max(this.blockedAt, least.from)
    this.context.losses.push({ failed, at: now, writes: least.writes, seconds: failed - least.from })
  }

  /** What concerns all members, in the measured span. */
  counts(now: number): Record<string, number> {
    return {
      no_majority_s: this.blocked.integral(now),
      elections: this.elections,
      forced_members: this.forced,
      lost_writes: this.lost,
    }
  }

  /** The measured span begins. */
  restart(): void {
    this.blocked.restart(this.context.kernel.now)
    this.elections = 0
    this.forced = 0
    this.lost = 0
  }
}
