import type { Signature } from '../../options/signature.js'
import type { ArrivalLaw } from './arrival-law.js'
import { type Recording, readRecording } from './recording.js'

/** What was recorded, played once, from the start of the measured span. */
export const trace: Signature<ArrivalLaw> = {
  name: 'trace',
  says: 'the requests of a CSV file, in the order of time, from the start of the measured span: one a line, its time alone or the columns time, class and service',
  parameters: [{ name: 'file', unit: 'file', read: readRecording }],
  make: (recorded: Recording) => {
    const { times, span } = recorded
    return {
      recorded,
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
