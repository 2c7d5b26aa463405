import { certificate } from './certificate.js'
import { crash } from './crash.js'
import { deploy } from './deploy.js'
import { errors } from './errors.js'
import type { FaultKind } from './fault.js'
import { fill } from './fill.js'
import { hang } from './hang.js'
import { latency } from './latency.js'
import { loss } from './loss.js'
import { maintenance } from './maintenance.js'
import { nxdomain } from './nxdomain.js'
import { partition } from './partition.js'
import { slow } from './slow.js'
import { surge } from './surge.js'
import { synFlood } from './syn-flood.js'

/** All fault kinds, one line each. */
export const faultKinds = [
  crash,
  hang,
  slow,
  errors,
  partition,
  latency,
  loss,
  surge,
  certificate,
  maintenance,
  deploy,
  nxdomain,
  synFlood,
  fill,
] as unknown as readonly FaultKind[]
