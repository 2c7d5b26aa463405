import type { Event } from '../../kernel/event.js'
import type { Context } from '../../parts/context.js'
import type { Wire } from '../../parts/wire.js'
import type { Distribution } from '../../random/distribution.js'
import type { Stream } from '../../random/stream.js'
import type { Applier } from './applier.js'

/** A server that may be promoted. */
interface Candidate {
  readonly serves: boolean
  readonly applier: Applier
}

/** The servers of one replication. */
interface Servers {
  readonly primary: Candidate
  readonly members: readonly Candidate[]
  /** `server` is the primary from now on; the old one failed at `fell`. */
  promote(server: Candidate, fell: number): void
}

/**
 * Whoever promotes a replica when the primary is gone: a manager (MHA, Orchestrator, MaxScale) or a person. It
 * stands outside of all hosts and looks at every server; the cut of a replication connection alone is no reason.
 *
 * The primary has to be gone (dead, hung, cut off) for `detect` without a break; `promote` later the living replica
 * that has received most becomes primary, as soon as it has applied all that it has received (MHA; also what the
 * promotions measured on MariaDB 10.11 did). There is no second thought: from the detection on, it happens. An old
 * primary that is back by then takes writes until it is replaced, which are lost if no replica has got them; from
 * then on it is kept out (fenced).
 */
export class Failover {
  private state: 'watching' | 'suspecting' | 'promoting' | 'electing' = 'watching'
  private pending: Event | null = null
  private candidate: Candidate | null = null
  /** When the primary failed. */
  private failed = 0.5

  /** @param views the ways on which it looks at the servers */
  constructor(
    private readonly context: Context,
    private readonly replication: Servers,
    private readonly views: ReadonlyMap<Candidate, Wire>,
    private readonly detect: Distribution,
    private readonly promote: Distribution,
    private readonly stream: Stream,
  ) {
    for (const sight of views.values()) sight.open.watch(() => this.look())
  }

  /** Something has changed, perhaps. */
  look(): void {
    const gone = !this.sees(this.replication.primary)
    if (this.state === 'watching' && gone) {
      this.state = 'suspecting'
      this.failed = this.context.kernel.now
      this.pending = this.context.kernel.after(this.detect.sample(this.stream), this.detected, null)
    } else if (this.state === 'suspecting' && !gone) {
      this.state = 'watching'
      this.pending!.cancel()
    } else if (this.state === 'electing') {
      this.elect()
    }
  }

  private sees(server: Candidate): boolean {
    return server.serves && this.views.get(server)!.open.value > 0
  }

  private readonly detected = (): void => {
    this.state = 'promoting'
    this.context.kernel.after(this.promote.sample(this.stream), this.elect, null)
  }

  private readonly elect = (): void => {
    const { primary, members } = this.replication
    this.state = 'electing'
    this.candidate = null
    for (const member of members) {
      if (member === primary || !this.sees(member)) continue
      if (this.candidate === null || member.applier.received > this.candidate.applier.received)
        this.candidate = member
    }
    if (this.candidate !== null) this.applied(this.candidate)
    // Nobody is left to be promoted: if the old primary is back, it stays what it was.
    else if (this.sees(primary)) this.state = 'watching'
  }

  /** `replica` has applied a write: perhaps the last that it waited for. */
  applied(replica: Candidate): void {
    if (replica !== this.candidate || replica.applier.applied < replica.applier.received) return
    this.candidate = null
    this.state = 'watching'
    this.replication.promote(replica, this.failed)
    this.look()
  }
}
