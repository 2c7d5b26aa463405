import type { Signature } from '../../options/signature.js'
import type { ArrivalLaw } from './arrival-law.js'
import { rateOf } from './parameters.js'

/** A metronome: a load generator at a fixed rate. The first request comes after one gap. */
export const constant: Signature<ArrivalLaw> = {
  name: 'constant',
  says: 'evenly spaced, as from a load generator',
  parameters: [rateOf('rate')],
  make: (rate: number) => ({ rate, start: () => ({ next: () => 1 / rate }) }),
}
