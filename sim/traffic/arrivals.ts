import type { Signature } from '../options/signature.js'
import type { ArrivalLaw } from './arrivals/arrival-law.js'
import { constant } from './arrivals/constant.js'
import { mmpp } from './arrivals/mmpp.js'
import { poisson } from './arrivals/poisson.js'
import { trace } from './arrivals/recorded.js'
import { renewal } from './arrivals/renewal.js'

/** The arrival processes of open users: one file and one line each. `closed(...)` users have none. */
export const arrivals: readonly Signature<ArrivalLaw>[] = [poisson, constant, renewal, mmpp, trace]
