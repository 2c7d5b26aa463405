import type { Rules } from './autoscaler-options.js'

interface Proposal {
  readonly at: number
  readonly copies: number
}

/** Floating point: what was a whole period ago is past. */
const SLACK = 1e-6

/**
 * From what metrics ask for to what is done: the least of all that was proposed in the window of the way up, the most
 * in that of the way down, and no more in a period than the policies let happen.
 *
 * Source: Kubernetes, pkg/controller/podautoscaler/horizontal.go (stabilizeRecommendationWithBehaviors,
 * convertDesiredReplicasWithBehaviorRate). Like there, what was proposed is forgotten where the process restarts.
 */
export class Scaling {
  private proposals: Proposal[] | null = null
  /** What was done: copies added, or taken away (below 0). */
  private changes: Proposal[] = []

  constructor(
    private readonly up: Rules,
    private readonly down: Rules,
    private readonly least: number,
    private readonly most: number,
  ) {}

  /** @param present copies that there are, @param proposal that metrics ask for */
  decide(now: number, present: number, proposal: number): number {
    if (present < this.least) return this.done(now, present, this.least)
    if (present > this.most) return this.done(now, present, this.most)
    const wanted = this.stabilized(now, present, Math.min(this.most, Math.max(this.least, proposal)))
    if (wanted > present) return this.done(now, present, Math.min(wanted, this.highest(now, present)))
    if (wanted < present) return this.done(now, present, Math.max(wanted, this.lowest(now, present)))
    return present
  }

  private stabilized(now: number, present: number, proposal: number): number {
    const [up, down] = [this.up.stabilization_window_seconds, this.down.stabilization_window_seconds]
    // What it finds when it starts counts as proposed.
    const before = this.proposals ?? [{ at: now, copies: present }]
    const within = (window: number) => before.filter(({ at }) => at > now - window + SLACK)
    const low = Math.min(proposal, ...within(up).map(({ copies }) => copies))
    const high = Math.max(proposal, ...within(down).map(({ copies }) => copies))
    this.proposals = [...within(Math.max(up, down)), { at: now, copies: proposal }]
    return Math.min(Math.max(present, low), high)
  }

  /** How many there may be at this time, with what was added before in each period. */
  private highest(now: number, present: number): number {
    return this.bound(now, present, this.up, Math.max, (before, { type, value }) =>
      type === 'pods' ? before + value : Math.ceil(before * (1 + value / 100) - SLACK),
    )
  }

  private lowest(now: number, present: number): number {
    return this.bound(now, present, this.down, Math.min, (before, { type, value }) =>
      type === 'pods' ? before - value : Math.trunc(before * (1 - value / 100) + SLACK),
    )
  }

  /** @param further the bound that lets more happen */
  private bound(
    now: number,
    present: number,
    { policies, select_policy }: Rules,
    further: (...bounds: number[]) => number,
    reach: (before: number, policy: Rules['policies'][number]) => number,
  ): number {
    if (select_policy === 'disabled') return present
    const bounds = policies.map((policy) => {
      const since = this.changes.filter(({ at }) => at > now - policy.period_seconds + SLACK)
      return reach(
        since.reduce((before, { copies }) => before - copies, present),
        policy,
      )
    })
    const other = further === Math.max ? Math.min : Math.max
    // Never the other way.
    return further(present, (select_policy === 'max' ? further : other)(...bounds))
  }

  private done(now: number, present: number, wanted: number): number {
    const longest = Math.max(
      ...[this.up, this.down].flatMap((one) => one.policies.map((p) => p.period_seconds)),
    )
    this.changes = this.changes.filter(({ at }) => at > now - longest + SLACK)
    if (wanted !== present) this.changes.push({ at: now, copies: wanted - present })
    return wanted
  }

  forget(): void {
    this.proposals = null
    this.changes = []
  }
}
