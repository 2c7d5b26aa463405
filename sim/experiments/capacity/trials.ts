import { effortOf } from '../../scenario/effort.js'
import type { Expectation, Scenario } from '../../scenario/scenario.js'
import { weightOfAll } from '../groups.js'
import type { Job, Pool } from '../jobs.js'
import type { FullPlace, Judgement, Result } from '../result.js'
import { Runs, replicationsOf } from '../runs.js'
import { atRate } from './at-rate.js'
import { fullIn } from './full.js'
import { BROKEN, type Excess, excessOf } from './objective.js'
import { offeredOf } from './offered.js'

/** A rate that was tried. */
export interface Trial {
  /** Requests a second of all open users together, in the mean over the span. */
  readonly qps: number
  readonly result: Result
  /** Of the objectives, in their order. */
  readonly judgements: readonly Judgement[]
  /** Likewise; null where there is nothing to judge. */
  readonly excesses: readonly (Excess | null)[]
  /** What is used most, and what of that which open users come to, and would be full next: at a rate of these. */
  readonly busiest: FullPlace | null
  readonly limits: readonly FullPlace[]
}

/** The pool was told to stop. */
export class Stopped extends Error {}

/**
 * A scenario at many rates, the same random numbers at all: a replication has as many visitors at each rate, and they are
 * the same, closer together; where the load comes and goes, it has the same seconds.
 */
export class Trials {
  private readonly runs = new Map<number, Runs>()
  /** At load 1. */
  private readonly own: number

  /**
   * @param scenario as it is asked, at its own rate
   * @param objectives what each rate is held against
   * @param lost hosts or components that are dead from the start
   */
  constructor(
    private readonly scenario: Scenario,
    readonly objectives: readonly Expectation[],
    private readonly pool: Pool,
    private readonly lost: readonly string[] = [],
  ) {
    this.own = offeredOf(scenario)
  }

  /** Requests a second at the rates that the file says. */
  get usual(): number {
    return this.own
  }

  /** All that was tried and of which something is there, from the lowest rate on. */
  get all(): Trial[] {
    return [...this.runs]
      .filter(([, runs]) => runs.inARow().length > 0)
      .sort(([a], [b]) => a - b)
      .map(([qps, runs]) => this.told(qps, runs))
  }

  /** What `qps` gives with that many replications, or more if they are there. @throws Stopped */
  async at(qps: number, replications: number): Promise<Trial> {
    const rate = +qps.toPrecision(6)
    let runs = this.runs.get(rate)
    let jobs: Job[] = []
    if (runs === undefined) {
      const scenario = { ...this.variant(rate), replications, expect: this.objectives }
      this.runs.set(rate, (runs = new Runs(scenario)))
      jobs = replicationsOf(scenario)
    } else if (weightOfAll(runs.inARow()) < replications) jobs = runs.more(replications)
    if (jobs.length > 0 && !(await runs.run(jobs, this.pool))) throw new Stopped()
    return this.told(rate, runs)
  }

  /** Calls of visitors and of boxes in one replication, about. */
  callsAt(qps: number): number {
    const { requests, calls } = effortOf(this.variant(qps))
    return requests * calls
  }

  private told(qps: number, { result }: Runs): Trial {
    const judgements = result.expectations ?? []
    const excesses = judgements.map(
      (one, place) => excessOf(one, result) ?? (this.isToldBelow(qps, place) ? BROKEN : null),
    )
    return { qps, result, judgements, excesses, ...fullIn(this.scenario, qps, result) }
  }

  /** Whether an objective could be judged at a lower rate: where it no longer can, it has no mean, or nobody is answered. */
  private isToldBelow(qps: number, place: number): boolean {
    return [...this.runs].some(([rate, runs]) => {
      if (rate >= qps || runs.inARow().length === 0) return false
      const { result } = runs
      return excessOf(result.expectations![place]!, result) !== null
    })
  }

  private variant(qps: number): Scenario {
    return atRate(this.scenario, this.objectives, qps, this.lost)
  }
}
