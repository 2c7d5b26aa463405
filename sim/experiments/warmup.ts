import { isTerminating, type Scenario, warmupOf } from '../scenario/scenario.js'
import { mser5 } from '../stats/mser.js'
import type { ReplicationRecord } from './replicate.js'

/**
 * The warm-up that a scenario with `warmup: auto` needs, seconds, judged by replications that had the least one:
 * the latest cut of MSER-5 over all components, each on the mean over the replications of the number inside. Cuts
 * of single replications would prefer those that start with a peak, and bias the mean (measured: -6.5 % for M/M/1
 * at 0.9). Never less than `warmupOf`, a fifth of the run.
 */
export function neededWarmup(scenario: Scenario, records: readonly ReplicationRecord[]): number {
  const least = warmupOf(scenario)
  if (scenario.warmup !== 'auto' || isTerminating(scenario)) return least
  const run = least + scenario.lasts
  const cuts = Object.keys(records[0]!.inside).map((name) => {
    const bins = records[0]!.inside[name]!.length
    const mean = Array.from({ length: bins }, (_, bin) => {
      let sum = 0
      for (const record of records) sum += record.inside[name]![bin]!
      return sum / records.length
    })
    return (mser5(mean) / bins) * run
  })
  return Math.max(least, ...cuts)
}
