import { availableParallelism } from 'node:os'
import { replicationsIn } from '../sim/experiments/groups.js'
import { jobsOf } from '../sim/experiments/run.js'
import { effortOf } from '../sim/scenario/effort.js'
import type { Scenario } from '../sim/scenario/scenario.js'
import type { RunOptions } from './options.js'

/**
 * Seconds of one core for a request at a box, or an event that comes whoever asks: what the shipped scenarios take on
 * a plain machine (docs/performance.md), twofold; within a factor of three of what others do.
 */
const EACH = 3e-7
/** Of work that is shorter than this another thread would take as long to start: seconds of one core. */
const THREAD = 0.5
/** Threads that work for less than so many seconds gain more by an early start than by speed (bundle.mjs). */
const SHORT = 2
/** Whoever waits for longer than this wants to know it: seconds. */
const LONG = 60

/** Requests of visitors in one replication, at the peak of their rates. */
export const requestsOf = (scenario: Scenario): number => effortOf(scenario).requests

/** Replications that a command has of a scenario. */
type Planned = (scenario: Scenario) => number

const planned: Planned = (scenario) => replicationsIn(jobsOf(scenario))

/** Seconds of one core that all replications of a scenario take, about. */
export function cpuSecondsOf(scenario: Scenario, replications = planned): number {
  const { requests, calls, periodic } = effortOf(scenario)
  return (requests * calls + periodic) * EACH * replications(scenario)
}

interface Threads {
  /** Replications at a time. */
  readonly jobs: number
  /** They are soon done. */
  readonly short: boolean
}

/** As many threads as were asked for, else as many as are of use on this machine. */
export function threadsFor(
  scenarios: readonly Scenario[],
  { jobs: asked, precision }: Pick<RunOptions, 'jobs' | 'precision'>,
): Threads {
  const cores = availableParallelism()
  if (precision !== undefined) return { jobs: asked ?? cores, short: false }
  const seconds = scenarios.reduce((sum, one) => sum + cpuSecondsOf(one), 0)
  const jobs = asked ?? Math.max(1, Math.min(cores, Math.ceil(seconds / THREAD)))
  return { jobs, short: seconds / jobs < SHORT }
}

/** What long work takes, in a line; null where it is short. */
export function expenseOf(
  scenarios: readonly Scenario[],
  jobs: number,
  replications = planned,
): string | null {
  const seconds = scenarios.reduce((sum, one) => sum + cpuSecondsOf(one, replications), 0) / jobs
  if (seconds < LONG) return null
  const requests = scenarios.reduce((sum, one) => sum + requestsOf(one) * replications(one), 0)
  return `some ${rounded(requests)} requests to simulate: about ${span(seconds)} with --jobs ${jobs}`
}

/** About so many: one digit, or two. */
export const rounded = (n: number): string =>
  n < 1e6
    ? (+n.toPrecision(2)).toLocaleString('en')
    : n < 1e9
      ? `${+(n / 1e6).toPrecision(2)} million`
      : `${+(n / 1e9).toPrecision(2)} billion`

/** About so long, for people. */
export function span(seconds: number): string {
  const [size, unit] = (
    [
      [86_400, 'days'],
      [3600, 'h'],
      [60, 'min'],
    ] as const
  ).find(([least]) => seconds >= 1.5 * least) ?? [1, 's']
  return `${+(seconds / size).toPrecision(seconds / size < 10 ? 1 : 2)} ${unit}`
}
