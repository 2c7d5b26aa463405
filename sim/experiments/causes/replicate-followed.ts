import { Model } from '../../model/model.js'
import { Session } from '../../model/session.js'
import type { Scenario } from '../../scenario/scenario.js'
import { finish, type ReplicationRecord, recordOf, type Tell } from '../replicate.js'
import { Follower } from './follower.js'

/** Runs one replication as `replicate` does, and follows a sample of its requests: all else is the same, to the bit. */
export function replicateFollowed(scenario: Scenario, replication: number, tell?: Tell): ReplicationRecord {
  const session = new Session(new Model(scenario, replication))
  const follower = new Follower(session)
  session.observe(follower)
  finish(session, tell)
  return { ...recordOf(session), causes: follower.record() }
}
