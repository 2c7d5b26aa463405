import { counting, listed } from '../../options/spell.js'
import type { Telling } from '../telling.js'
import type { service } from './service.js'

/** How many it serves at a time, and who waits. */
export const serviceTold: Telling<typeof service> = ({
  options: { servers, queue, discipline, next = [] },
}) => {
  const waiting =
    queue === Number.POSITIVE_INFINITY
      ? 'others wait'
      : queue > 0
        ? `${counting(queue, 'other')} can wait, and more are refused`
        : 'others are refused'
  return [
    servers === Number.POSITIVE_INFINITY
      ? 'serves all who come at once'
      : discipline === 'ps'
        ? `serves all who come at once, who share ${counting(servers, 'core')}`
        : `serves ${counting(servers, 'request')} at a time; ${waiting}`,
    ...(next.length > 0
      ? [
          `hands on to ${listed(
            next.map(({ name }) => name),
            'or',
          )}`,
        ]
      : []),
  ]
}
