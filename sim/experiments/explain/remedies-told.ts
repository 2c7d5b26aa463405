import { ScenarioError } from '../../scenario/problem.js'
import type { Scenario } from '../../scenario/scenario.js'
import { variantOf } from '../../scenario/variant.js'
import { type Estimate, nothing } from '../../stats/estimate.js'
import type { Capacity } from '../capacity/answer.js'
import type { Precisely } from '../capacity/capacity.js'
import type { Pool } from '../jobs.js'
import { balanced } from '../remedies/balanced.js'
import { frontCache } from '../remedies/front-cache.js'
import { moreServers } from '../remedies/more-servers.js'
import { rateLimited } from '../remedies/rate-limited.js'
import { readReplica } from '../remedies/read-replica.js'
import type { Found, Remedy, Tried } from '../remedies/remedy.js'
import type { Result } from '../result.js'
import { run } from '../run.js'
import type { Trial } from '../spof/plan.js'
import { capacityOf, Unexplained } from './carried.js'

/** What was found when a remedy was tried. */
export interface RemedyTold {
  remedy: 'cache' | 'balancing' | 'database' | 'servers' | 'rate limit'
  /** What was changed; null where it could not be tried. */
  says: string | null
  /** Why not. */
  because: string | null
  /** Requests a second that it carries then, and how many more that is than before: 0.5 is half as many more. */
  qps?: Estimate
  gain?: Estimate
  binding?: string | null
  /** At the load of the file. */
  p99_ms?: Estimate
  /** Of a rate limit: at more than is carried, without it and with it. */
  above?: { offered_qps: number; without: Surge; with: Surge }
}

interface Surge {
  good: Estimate
  ok_qps: Estimate
  p99_ms: Estimate
}

/** In the order in which people think of them. */
const REMEDIES: readonly (readonly [RemedyTold['remedy'], Remedy])[] = [
  ['cache', frontCache],
  ['balancing', balanced],
  ['database', readReplica],
  ['servers', moreServers],
]

/** Times that a capacity is searched for to explain a stack, at most: as it is, and with each remedy. */
export const MOST_SEARCHES = 1 + REMEDIES.length

/** Of what is carried: a rate limit is for more. */
const ABOVE = 1.5

interface How {
  readonly trial: Trial
  readonly precisely: Precisely
  /** Requests a second that open users make at the load of the file. */
  readonly offered: number
}

/** Each remedy tried on a scenario, at the load of the file and for what it carries: one after the other. */
export async function* remediesOf(
  found: Found,
  capacity: Capacity | null,
  how: How,
  pool: Pool,
): AsyncGenerator<RemedyTold> {
  for (const [remedy, attempt] of REMEDIES) {
    const tried = attempted(() => attempt(found))
    yield tried.scenario === undefined
      ? { remedy, says: null, because: tried.because }
      : { remedy, says: tried.says, because: null, ...(await effectOf(tried.scenario, capacity, how, pool)) }
  }
  yield await limitTold(found, capacity, how, pool)
}

/** A remedy that does not fit the file is none here. */
function attempted(attempt: () => Tried): Tried {
  try {
    return attempt()
  } catch (error) {
    if (!(error instanceof ScenarioError)) throw error
    return { because: error.problems[0]!.message }
  }
}

async function effectOf(
  scenario: Scenario,
  before: Capacity | null,
  { trial, precisely }: How,
  pool: Pool,
): Promise<Pick<RemedyTold, 'qps' | 'gain' | 'binding' | 'p99_ms'>> {
  const { latency_ms } = await resultOf(scenario, trial, 1, pool)
  const after = before === null ? null : await capacityOf(scenario, precisely, pool)
  if (before === null || after === null || 'because' in after) return { p99_ms: latency_ms.p99 }
  return {
    qps: after.qps,
    gain: gainOf(before.qps, after.qps),
    binding: after.binding,
    p99_ms: latency_ms.p99,
  }
}

/** The widest that two intervals leave. */
function gainOf(before: Estimate, after: Estimate): Estimate {
  if (!before.value || after.value === null) return nothing
  const of = (a: number | null, b: number | null) => (a === null || !b ? null : a / b - 1)
  return {
    value: after.value / before.value - 1,
    low: of(after.low, before.high),
    high: of(after.high, before.low),
  }
}

async function limitTold(
  found: Found,
  capacity: Capacity | null,
  { trial, offered }: How,
  pool: Pool,
): Promise<RemedyTold> {
  const remedy = 'rate limit'
  const carried = capacity?.qps.value ?? null
  if (!carried || !(offered > 0))
    return { remedy, says: null, because: 'it is not known how much the stack carries' }
  const tried = attempted(() => rateLimited(found, carried))
  if (tried.scenario === undefined) return { remedy, says: null, because: tried.because }
  const load = (ABOVE * carried) / offered
  const [without, limited] = [
    await resultOf(found.scenario, trial, load, pool),
    await resultOf(tried.scenario, trial, load, pool),
  ]
  const above = { offered_qps: ABOVE * carried, without: surgeOf(without), with: surgeOf(limited) }
  return { remedy, says: tried.says, because: null, above }
}

const surgeOf = ({ good, qps, latency_ms }: Result): Surge => ({
  good,
  ok_qps: qps.ok,
  p99_ms: latency_ms.p99,
})

/** Nothing broken, at a multiple of the load of the file. */
async function resultOf(scenario: Scenario, trial: Trial, load: number, pool: Pool): Promise<Result> {
  const [ran] = await run(
    [variantOf(scenario, { ...trial, ...(load !== 1 && { load }), set: ['faults=null', 'expect=null'] })],
    pool,
  )
  if (ran === undefined || ran.result.interrupted !== undefined) throw new Unexplained()
  return ran.result
}
