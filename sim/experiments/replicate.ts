import { Model } from '../model/model.js'
import { legitimate, type SessionRecord } from '../model/record.js'
import { Session } from '../model/session.js'
import type { Scenario } from '../scenario/scenario.js'
import { type StrikeRecord, strikeRecordsOf } from './recovery.js'

export type { AccountRecord, ComponentRecord } from '../model/record.js'

/** What one replication yields: plain data, so that it can come from another thread. */
export interface ReplicationRecord extends SessionRecord {
  strikes: StrikeRecord[]
}

/** Runs one replication. The same scenario, seed and number give the same record, to the bit. */
export function replicate(scenario: Scenario, replication: number): ReplicationRecord {
  const session = new Session(new Model(scenario, replication))
  session.drain()
  return recordOf(session)
}

/** What `session` yields so far. */
export function recordOf(session: Session): ReplicationRecord {
  const { model } = session
  const outages = model.scenario.classes.map((_, i) =>
    legitimate(model).map(({ accounts }) => accounts[i]!.outages.all(accounts[i]!.offered)),
  )
  const { strikes, losses } = session.blows
  return {
    ...session.record(),
    strikes: strikeRecordsOf(strikes, outages, losses, model.warmup),
  }
}
