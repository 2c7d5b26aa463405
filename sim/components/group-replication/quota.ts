import type { Context } from '../../parts/context.js'
import type { Request } from '../../parts/request.js'

/** group_replication_flow_control_period, and from one look at the members to the next. */
const PERIOD = 1
/** group_replication_flow_control_hold_percent 10, release_percent 50. */
const HOLD = 0.9
const RELEASE = 1.5
/** group_replication_flow_control_certifier_threshold. */
const CERTIFIER_THRESHOLD = 25_000
/** A quota that is none (MAXTPS). */
const UNBOUND = 2_147_483_647

/** A member, as flow control sees it. */
interface Counted {
  /** Whether it is in the group, and heard. */
  readonly connected: boolean
  /** Writes of others that it has received, and those of them that it has applied; its own that were certified. */
  readonly applier: { readonly received: number; readonly applied: number }
  readonly written: number
  /** group_replication_flow_control_applier_threshold; 0: it takes no part (DISABLED). */
  readonly threshold: number
  /** A write that waited goes on. */
  go(request: Request): void
}

/** What flow control keeps of a member. */
interface Account {
  size: number
  used: number
  applied: number
  certified: number
  written: number
  waiting: Request[]
}

/**
 * Flow control (group_replication_flow_control_mode QUOTA): each second every member looks at the queues of all appliers. If
 * one of them is longer than the threshold, each that writes gets a quota for the next second: nine tenths of what the slowest
 * member has applied in the last, shared among those that write, less what went beyond the last quota, but no fewer than a
 * twentieth of the threshold. Who is beyond it waits for the end of the second. When all queues are short again the quota
 * grows by half in each second.
 * Source: mysql-server, plugin/group_replication/src/pipeline_stats.cc (flow_control_step, do_wait).
 */
export class Quota<Member extends Counted> {
  private readonly accounts = new Map<Member, Account>()
  /** Writes that waited, in the measured span. */
  held = 0

  constructor(
    private readonly context: Context,
    private readonly members: readonly Member[],
  ) {
    for (const member of members)
      this.accounts.set(member, { size: 0, used: 0, applied: 0, certified: 0, written: 0, waiting: [] })
    context.kernel.after(PERIOD, this.step, null)
  }

  /** Whether `request` of `member` waits; then it goes on later. */
  waits(member: Member, request: Request): boolean {
    const account = this.accounts.get(member)!
    account.used++
    if (account.size === 0 || account.used <= account.size) return false
    account.waiting.push(request)
    this.held++
    return true
  }

  /** The process of `member` died, and all who wait with it. */
  clear(member: Member): void {
    this.accounts.get(member)!.waiting = []
  }

  private readonly step = (): void => {
    this.context.kernel.after(PERIOD, this.step, null)
    let isHeld = false
    let slowest = UNBOUND
    let safe = UNBOUND
    let least = CERTIFIER_THRESHOLD
    let writers = 0
    for (const member of this.members) {
      const account = this.accounts.get(member)!
      const { received, applied } = member.applier
      const [more, done] = [applied - account.applied, received + member.written - account.certified]
      const wrote = member.written - account.written
      account.applied = applied
      account.certified = received + member.written
      account.written = member.written
      if (!member.connected || member.threshold === 0) continue
      least = Math.min(least, member.threshold)
      const isLong = received - applied > member.threshold
      if (isLong) isHeld = true
      if (done > 0) safe = Math.min(safe, done)
      if (more > 0) safe = Math.min(safe, more)
      if (isLong && more > 0) slowest = Math.min(slowest, more)
      if (wrote > 0) writers++
    }
    const capacity = Math.max(Math.min(slowest, safe), Math.floor(0.05 * least))
    for (const member of this.members) this.grant(member, isHeld, capacity, Math.max(1, writers))
  }

  private grant(member: Member, isHeld: boolean, capacity: number, writers: number): void {
    const account = this.accounts.get(member)!
    const { size, used, waiting } = account
    const extra = size > 0 ? Math.max(0, used - size) : 0
    account.used = 0
    if (member.threshold === 0) account.size = 0
    else if (isHeld) {
      const share = Math.floor(Math.floor(capacity * HOLD) / writers)
      account.size = Math.max(1, share - extra)
    } else if (size > 0 && size * RELEASE < UNBOUND)
      account.size = Math.max(size + 1, Math.floor(size * RELEASE))
    else account.size = 0
    account.waiting = []
    for (const request of waiting) member.go(request)
  }
}
