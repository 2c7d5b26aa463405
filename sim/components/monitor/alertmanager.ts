import type { Component } from '../../parts/component.js'
import { State } from '../../parts/port.js'
import type { Member } from './gossip.js'
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

interface Group {
  readonly key: string
  readonly alerts: Map<Alerting, Alert>
}

/** What an Alertmanager needs of the process that it is in. */
interface Owner extends Member {
  /** Seconds from now until `then`. */
  later(seconds: number, then: (group: Group) => void, group: Group): void
  readonly now: number
  /** Seconds that it waits for members of its cluster which come before it. */
  readonly turn: number
  /** People are told. */
  tell(alerts: readonly Alert[]): void
  /** They have been told by a peer. */
  spared(): void
}

/**
 * Groups alerts by what they are of (a rule and a target), waits (`group_wait`, and in a cluster for its turn), looks
 * into the notification log, and
 * notifies: the pipeline of Alertmanager, in the order of its documentation (High Availability). An alert that is
 * resolved before its notification goes out is not told. What a process that hangs has to do it does when it runs again.
 */
export class Alertmanager {
  private readonly groups = new Map<string, Group>()
  /** Alerts that people have been told of, by it or a peer, as long as there is an alert. */
  private readonly log = new Set<string>()
  /** What was due while the process hung. */
  private readonly held: [(group: Group) => void, Group][] = []

  constructor(
    private readonly owner: Owner,
    private readonly groupWait: number,
  ) {}

  /** An alert fires, or fires still. */
  fire(alert: Alert): void {
    const { key } = alert.watch
    let group = this.groups.get(key)
    if (group !== undefined && this.standing(group).length === 0) this.resolveAll(group)
    group = this.groups.get(key)
    if (group === undefined) {
      group = { key, alerts: new Map() }
      this.groups.set(key, group)
      this.owner.later(this.groupWait, this.flush, group)
    }
    group.alerts.set(alert.watch, alert)
  }

  resolve(watch: Alerting): void {
    const group = this.groups.get(watch.key)
    group?.alerts.delete(watch)
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
    if (this.isVoid(group, this.flush)) return
    const { turn } = this.owner
    if (turn > 0) this.owner.later(turn, this.notify, group)
    else this.notify(group)
  }

  private readonly notify = (group: Group): void => {
    if (this.isVoid(group, this.notify)) return
    if (this.log.has(group.key)) {
      this.owner.spared()
      return
    }
    this.log.add(group.key)
    this.owner.tell(this.standing(group))
  }

  /** Whether there is nothing to be told of any more, or nobody to tell it now. */
  private isVoid(group: Group, then: (group: Group) => void): boolean {
    if (this.groups.get(group.key) !== group || this.standing(group).length === 0) return true
    if (this.owner.state !== State.hanging) return false
    this.held.push([then, group])
    return true
  }

  /** The process runs again. */
  resume(): void {
    for (const [then, group] of this.held.splice(0)) then(group)
  }

  // ---- Gossip -------------------------------------------------------------------------------------------------

  /** People were told by another. */
  hear(key: string): void {
    this.log.add(key)
  }

  /** What people have been told of: who comes to the cluster is told all of it. */
  get told(): ReadonlySet<string> {
    return this.log
  }

  forget(): void {
    this.groups.clear()
    this.log.clear()
    this.held.length = 0
  }
}
