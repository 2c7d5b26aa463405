import { listed } from '../../options/spell.js'
import type { Context } from '../../parts/context.js'
import type { Request } from '../../parts/request.js'
import type { Distribution } from '../../random/distribution.js'
import type { Stream } from '../../random/stream.js'
import { Level } from '../../stats/level.js'
import { Alarm } from '../cluster/alarm.js'
import type { Network } from '../cluster/network.js'
import type { Servers } from '../mysql/database-server.js'
import { WritingClasses } from '../mysql/writing-classes.js'
import { Order } from './order.js'
import type { Receiver } from './receiver.js'
import { WriteHistory } from './write-history.js'

/**
 * Seconds from the silence of evs.suspect_timeout to the first commit in the new group: 6.09 ± .59 s after a kill and
 * 6.18 ± .09 s after a stop in all (measured three times each on Galera 4, with the default of 5 s).
 */
const AGREES = 1.17
/** Seconds for which commits stand still when a node leaves cleanly: .04 ± .016 (measured). */
const LEAVES = 0.04
/** Seconds until a node that is back has what it needs to catch up: .306 s in all after 6 s of 200 writes a second (measured). */
const JOINS = 0.3

/** `apart`: not in the primary component, it answers nothing; `joining` and `catching up`: in it, and behind. */
export type Standing = 'apart' | 'joining' | 'catching up' | 'synced'

/** Somebody who helps where there is no primary component: after which time. */
interface Bootstrap {
  readonly after: Distribution
  readonly stream: Stream
}

/** A server of a cluster. */
export interface Node {
  readonly name: string
  readonly place: number
  /** Its process is there and runs. */
  readonly serves: boolean
  /** It is told to leave before it stops (drain). */
  readonly leaves: boolean
  readonly weight: number
  /** Seconds. */
  readonly suspectTimeout: number
  readonly receiver: Receiver
  readonly stops: boolean
  standing: Standing
  /** It does not have what comes after this position, but something else: it needs a copy of another node. */
  kept: number
  rowOf(request: Request): number
  seenBy(request: Request): number
  /** Few enough write sets wait for it to count as synced. */
  readonly isClose: boolean
  /** Its standing has changed. */
  stands(): void
  /** Writes that will never be ordered. */
  fail(requests: readonly Request[]): void
  /** It has what came up to `position`, and nothing after it. */
  setBack(position: number): void
  conflicted(request: Request): void
}

/**
 * The nodes of a Galera cluster: which of them form the primary component, and so may answer; and what happens when one of
 * them falls silent.
 *
 * A node that is dead, hung or cut off is missed by all at once: without it nothing can be ordered, so commits wait. When
 * it has been silent for evs.suspect_timeout, and all others agree, those that reach one another form a new group. If they
 * are more than half of the last one by weight, they are its primary component and go on; else they refuse everything, and
 * what was on its way fails. A process that was killed is noticed no earlier than one that hangs, though its connections
 * are closed; one that leaves cleanly says so (all measured on MariaDB 10.11, Galera 4).
 *
 * A cluster without a primary component has one again when all of the last one reach one another (pc.recovery), or when
 * somebody bootstraps what is left. A node that is back gets what it has missed from the others (IST, from a gcache that has
 * it; an assumption, however long it was away), and answers when it has caught up.
 * Sources: Galera documentation (Quorum Components, Recovering the Primary Component, Galera Parameters).
 */
export class Cluster<One extends Node = Node> implements Servers {
  epoch = 0
  members: readonly One[] = []
  readonly history: WriteHistory
  readonly order: Order<One>
  /** 1 while there is no primary component; while commits wait for a silent node of it. */
  readonly orphaned = new Level()
  readonly stalled = new Level()
  /** How often somebody made what was left the primary component. */
  bootstraps = 0
  private network: Network | null = null
  private component: readonly One[] = []
  /** Who was in the last primary component, but for those that left cleanly before the last of them. */
  private last: readonly One[] = []
  /** Processes of the component that died since it was formed. */
  private readonly fallen = new Set<One>()
  /** Pairs of the component that do not reach one another, and since when the first of them does not. */
  private unheard: ReadonlySet<number> = new Set()
  private since = 0
  /** How many are leaving at the moment. */
  private leaving = 0
  private bootstrap: Bootstrap | null = null
  /** It was time for that, and nobody was there. */
  private overdue = false
  private readonly agreement: Alarm
  private readonly recovery: Alarm
  private readonly help: Alarm
  private joins: ReadonlyMap<One, Alarm> = new Map()
  private readonly writing: WritingClasses

  constructor(private readonly context: Context) {
    const { kernel } = context
    this.writing = new WritingClasses(context.classes)
    this.history = new WriteHistory(
      context,
      () => Math.min(...this.members.map(({ receiver }) => receiver.applied)) + 1,
    )
    this.agreement = new Alarm(kernel, this.regroup)
    this.recovery = new Alarm(kernel, () => this.begin(this.whole!))
    this.help = new Alarm(kernel, this.bootstrapped)
    this.order = new Order<One>(context, () => this.network!, {
      nodes: () => this.component,
      certified: (origin, request, row) => this.certified(origin, request, row),
      conflicted: (origin, request) => origin.conflicted(request),
      lastOf: (row) => this.history.lastOf(row),
    })
  }

  /**
   * `nodes` are its members, and all are in sync.
   * @param bootstrap what somebody does who finds no primary component; null: nobody does anything
   */
  form(nodes: readonly One[], network: Network, bootstrap: Bootstrap | null): void {
    this.members = nodes
    this.network = network
    this.bootstrap = bootstrap
    this.component = nodes
    this.last = nodes
    this.joins = new Map(nodes.map((node) => [node, new Alarm(this.context.kernel, () => this.follow(node))]))
    this.look()
  }

  // ---- What applications ask and say -----------------------------------------------------------------------

  writes(requestClass: number): boolean {
    return this.writing.has(requestClass)
  }

  tell(classes: Iterable<number>): void {
    this.writing.tell(classes)
  }

  /** What was said to `other`, of which this one takes a node over. */
  join(other: Cluster<One>): void {
    this.writing.join(other.writing)
  }

  // ---- Writes -----------------------------------------------------------------------------------------------

  private certified(origin: One, request: Request, row: number): void {
    this.history.append(request.class, row)
    for (const node of this.component)
      if (node.standing !== 'joining') node.receiver.receive(node === origin ? request : null, row)
  }

  /** What concerns all nodes, in the measured span. */
  counts(now: number): Record<string, number> {
    return {
      no_primary_s: this.orphaned.integral(now),
      stalled_s: this.stalled.integral(now),
      flow_control_share: this.order.paused.mean(now),
      bootstraps: this.bootstraps,
      lost_writes: this.history.lost,
    }
  }

  /** The measured span begins. */
  restart(): void {
    const { now } = this.context.kernel
    this.orphaned.restart(now)
    this.stalled.restart(now)
    this.order.paused.restart(now)
    this.bootstraps = 0
    this.history.lost = 0
  }

  /** How many write sets may wait at a node before flow control holds all writers back, of so many for one node. */
  limit(ofOne: number, scaled: boolean): number {
    return scaled ? Math.floor(ofOne * Math.sqrt(this.component.length) + 0.5) : ofOne
  }

  // ---- Who is there --------------------------------------------------------------------------------------------

  private readonly lives = (node: One): boolean => node.serves && !this.fallen.has(node)

  private reaches(a: One, b: One): boolean {
    return this.network!.reaches(a.place, b.place)
  }

  /** A node died, came back, hung, runs again; a way was cut or healed. */
  readonly look = (): void => {
    this.network!.measure(this.members.map(this.lives))
    if (this.component.length > 0) this.lookAround()
    else this.lookForOthers()
    const { now } = this.context.kernel
    this.orphaned.set(now, this.component.length === 0 ? 1 : 0)
    this.stalled.set(now, this.unheard.size > 0 ? 1 : 0)
  }

  private lookAround(): void {
    const { component } = this
    const n = this.members.length
    const unheard = component.flatMap((a) =>
      component.flatMap((b) => (a.place <= b.place && !this.reaches(a, b) ? [a.place * n + b.place] : [])),
    )
    if (unheard.length === 0) this.agreement.stop()
    else if (!unheard.every((pair) => this.unheard.has(pair))) this.miss()
    this.unheard = new Set(unheard)
    this.order.halt(unheard.length > 0 || this.leaving > 0)
    if (unheard.length === 0) this.admit()
  }

  /** Somebody has fallen silent, and is waited for from now on. */
  private miss(): void {
    if (this.unheard.size === 0) this.since = this.context.kernel.now
    const patience = this.component.filter(this.lives).map(({ suspectTimeout }) => suspectTimeout)
    this.agreement.set(Math.max(0, ...patience) + AGREES)
  }

  /** Those that are left agree on a new group. */
  private readonly regroup = (): void => {
    const before = this.component
    const rest =
      before
        .filter(this.lives)
        .map((node) => before.filter((other) => this.reaches(node, other)))
        .find((some) => 2 * weightOf(some) > weightOf(before)) ?? []
    const gone = before.filter((node) => !rest.includes(node))
    this.fallen.clear()
    this.component = rest
    if (rest.length > 0) this.last = rest
    this.unheard = new Set()
    for (const node of gone) this.expel(node)
    const names = listed(gone.map(({ name }) => name))
    this.detected(
      rest.length > 0
        ? `${listed(rest.map(({ name }) => name))} went on without ${names}`
        : 'no majority was left',
    )
    if (rest.length === 0 && this.bootstrap !== null)
      this.help.set(this.bootstrap.after.sample(this.bootstrap.stream))
    this.look()
  }

  private detected(says: string): void {
    this.context.detected(this.members[0]!.name, says, this.since)
  }

  /** It is in the primary component no longer: what it wrote and nobody ordered fails. */
  private expel(node: One): void {
    const unordered = this.order.drop(node)
    this.stand(node, 'apart')
    node.fail(unordered)
  }

  private stand(node: One, standing: Standing): void {
    if (standing !== 'joining') this.joins.get(node)!.stop()
    node.standing = standing
    this.epoch++
    node.stands()
  }

  /** The process of `node` died: silently, so that others find out; or after it had said so. */
  died(node: One): void {
    this.order.drop(node)
    this.joins.get(node)!.stop()
    if (!this.component.includes(node)) return
    if (!node.leaves) {
      this.fallen.add(node)
      return
    }
    this.component = this.component.filter((one) => one !== node)
    // It may have died before, and be missed still: nobody misses who has left.
    this.fallen.delete(node)
    // Who leaves last has what all others may lack, and is started first (safe_to_bootstrap).
    if (this.component.length > 0) this.last = this.component
    this.stand(node, 'apart')
    this.leaving++
    this.context.kernel.after(LEAVES, this.left, null)
  }

  /** The process of `node` is there again, and knows nobody yet. */
  started(node: One): void {
    this.stand(node, 'apart')
    this.look()
  }

  private readonly left = (): void => {
    this.leaving--
    this.look()
  }

  // ---- Coming back ----------------------------------------------------------------------------------------------

  /** Who is there, and not in the component, joins it. */
  private admit(): void {
    for (const node of this.members) {
      if (this.component.includes(node) || !this.reaches(this.component[0]!, node)) continue
      this.component = [...this.component, node]
      this.last = this.component
      this.stand(node, 'joining')
      this.joins.get(node)!.set(JOINS)
    }
  }

  /** It gets what it has missed. */
  private follow(node: One): void {
    const { receiver } = node
    if (receiver.received > node.kept) node.setBack(Math.min(receiver.applied, node.kept))
    node.kept = Number.POSITIVE_INFINITY
    receiver.catchUp(this.history.head)
    this.stand(node, 'catching up')
  }

  /** Perhaps it has caught up: few enough write sets wait for its appliers. */
  approach(node: One): void {
    if (node.standing === 'catching up' && node.isClose) this.stand(node, 'synced')
  }

  /** There is no primary component. Is all there that was in the last one, or does somebody help? */
  private lookForOthers(): void {
    if (this.whole === null) this.recovery.stop()
    else if (!this.recovery.isSet) this.recovery.set(AGREES)
    if (this.overdue) this.bootstrapped()
  }

  /** Those that reach one another, if all of the last primary component are among them. */
  private get whole(): readonly One[] | null {
    const there = this.parts.find((part) => this.last.every((node) => part.includes(node)))
    return there ?? null
  }

  /** Nodes that reach one another, by who reaches whom. */
  private get parts(): (readonly One[])[] {
    const alive = this.members.filter(this.lives)
    return alive.map((node) => alive.filter((other) => this.reaches(node, other)))
  }

  /** Somebody makes what is left the primary component: where most nodes are. */
  private readonly bootstrapped = (): void => {
    const { parts } = this
    this.overdue = parts.length === 0
    if (this.overdue) return
    this.bootstraps++
    this.detected('somebody bootstrapped what was left')
    this.begin(parts.reduce((a, b) => (b.length > a.length ? b : a)))
  }

  /** `nodes` are the primary component from now on, with all that one of them has. */
  private begin(nodes: readonly One[]): void {
    const position = Math.max(...nodes.map(({ receiver, kept }) => Math.min(receiver.received, kept)))
    this.recovery.stop()
    this.help.stop()
    this.overdue = false
    for (const node of this.members) if (!nodes.includes(node)) node.kept = Math.min(node.kept, position)
    this.history.truncate(position, this.since)
    this.component = nodes
    this.last = nodes
    for (const node of nodes) this.follow(node)
    this.look()
  }
}

const weightOf = (nodes: readonly Node[]): number => nodes.reduce((sum, { weight }) => sum + weight, 0)
