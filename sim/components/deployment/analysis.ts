import type { DeploymentOptions } from './deployment-options.js'
import type { Answered } from './instance.js'

type AnalysisOptions = NonNullable<DeploymentOptions['analysis']>

/**
 * Judges a version by what it has answered from one measurement to the next. A measurement without an answer says
 * nothing. One failure more than `failure_limit` and it has failed, for good.
 *
 * Source: Argo Rollouts, docs/features/analysis.md (failureLimit, default 0).
 */
export class Analysis {
  private last: Answered
  private failures = 0
  /** How many there were. */
  measurements = 0

  constructor(
    private readonly options: AnalysisOptions,
    sofar: Answered,
  ) {
    this.last = sofar
  }

  /** Counts begin anew: what was answered since the last measurement is not known. */
  restart(sofar: Answered): void {
    this.last = sofar
  }

  /** Returns what is wrong, in words, if that is once too often; else null. */
  measure(sofar: Answered): string | null {
    const { success_rate, request_duration = Number.POSITIVE_INFINITY, failure_limit } = this.options
    const all = sofar.all - this.last.all
    const bad = (sofar.bad - this.last.bad) / all
    const mean = (sofar.seconds - this.last.seconds) / all
    this.last = sofar
    this.measurements++
    if (all === 0 || (1 - bad >= success_rate && mean <= request_duration)) return null
    this.failures++
    if (this.failures <= failure_limit) return null
    return 1 - bad < success_rate ? 'too many bad answers' : 'its answers took too long'
  }
}
