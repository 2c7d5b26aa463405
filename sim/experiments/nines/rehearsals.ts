import { Outcome } from '../../parts/outcome.js'
import { effortOf } from '../../scenario/effort.js'
import type { Scenario } from '../../scenario/scenario.js'
import { variantOf } from '../../scenario/variant.js'
import { type Estimate, meanOf, nothing } from '../../stats/estimate.js'
import type { Job, Pool } from '../jobs.js'
import type { ReplicationRecord } from '../replicate.js'
import type { Result } from '../result.js'
import { finished, Runs, replicationsOf } from '../runs.js'

/**
 * What is tried out with requests: everything in order; parts that have been lost for long; a part that fails at the
 * start of the measured span, and is repaired after a while.
 */
export class Trial {
  readonly scenario: Scenario
  private readonly runs: Runs
  /** Replications that were asked for so far. */
  asked = 0

  /** @param settling seconds after which everything is as it will be, as far as one knows */
  private constructor(
    readonly lost: readonly string[],
    readonly settling: number,
    /** For how long the part that fails is away: seconds; 0 where nothing fails in it. */
    readonly away: number,
    changes: { warmup: number; lasts: number; fault: { at: number; for?: number } | null },
    of: Scenario,
  ) {
    const { warmup, lasts, fault } = changes
    const faults =
      fault === null || lost.length === 0 ? [] : [{ kind: 'crash', target: lost, ...secondsIn(fault) }]
    this.scenario = variantOf(of, {
      lasts: `${lasts}s`,
      warmup: `${warmup}s`,
      set: [`faults=${JSON.stringify(faults)}`],
    })
    this.runs = new Runs(this.scenario)
  }

  /** As long as that of a failure, and with the same visitors: to be compared with it. */
  static inOrder(scenario: Scenario, settling: number): Trial {
    const lasts = 2 * settling
    return new Trial([], settling, 0, { warmup: settling / 2, lasts, fault: null }, scenario)
  }

  /** @param lasts seconds that are measured */
  static ofAbsence(scenario: Scenario, lost: readonly string[], settling: number, lasts: number): Trial {
    const changes = { warmup: settling, lasts, fault: { at: -settling } }
    return new Trial(lost, settling, 0, changes, scenario)
  }

  /** @param away for how long it is away in the mean: no longer than until all has settled */
  static ofFailure(scenario: Scenario, part: string, settling: number, away: number): Trial {
    const lasts = Math.min(settling, away)
    const changes = { warmup: settling / 2, lasts: 2 * settling, fault: { at: 0, for: lasts } }
    return new Trial([part], settling, lasts, changes, scenario)
  }

  /** Requests that one replication takes, about. */
  get effort(): number {
    return Math.max(1, effortOf(this.scenario).requests)
  }

  /** The jobs up to `count` replications that were not asked for yet. */
  jobsTo(count: number): Job[] {
    if (count <= this.asked) return []
    const jobs =
      this.asked === 0 ? replicationsOf({ ...this.scenario, replications: count }) : this.runs.more(count)
    this.asked = count
    return jobs
  }

  take(jobs: readonly Job[], records: readonly (ReplicationRecord | undefined)[]): void {
    this.runs.take(jobs, records)
  }

  get records(): readonly ReplicationRecord[] {
    return this.runs.inARow()
  }

  /** Null where nothing of it was finished. */
  get result(): Result | null {
    return this.records.length === 0 ? null : this.runs.result
  }

  /** Requests that did not get an answer, by replication, and those that were asked. */
  get unanswered(): number[] {
    return this.records.map(({ all }) => all.offered - all.outcomes[Outcome.ok]!)
  }

  get offered(): number[] {
    return this.records.map(({ all }) => all.offered)
  }

  /** Requests a second. */
  get rate(): number {
    const { records } = this
    return this.offered.reduce((sum, n) => sum + n, 0) / (records.length * this.scenario.lasts)
  }

  /** Whether as many fail in the second half of the measured span as in the first, as far as chance allows to tell. */
  get hasSettled(): boolean {
    const halves = this.records.reduce<[number, number]>(
      ([first, second], { timeline }) => {
        const middle = timeline.length / 2
        const failed = (from: number, to: number) =>
          timeline.slice(from, to).reduce((sum, window) => sum + window.failed, 0)
        return [first + failed(0, middle), second + failed(middle, timeline.length)]
      },
      [0, 0],
    )
    const all = halves[0] + halves[1]
    return Math.abs(halves[0] - halves[1]) <= Math.max(CHANCE * Math.sqrt(all), SMALL * all)
  }
}

/** Standard errors of a difference of counts; and a share of them that is none. */
const CHANCE = 5
const SMALL = 0.25

const secondsIn = (times: { at: number; for?: number }): Record<string, string> =>
  Object.fromEntries(Object.entries(times).map(([name, seconds]) => [name, `${seconds}s`]))

/** Runs what was asked for of each, all of it through the pool at once. Returns whether all of it was finished. */
export async function runTrials(wanted: readonly (readonly [Trial, number])[], pool: Pool): Promise<boolean> {
  const jobs = wanted.map(([trial, count]) => trial.jobsTo(count))
  const records = await finished(pool.run(jobs.flat(), () => {}))
  let from = 0
  for (const [i, [trial]] of wanted.entries()) {
    const own = jobs[i]!
    trial.take(own, records.slice(from, (from += own.length)))
  }
  return !records.includes(undefined)
}

/**
 * Requests that go unanswered at a failure, and at the repair, beyond those that do in the same time with everything in
 * order and with the part away: the difference to the same visitors without the failure.
 * @param without share of the requests that goes unanswered while the part is away, and in order
 */
export function lostAt(failure: Trial, order: Trial, without: number, inOrder: number): Estimate {
  const base = order.unanswered
  const { records, unanswered } = failure
  const pairs = Math.min(base.length, unanswered.length)
  if (pairs === 0) return nothing
  return meanOf(
    unanswered
      .slice(0, pairs)
      .map((lost, i) => lost - base[i]! - askedWhileAway(failure, records[i]!) * (without - inOrder)),
  )
}

/** Requests that were asked while the part was away: of those of the window in which it came back, a share. */
function askedWhileAway({ away, scenario }: Trial, { timeline }: ReplicationRecord): number {
  const length = scenario.lasts / timeline.length
  return timeline.reduce((sum, { start, offered }) => {
    const share = Math.min(1, Math.max(0, (away - start) / length))
    return sum + share * offered
  }, 0)
}
