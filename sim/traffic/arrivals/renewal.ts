import { parseLaw } from '../../options/law.js'
import type { Signature } from '../../options/signature.js'
import { Unreadable } from '../../options/units.js'
import type { Distribution } from '../../random/distribution.js'
import type { ArrivalLaw } from './arrival-law.js'

/** Independent gaps of any law: smoother (erlang) or burstier (hyperexponential) than Poisson. */
export const renewal: Signature<ArrivalLaw> = {
  name: 'renewal',
  says: 'independent gaps of any law',
  parameters: [{ name: 'gap', unit: 'law', read: (text, files) => parseLaw(text, files) }],
  make: (gap: Distribution) => {
    if (!(gap.mean > 0)) throw new Unreadable('gaps with a mean above 0')
    return { rate: 1 / gap.mean, start: (stream) => ({ next: () => gap.sample(stream) }) }
  },
}
