import { counting, listed, timeSaid } from '../../options/spell.js'
import type { Telling } from '../telling.js'
import type { hotline } from './hotline.js'

/** Who calls, and when somebody believes it. */
export const hotlineTold: Telling<typeof hotline> = ({
  options: { targets, share, delay, enough, range },
}) => [
  `hears ${+(share * 100).toPrecision(3)}% of the visitors of ${listed(targets.map(({ name }) => name))} who failed, ${timeSaid(delay.mean)} later in the mean`,
  `tells people after ${counting(enough, 'call')} within ${timeSaid(range)}`,
]
