import { crash } from './crash.js'
import type { FaultKind } from './fault.js'

/** All fault kinds, one line each. */
export const faultKinds: readonly FaultKind[] = [crash as unknown as FaultKind]
