import { counting, listed } from '../../options/spell.js'
import type { Telling } from '../telling.js'
import type { fanout } from './fanout.js'

/** Whom it waits for. */
export const fanoutTold: Telling<typeof fanout> = ({ options: { to } }) => [
  `asks ${listed(
    to.map(({ name, times }) => (times > 1 ? `${name.name} (${counting(times, 'time')})` : name.name)),
  )} at once, and answers when the last has answered`,
]
