import type { KeptConnections } from '../../parts/kept.js'
import type { Queue } from '../../parts/queue.js'
import { type Place, Request } from '../../parts/request.js'
import type { Wire } from '../../parts/wire.js'
import type { Level } from '../../stats/level.js'
import type { Server } from '../balance/server.js'
import type { AgentCheck } from './agent-check.js'
import type { Backend, Group } from './backend.js'
import { visit } from './haproxy-visit.js'
import type { Health } from './health.js'
import type { Observation } from './observation.js'
import type { ServerLine } from './server-lines.js'
import type { SlowStart } from './slow-start.js'

/** A `server` line, as it is while HAProxy runs. */
export interface Line {
  readonly server: Server
  readonly options: ServerLine['said']
  readonly wire: Wire
  readonly health: Health
  /** Those whom a hash or a cookie sends to it wait here for its slots; null where nobody does. */
  readonly own: Queue | null
  /** Idle connections to it, whoever had them opened; null if each client has his own. */
  readonly kept: KeptConnections | null
  /** Its slots in use, where it has so many only. */
  readonly used: Level | null
  /** The check, a request that never ends; it waits between checks. Null without checks. */
  readonly check: Request | null
  /** Null where no agent is asked of it. */
  readonly agent: AgentCheck | null
  /** Null where only checks tell how it is. */
  readonly observation: Observation | null
  /** Null where it gets its whole share at once when it comes back. */
  readonly slow: SlowStart | null
  /** What waits for the next look at that: a request that never ends. */
  readonly warming: Request | null
  readonly backend: Backend
  /** The group of the backend that it is chosen from. */
  readonly group: Group
  /** It is there, and nobody has drained it: whatever its weight, it serves. */
  serves: boolean
  /** Its free slots are being filled. */
  filling: boolean
  /** When the first of the checks in a row was over that say otherwise than what is believed; NaN if none does. */
  doubted: number
}

/** A request that never ends, and goes round: a check of the server at `place`, or what else is looked at of it. */
export function rounds(process: Place, place: number): Request {
  const round = new Request()
  round.at = process
  round.health = true
  round[visit.server] = place
  round.key = place
  return round
}
