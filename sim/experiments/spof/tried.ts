import type { Scenario } from '../../scenario/scenario.js'
import type { Pool, Unsimulable } from '../jobs.js'
import type { ReplicationRecord } from '../replicate.js'
import { byTurns, replicationsOf } from '../runs.js'

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
  const turns = await byTurns(
    scenarios,
    (scenario) => replicationsOf(scenario),
    pool,
    () => {},
    // Of the others all is told.
    () => {},
  )
  return turns.map(({ runs, failed }) => ({
    records: failed === null ? runs.inARow() : [],
    failed,
    cut: runs.cut && failed === null,
  }))
}
