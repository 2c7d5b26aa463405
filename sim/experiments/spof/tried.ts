import type { Scenario } from '../../scenario/scenario.js'
import type { Pool, Unsimulable } from '../jobs.js'
import type { ReplicationRecord } from '../replicate.js'
import { finished, Runs, replicationsOf } from '../runs.js'

/** What was run of a scenario. */
export interface Tried {
  /** Replications from the first on. */
  readonly records: readonly ReplicationRecord[]
  /** Why it cannot be simulated; null if it can. */
  readonly failed: Unsimulable | null
  /** Whether it was told to stop before all of it was there. */
  readonly cut: boolean
}

/** Runs all scenarios through the pool, the first replication of each first. */
export async function tryAll(scenarios: readonly Scenario[], pool: Pool): Promise<Tried[]> {
  if (scenarios.length === 0) return []
  const turns = scenarios
    .flatMap((scenario, of) => replicationsOf(scenario).map((job, i) => ({ job, i, of })))
    .sort((a, b) => a.i - b.i)
  const failed = new Map<number, Unsimulable>()
  const running = pool.run(
    turns.map(({ job }) => job),
    () => {},
  )
  const records = await finished(running, (error) => {
    for (const { job, of } of turns) if (error.failed.has(job)) failed.set(of, error)
  })
  return scenarios.map((scenario, of) => {
    const own = [...turns.keys()].filter((turn) => turns[turn]!.of === of)
    const runs = new Runs(scenario)
    runs.take(
      own.map((turn) => turns[turn]!.job),
      own.map((turn) => records[turn]),
    )
    const error = failed.get(of) ?? null
    return { records: error === null ? runs.inARow() : [], failed: error, cut: runs.cut && error === null }
  })
}
