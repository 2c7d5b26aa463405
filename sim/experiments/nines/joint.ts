import { variantOf } from '../../scenario/variant.js'
import type { Pool } from '../jobs.js'
import { awayFor } from '../lives.js'
import type { Result } from '../result.js'
import { finished, Runs, replicationsOf } from '../runs.js'
import type { FailingSystem } from './failing-system.js'
import { lawText } from './law-text.js'

/** Simulations, from whose spread the error is told. */
const REPLICATIONS = 16
/** With fewer failures in all of them nothing is learned. */
const FEWEST = 100
/** Repairs that pass before anything is counted, in the mean. */
const SETTLING = 5

/** Failures and requests simulated together. */
export interface Joint {
  readonly result: Result
  /** Seconds of all of them. */
  readonly seconds: number
  readonly cut: boolean
}

/**
 * Simulates failures and requests together for as long as the effort goes; or says why that tells nothing.
 * @param rate requests a second
 */
export async function together(
  failing: FailingSystem,
  rate: number,
  effort: number,
  pool: Pool,
): Promise<Joint | string> {
  const { lives, scenario } = failing
  const lasts = Math.ceil(effort / rate / REPLICATIONS)
  const failures = lives.reduce((sum, _, part) => sum + failing.rate(part), 0) * lasts * REPLICATIONS
  if (failures < FEWEST)
    return `in what ${effort} requests (--effort) take, ${failures < 1 ? 'hardly any' : `about ${Math.round(failures)}`} failures come`
  const isSaid = (scenario.repair?.notice ?? null) !== null
  const faults = lives.map((life) => ({
    kind: 'crash',
    target: life.part,
    mtbf: lawText(life.mtbf),
    // How people learn of it follows from the scenario only where that says so.
    mttr: isSaid || life.notice === null ? lawText(life.mttr) : `exponential(${awayFor(life)}s)`,
  }))
  if (faults.some((one) => one.mtbf === null || one.mttr === null))
    return 'a law of the file comes from a table'
  const settling = SETTLING * Math.max(...lives.map(awayFor))
  const variant = variantOf(scenario, {
    lasts: `${lasts}s`,
    warmup: `${Math.max(1, Math.min(lasts, Math.ceil(settling)))}s`,
    replications: REPLICATIONS,
    set: [`faults=${JSON.stringify(faults)}`, 'expect=null'],
  })
  const jobs = replicationsOf(variant)
  const records = await finished(pool.run(jobs, () => {}))
  const runs = new Runs(variant)
  runs.take(jobs, records)
  const there = runs.inARow().length
  if (there === 0) return 'it was interrupted'
  return { result: runs.result, seconds: there * lasts, cut: records.includes(undefined) }
}
