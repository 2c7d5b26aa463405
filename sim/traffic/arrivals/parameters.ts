import type { Parameter } from '../../options/signature.js'
import { parseRate, Unreadable } from '../../options/units.js'

/** A rate as an argument: above 0, or of 0 too. */
export const rateOf = (name: string, orNone = false): Parameter<number> => ({
  name,
  unit: 'rate',
  read: (text) => {
    const rate = parseRate(text)
    if (!(rate > 0) && !orNone) throw new Unreadable('a rate above 0')
    return rate
  },
})
