import { durationOf } from '../../options/law.js'
import type { Signature } from '../../options/signature.js'
import { Unreadable } from '../../options/units.js'
import { exponential } from '../../random/ziggurat.js'
import type { ArrivalLaw } from './arrival-law.js'
import { rateOf } from './parameters.js'

/** From one arrival to the next, in the mean. */
const MOST_TURNS = 10_000

/**
 * Bursts: a Poisson process whose rate switches between two values, for exponential times (Markov-modulated
 * Poisson process of two states; if one rate is 0, on and off). It starts in the first state with its stationary
 * probability.
 */
export const mmpp: Signature<ArrivalLaw> = {
  name: 'mmpp',
  says: 'bursts: Poisson at one rate, then at another, for exponential times of the given means',
  parameters: [rateOf('rate1', true), rateOf('rate2', true), durationOf('time1'), durationOf('time2')],
  make: (rate1: number, rate2: number, time1: number, time2: number) => {
    if (rate1 + rate2 === 0) throw new Unreadable('a rate above 0 in one of the two states')
    if (2 > MOST_TURNS * (rate1 * time1 + rate2 * time2))
      throw new Unreadable(`longer times: at most ${MOST_TURNS} turns from one arrival to the next`)
    return {
      rate: (rate1 * time1 + rate2 * time2) / (time1 + time2),
      start: (stream) => {
        let first = stream.next() < time1 / (time1 + time2)
        return {
          next: () => {
            let gap = 0
            for (;;) {
              // Arrival and switch compete: both memoryless.
              const rate = first ? rate1 : rate2
              const turns = 1 / (first ? time1 : time2)
              gap += exponential(stream) / (rate + turns)
              if (stream.next() * (rate + turns) < rate) return gap
              first = !first
            }
          },
        }
      },
    }
  },
}
