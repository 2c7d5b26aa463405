import type { Component } from '../../parts/component.js'
import { State } from '../../parts/port.js'
import type { Member } from './gossip.js'
import type { Labels } from './matcher.js'
import type { Route } from './receivers.js'
import type { RuleOptions } from './rules.js'

/** Seconds between two times that Prometheus tells of the same alert: `--rules.alert.resend-delay` as it is delivered. */
export const RESEND = 60

/** So many resends or evaluations, whichever is longer, an alert stands of which nothing more is heard. */
export const STANDS = 4

/** What one Prometheus can alert of. */
export interface Alerting {
  /** The same at all who watch the same: an alert group of its own. */
  readonly key: string
  /** The rule; null for the one that every monitor has, `up == 0`. */
  readonly rule: RuleOptions | null
  readonly labels: Labels
  readonly target: Component
  /** When what it alerts of began, if it holds since `failing`: seconds; NaN for a false alarm. */
  onset(failing: number): number
}

/** An alert, told by one Prometheus. */
export interface Alert {
  readonly watch: Alerting
  /** Since when it holds: when the first of the scrapes that failed in a row began, or of the evaluations. */
  readonly failing: number
  /** Until when it stands if nothing more is heard of it. */
  readonly ends: number
}

/** What the notification log has of an alert group. */
export interface Entry {
  /** Whether people were told of what lasts since. */
  readonly firing: boolean
  /** Seconds: when that was. */
  readonly at: number
}

interface Group {
  readonly key: string
  /** Whether it was not looked at yet. */
  fresh: boolean
  readonly alerts: Map<Alerting, Alert>
}

/** What an Alertmanager needs of the process that it is in. */
interface Owner extends Member {
  /** Seconds from now until `then`. */
  later(seconds: number, then: (group: Group) => void, group: Group): void
  readonly now: number
  /** Seconds that it waits for members of its cluster which come before it. */
  readonly turn: number
  /** People are told. @param again they were told of it before, and it lasts */
  tell(by: Alertmanager, alerts: readonly Alert[], again: boolean): void
  /** They have been told by a peer. */
  spared(): void
  /** What people were told of by `by` is over. */
  over(by: Alertmanager, key: string, entry: Entry): void
}

/** Seconds: repeats are a whole number of intervals apart, but for rounding. */
const ROUNDING = 1e-6

/**
 * What goes one way of the routing tree. Groups alerts by what they are of (a rule and a target), waits (`group_wait`,
 * and in a cluster for its turn), looks into the notification log, and
 * notifies: the pipeline of Alertmanager, in the order of its documentation (High Availability). An alert that is
 * resolved before its notification goes out is not told. What a process that hangs has to do it does when it runs again.
 *
 * From then on it looks at the group each `group_interval` (its documentation, Configuration, route; `aggrGroup` of its
 * dispatch package, `needsUpdate` of its notify package): a group that is over is forgotten only then, so that what comes
 * again before is nothing new; what lasts is told again once `repeat_interval` has passed since people were told. A
 * notification log that says so counts for all members of a cluster. That something is over is told to nobody.
 */
export class Alertmanager {
  private readonly groups = new Map<string, Group>()
  /** Alerts that people have been told of, by it or a peer, as long as there is an alert. */
  private readonly log = new Map<string, Entry>()
  /** What was due while the process hung. */
  private readonly held: [(group: Group) => void, Group][] = []

  constructor(
    private readonly owner: Owner,
    readonly route: Route,
  ) {}

  private get forgetsAtOnce(): boolean {
    return this.route.groupInterval === 0
  }

  /** An alert fires, or fires still. */
  fire(alert: Alert): void {
    const { key } = alert.watch
    let group = this.groups.get(key)
    if (group !== undefined && this.forgetsAtOnce && this.standing(group).length === 0) this.resolveAll(group)
    group = this.groups.get(key)
    if (group === undefined) {
      group = { key, fresh: true, alerts: new Map() }
      this.groups.set(key, group)
      this.owner.later(this.route.groupWait, this.flush, group)
    }
    group.alerts.set(alert.watch, alert)
  }

  resolve(watch: Alerting): void {
    const group = this.groups.get(watch.key)
    group?.alerts.delete(watch)
    if (!this.forgetsAtOnce) return
    if (group === undefined) this.log.delete(watch.key)
    else if (this.standing(group).length === 0) this.resolveAll(group)
  }

  private resolveAll({ key }: Group): void {
    this.groups.delete(key)
    this.log.delete(key)
  }

  private standing({ alerts }: Group): Alert[] {
    return [...alerts.values()].filter(({ ends }) => ends > this.owner.now)
  }

  // ---- The life of a notification -----------------------------------------------------------------------------

  private readonly flush = (group: Group): void => {
    if (!this.forgetsAtOnce && this.isOver(group)) return
    if (this.isVoid(group, this.flush)) return
    const { turn } = this.owner
    if (!this.forgetsAtOnce) this.owner.later(this.route.groupInterval, this.flush, group)
    if (turn > 0) this.owner.later(turn, this.notify, group)
    else this.notify(group)
  }

  private readonly notify = (group: Group): void => {
    if (this.isVoid(group, this.notify)) return
    const { log, owner } = this
    const known = log.get(group.key)
    const { fresh } = group
    group.fresh = false
    const again = known?.firing === true
    if (again && owner.now - known.at < this.route.repeatInterval - ROUNDING) {
      if (fresh) owner.spared()
      return
    }
    log.set(group.key, { firing: true, at: owner.now })
    owner.tell(this, this.standing(group), again)
  }

  /** Looks whether nothing of a group stands any more, and forgets it then, as nobody did before. */
  private isOver(group: Group): boolean {
    const { owner, groups, log } = this
    if (groups.get(group.key) !== group) return true
    if (owner.state === State.hanging || this.standing(group).length > 0) return false
    groups.delete(group.key)
    if (log.get(group.key)?.firing) {
      const entry = { firing: false, at: owner.now }
      log.set(group.key, entry)
      owner.over(this, group.key, entry)
    }
    return true
  }

  /** Whether there is nothing to be told of any more, or nobody to tell it now. */
  private isVoid(group: Group, then: (group: Group) => void): boolean {
    const isGone = this.groups.get(group.key) !== group
    if (isGone || (this.forgetsAtOnce && this.standing(group).length === 0)) return true
    if (this.owner.state !== State.hanging) return this.standing(group).length === 0
    this.held.push([then, group])
    return true
  }

  /** The process runs again. */
  resume(): void {
    for (const [then, group] of this.held.splice(0)) then(group)
  }

  // ---- Gossip -------------------------------------------------------------------------------------------------

  /** People were told by another, or it is over; of two entries the later one counts. */
  hear(key: string, entry: Entry): void {
    const known = this.log.get(key)
    if (known === undefined || known.at <= entry.at) this.log.set(key, entry)
  }

  /** What people have been told of, or what of that is over: who comes to the cluster is told all of it. */
  get told(): ReadonlyMap<string, Entry> {
    return this.log
  }

  /** Whether people were told of what lasts since, as far as it knows. */
  hasTold(key: string): boolean {
    return this.log.get(key)?.firing === true
  }

  forget(): void {
    this.groups.clear()
    this.log.clear()
    this.held.length = 0
  }
}
