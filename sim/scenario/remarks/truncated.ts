import { spelled } from '../length.js'
import type { Remark } from './remark.js'

/** A recording that goes on after the end of the run: the rest of it is not played. */
export const truncated: Remark = ({ users, lasts }) =>
  users.flatMap(({ name, arrive }) => {
    const recorded = 'open' in arrive ? arrive.open.recorded : undefined
    if (recorded === undefined || recorded.span <= lasts) return []
    const left = recorded.times.filter((time) => time > lasts).length
    const all = recorded.times.length
    return [
      `the run ends at ${spelled(lasts)} (lasts:), what is recorded of ${name} at ${spelled(recorded.span)}: ${left} of its ${all} requests are not played`,
    ]
  })
