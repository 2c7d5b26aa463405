import { readDurations } from '../../options/law.js'
import type { Signature } from '../../options/signature.js'
import { Unreadable } from '../../options/units.js'
import type { ArrivalLaw } from './arrival-law.js'

/** Recorded arrival times, played once, from the start of the measured span. */
export const trace: Signature<ArrivalLaw> = {
  name: 'trace',
  says: 'arrival times of a CSV file, one a line, ascending, from the start of the measured span',
  parameters: [{ name: 'file', unit: 'file', read: (path, files) => readDurations(path, files) }],
  make: (times: number[]) => {
    if (times.some((t, i) => i > 0 && t < times[i - 1]!))
      throw new Unreadable('arrival times in ascending order')
    const span = times.at(-1)!
    return {
      recorded: span,
      rate: span > 0 ? times.length / span : times.length,
      start: () => {
        let i = 0
        return {
          next: () => {
            const gap = i < times.length ? times[i]! - (i > 0 ? times[i - 1]! : 0) : Number.POSITIVE_INFINITY
            i++
            return gap
          },
        }
      },
    }
  },
}
