import type { Signature } from '../../options/signature.js'
import type { ArrivalLaw } from './law.js'
import { rateOf } from './parameters.js'

/** Independent users: exponential gaps. */
export const poisson: Signature<ArrivalLaw> = {
  name: 'poisson',
  says: 'many independent users: exponential gaps',
  parameters: [rateOf('rate')],
  make: (rate: number) => ({
    rate,
    start: (stream) => ({ next: () => -Math.log(1 - stream.next()) / rate }),
  }),
}
