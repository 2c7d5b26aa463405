import type { Parameter } from '../../options/signature.js'
import { parseRate, Unreadable } from '../../options/units.js'

/** A rate above 0 as an argument. */
export const rateOf = (name: string): Parameter<number> => ({
  name,
  unit: 'rate',
  read: (text) => {
    const rate = parseRate(text)
    if (!(rate > 0)) throw new Unreadable('a rate above 0')
    return rate
  },
})
