import { Model } from '../model/model.js'
import { legitimate, type SessionRecord } from '../model/record.js'
import { Session } from '../model/session.js'
import type { Scenario } from '../scenario/scenario.js'
import type { Outage } from '../traffic/outages.js'
import type { Users } from '../traffic/users.js'
import type { CausesRecord } from './causes/spent.js'
import { type RecoverySums, type StrikeRecord, strikeRecordsOf } from './recovery.js'
import { sequelsOf } from './sequel.js'

export type { AccountRecord, ComponentRecord } from '../model/record.js'

/** What one replication yields, or a group of them: plain data, so that it can come from another thread. */
export interface ReplicationRecord extends SessionRecord {
  /** Of a group none: it has what followed them. */
  strikes: StrikeRecord[]
  /** Where time went, if anybody was followed. */
  causes?: CausesRecord
  /** Where it is of several replications, of which `replication` is the first: what is told apart by replication. */
  group?: GroupRecord
}

/** What a group knows of its replications beside sums and means. */
export interface GroupRecord {
  replications: number
  /** What followed all strikes, and those of each fault, by its index, that struck. */
  recovery: RecoverySums
  faults: Record<number, RecoverySums>
  tries: TriesSums
  /** In how many replications each count of a component's kind had a value. */
  told: Record<string, Record<string, number>>
}

/** In windows in which fewer answers were good than before, because of a strike, and in the others. */
export type TriesSums = Record<'outage' | 'usual', { offered: number; entered: Record<string, number> }>

/** Told now and then what share of the simulated time is over. */
export type Tell = (share: number) => void

/** Runs one replication. The same scenario, seed and number give the same record, to the bit, whoever is told. */
export function replicate(scenario: Scenario, replication: number, tell?: Tell): ReplicationRecord {
  const session = new Session(new Model(scenario, replication))
  finish(session, tell)
  return recordOf(session)
}

/** Times that somebody is told how far it is. */
const PIECES = 100

/** Runs `session` to its end. */
export function finish(session: Session, tell?: Tell): void {
  if (tell !== undefined) {
    const { time, end } = session
    for (let piece = 1; piece < PIECES; piece++) {
      session.advance(time + ((end - time) * piece) / PIECES)
      tell(piece / PIECES)
    }
  }
  session.drain()
}

/** What `session` yields so far. */
export function recordOf(session: Session): ReplicationRecord {
  const { model } = session
  const outages = model.scenario.classes.map((_, i) =>
    legitimate(model).map((users) => outagesOf(users, i, session)),
  )
  const { strikes, losses } = session.blows
  const waiting = legitimate(model).flatMap((users) => users.underWay().map(({ arrived }) => arrived))
  const sequels =
    model.chronicle === null ? [] : sequelsOf(strikes, model.chronicle, waiting, model.kernel.now)
  const followed = strikes.map((strike, i) => {
    const { kind, options } = model.scenario.faults[strike.fault] ?? {}
    const sequel = sequels[i]!
    // What others remember of it goes on without any load.
    return { ...strike, ...sequel, stuck: sequel.stuck && kind?.isRemembered?.(options!) !== true }
  })
  return {
    ...session.record(),
    strikes: strikeRecordsOf(followed, outages, losses, model.warmup, session.end, model.context.detections),
  }
}

/**
 * When a class was away for some users. Who waits still, for longer than anybody who was answered, has no answer, nor
 * has who got none in all the time after the span: an outage that goes on is not over for want of timeouts.
 */
function outagesOf(users: Users, kind: number, { model, time, end }: Session): Outage[] {
  const { outages, offered, latency } = users.accounts[kind]!
  const waiting = users.underWay().filter((request) => request.class === kind)
  const { good } = model.scenario
  const patience = time > end ? good : Math.max(good, latency.max)
  return outages.all(offered, waiting, patience, model.kernel.now)
}
