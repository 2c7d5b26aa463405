import type { Signature } from '../../options/signature.js'
import type { Uniforms } from '../../random/stream.js'
import { exponential } from '../../random/ziggurat.js'
import type { ArrivalLaw, Gaps } from './arrival-law.js'
import { rateOf } from './parameters.js'

class Poisson implements Gaps {
  constructor(
    private readonly stream: Uniforms,
    private readonly rate: number,
  ) {}

  next(): number {
    return exponential(this.stream) / this.rate
  }
}

/** Independent users: exponential gaps. */
export const poisson: Signature<ArrivalLaw> = {
  name: 'poisson',
  says: 'many independent users: exponential gaps',
  parameters: [rateOf('rate')],
  make: (rate: number) => ({
    rate,
    start: (stream) => new Poisson(stream, rate),
  }),
}
