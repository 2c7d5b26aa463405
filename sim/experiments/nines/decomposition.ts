import { type Occupancy, withAlso } from '../../reliability/system.js'
import type { Scenario } from '../../scenario/scenario.js'
import { type Estimate, nothing } from '../../stats/estimate.js'
import type { Pool } from '../jobs.js'
import { awayFor } from '../lives.js'
import type { Judgement } from '../result.js'
import type { FailingSystem } from './failing-system.js'
import { lostAt, runTrials, Trial } from './rehearsals.js'
import { lessThanOne } from './shares.js'
import { type Alike, alike, nameOf } from './situations.js'

/** After so long everything is as it will be, unless it is seen that it is not: seconds; and how often it is doubled. */
const SETTLING = 45
const DOUBLINGS = 3
/** Replications to begin with: of what is in order and of a failure, and of an absence. */
const FEW = 3
const FEWER = 2
/** Requests of a replication that tell its 99th percentile, and the longest that is measured for it: seconds. */
const TELLING = 12_000
const LONGEST = 300
/** Of the effort, what may go to parts that are lost together; what is left makes the answer more certain. */
const TOGETHER = 0.5

/** How much of what is asked goes unanswered in a situation, and how that is known. */
interface Unanswered {
  readonly share: Estimate
  readonly by: 'simulation' | 'structure' | 'guess'
}

/** An error of the answer, and the trial that would lessen it. */
interface Doubt {
  readonly trial: Trial
  readonly half: number
}

/**
 * What becomes of requests in each situation, and at each failure, from simulations of their own: which of these share
 * of the time, and how often, is not their matter. A failure comes once in months and is over in seconds for those who
 * ask, so that both cannot be seen in one simulation.
 */
export class Decomposition {
  readonly groups: readonly Alike[]
  readonly order: Trial
  private readonly absences = new Map<string, Trial>()
  private readonly failures = new Map<number, Trial>()
  /** Told to stop before all was there. */
  cut = false
  /** Nothing more is tried. */
  private isOver = false
  private readonly weighed = new Map<number, number>()
  private readonly failureRates: readonly number[]

  constructor(
    readonly failing: FailingSystem,
    readonly occupancy: Occupancy,
    /** Requests to be simulated, about. */
    private readonly effort: number,
  ) {
    this.groups = alike(occupancy, failing)
    this.failureRates = failing.lives.map((_, part) => failing.rateIn(occupancy, part))
    this.order = Trial.inOrder(failing.scenario, SETTLING)
  }

  /** Replications that are known to be needed. */
  get planned(): number {
    const { length } = this.failing.lives.filter((_, i) => this.isUsed(i))
    return FEW + length * (FEW + FEWER)
  }

  async run(pool: Pool): Promise<void> {
    await this.try([[this.order, FEW]], pool)
    let parts = [...this.failing.lives.keys()].filter((part) => this.isUsed(part))
    for (let settling = SETTLING, doubled = 0; parts.length > 0 && !this.cut; settling *= 2, doubled++) {
      await this.tryParts(parts, settling, pool)
      if (doubled === DOUBLINGS) break
      parts = parts.filter((part) => !this.hasSettled(part))
    }
    if (!this.cut) await this.tryPairs(pool)
    if (!this.cut) await this.tryMore(pool)
    this.isOver = true
  }

  private async tryParts(parts: readonly number[], settling: number, pool: Pool): Promise<void> {
    const wanted: [Trial, number][] = []
    for (const part of parts) {
      const life = this.failing.lives[part]!
      const { part: name } = life
      const failure = Trial.ofFailure(this.scenario, name, settling, awayFor(life))
      this.failures.set(part, failure)
      wanted.push([failure, FEW])
      const key = nameOf([name])
      if (this.isKnown([part]) || this.absences.get(key)?.settling === settling) continue
      const absence = Trial.ofAbsence(this.scenario, [name], settling, this.lastsFor(settling))
      this.absences.set(key, absence)
      wanted.push([absence, FEWER])
    }
    await this.try(wanted, pool)
  }

  /** Parts that are lost together, the likeliest first, as far as the effort goes. */
  private async tryPairs(pool: Pool): Promise<void> {
    const wanted: [Trial, number][] = []
    let left = TOGETHER * (this.effort - this.spent)
    for (const { names, lost, probability } of this.groups) {
      if (names.length < 2 || this.isKnown(lost)) continue
      const trial = Trial.ofAbsence(this.scenario, names, SETTLING, this.lastsFor(SETTLING))
      left -= trial.effort * 2
      if (left < 0 || probability < LITTLE) break
      this.absences.set(nameOf(names), trial)
      wanted.push([trial, 2])
    }
    await this.try(wanted, pool)
  }

  /** More of what makes the answer uncertain: as many replications as lessen the error most for their effort (Neyman). */
  private async tryMore(pool: Pool): Promise<void> {
    const left = this.effort - this.spent
    const doubts = this.doubts().filter(({ half }) => half > 0)
    const wish = ({ trial, half }: Doubt) => half * Math.sqrt(trial.asked / trial.effort)
    const all = doubts.reduce((sum, one) => sum + wish(one) * one.trial.effort, 0)
    const total = left + doubts.reduce((sum, { trial }) => sum + trial.asked * trial.effort, 0)
    let rest = left
    const wanted = [...doubts]
      .sort((a, b) => b.half - a.half)
      .flatMap((one): [Trial, number][] => {
        const { asked, effort } = one.trial
        const more = Math.min(Math.floor((total * wish(one)) / all) - asked, Math.floor(rest / effort))
        if (!(more > 0)) return []
        rest -= more * effort
        return [[one.trial, asked + more]]
      })
    await this.try(wanted, pool)
  }

  private async try(wanted: readonly (readonly [Trial, number])[], pool: Pool): Promise<void> {
    if (this.cut || wanted.length === 0) return
    if (!(await runTrials(wanted, pool))) this.cut = true
  }

  private get scenario(): Scenario {
    return this.failing.scenario
  }

  private get trials(): Trial[] {
    return [this.order, ...this.absences.values(), ...this.failures.values()]
  }

  private get spent(): number {
    return this.trials.reduce((sum, { asked, effort }) => sum + asked * effort, 0)
  }

  /** Requests of visitors that were simulated. */
  get simulated(): number {
    return this.trials.reduce((sum, { offered }) => sum + offered.reduce((all, n) => all + n, 0), 0)
  }

  /** Seconds to be measured of an absence: enough for a percentile that is expected. */
  private lastsFor(settling: number): number {
    const isPercentile = this.scenario.expect.some(({ measure }) => /_p\d+$/.test(measure))
    return isPercentile ? Math.max(settling, Math.min(LONGEST, TELLING / this.order.rate)) : settling
  }

  private isUsed(part: number): boolean {
    return this.failing.namesOf([part]).length > 0
  }

  /** Whether the structure says that nothing is answered: then nobody need try, if all ask whatever becomes of others. */
  private isKnown(lost: readonly number[]): boolean {
    const open = this.scenario.users.every(({ arrive }) => 'open' in arrive)
    return open && this.failing.isDown(lost)
  }

  private hasSettled(part: number): boolean {
    const absence = this.absences.get(nameOf([this.failing.lives[part]!.part]))
    const fault = this.failures.get(part)!.result?.faults[0]
    return (absence?.hasSettled ?? true) && (fault === undefined || fault.unrestored === 0)
  }

  /** Requests a second. */
  get rate(): number {
    return this.order.rate
  }

  /** The share that goes unanswered while these are lost. */
  unanswered(lost: readonly number[]): Unanswered {
    const names = this.failing.namesOf(lost)
    const trial = this.trialOf(names)
    if (trial?.result != null) {
      const share = lessThanOne(trial.result.availability)
      // Where a backlog grows, more and more goes unanswered the longer it lasts.
      return { share: trial.result.unstable ? { ...share, high: 1 } : share, by: 'simulation' }
    }
    if (this.isKnown(lost)) return { share: { value: 1, low: 1, high: 1 }, by: 'structure' }
    // At least what the structure says. Of the others: as if each part that is lost were lost alone, and did not cost what
    // goes unanswered in order.
    const least = 1 - this.failing.share(lost)
    const inOrder = this.order.result?.availability.value ?? 1
    const left = names.map((name) => {
      const single = this.trialOf([name])?.result?.availability.value ?? inOrder
      return inOrder === 0 ? 0 : Math.min(1, single / inOrder)
    })
    const answered =
      inOrder *
      Math.min(
        1 - least,
        left.reduce((all, one) => all * one, 1),
      )
    return { share: { value: 1 - answered, low: least, high: 1 }, by: 'guess' }
  }

  trialOf(names: readonly string[]): Trial | null {
    return names.length === 0 ? this.order : (this.absences.get(nameOf(names)) ?? null)
  }

  /** Requests that go unanswered at each failure of a part, and at its repair, beyond what its absence costs. */
  lostAtFailure(part: number): Estimate {
    const failure = this.failures.get(part)
    if (failure === undefined || failure.records.length === 0) return { value: 0, low: 0, high: 0 }
    const { share } = this.unanswered([part])
    return lostAt(failure, this.order, share.value ?? 0, this.unanswered([]).share.value ?? 0)
  }

  failureOf(part: number): Trial | null {
    const failure = this.failures.get(part)
    return failure === undefined || failure.records.length === 0 ? null : failure
  }

  /**
   * For how long the class that is away longest is so after a failure, until others take over; of a part that others
   * cannot stand in for, after its repair.
   */
  awayAfter(part: number): Estimate {
    const failure = this.failureOf(part)
    const time = failure?.result?.faults[0]?.recovery_s
    if (time === undefined) return nothing
    const less = this.isOut([part]) ? failure!.away : 0
    const beyond = (x: number | null) => (x === null ? null : Math.max(0, x - less))
    return { value: beyond(time.value), low: beyond(time.low), high: beyond(time.high) }
  }

  /** What is expected of a steady state, judged with these parts lost. */
  judgements(names: readonly string[]): readonly Judgement[] | null {
    const expectations = this.trialOf(names)?.result?.expectations
    return expectations?.filter(({ metric }) => !PASSING.test(metric)) ?? null
  }

  /** Whether so much goes unanswered, for want of parts or since the others do not stand in for them. */
  isOut(lost: readonly number[]): boolean {
    const beyond = (this.unanswered(lost).share.value ?? 0) - (this.unanswered([]).share.value ?? 0)
    return this.failing.isOut(lost) || beyond > BAD
  }

  /** Whether something fails before all has settled, more often than not. */
  get isHurried(): boolean {
    return this.failuresInAll * SETTLING > 1
  }

  /** How often a part fails, a second, in the long run. */
  failureRate(part: number): number {
    return this.failureRates[part]!
  }

  /** The same of all together. */
  get failuresInAll(): number {
    return this.failureRates.reduce((sum, rate) => sum + rate, 0)
  }

  /**
   * How much of what the failure of a part costs by itself it costs while others are lost already: where those who ask
   * are not answered anyway, nothing.
   */
  weightOf(part: number, lost: readonly number[]): number {
    const answered = (these: readonly number[]) => 1 - (this.unanswered(these).share.value ?? 0)
    const alone = answered([part])
    if (alone === 0) return answered(lost)
    return Math.min(1, answered(withAlso(lost, part)) / alone)
  }

  /** How often a part fails in the long run, a second, each time by how much of its cost it costs. */
  costlyRate(part: number): number {
    return this.failing.rate(part) * this.weights(part)
  }

  private weights(part: number): number {
    const known = this.weighed.get(part)
    if (known !== undefined) return known
    const weight = this.occupancy.situations.reduce(
      (sum, { lost, probability }) =>
        lost.includes(part) ? sum : sum + probability * this.weightOf(part, lost),
      0,
    )
    if (this.isOver) this.weighed.set(part, weight)
    return weight
  }

  /** What the answer is off by, at most, for want of replications: of each trial its part, in shares of what is asked. */
  private doubts(): Doubt[] {
    const doubts: Doubt[] = []
    for (const { names, lost, probability } of this.groups) {
      const trial = this.trialOf(names)
      if (trial === null || trial.records.length === 0) continue
      const { share } = this.unanswered(lost)
      doubts.push({ trial, half: probability * spreadOf(share) })
    }
    for (const [part, trial] of this.failures) {
      if (trial.records.length === 0) continue
      doubts.push({ trial, half: (this.costlyRate(part) / this.rate) * spreadOf(this.lostAtFailure(part)) })
    }
    return doubts
  }
}

/** What happens more seldom than for so large a share of the time needs no trial: a tenth of a second a year. */
const LITTLE = 3e-9
/** From this share on it is an outage. */
const BAD = 0.05
/** What is expected of the recovery from faults, or counted over a run, says nothing of a steady state. */
const PASSING = /(^|\.)(rto|rto_max|rpo|lost_writes|no_answer|good_back|failed|refused)$/

const spreadOf = ({ low, high }: Estimate): number => (low === null || high === null ? 1 : (high - low) / 2)
