import { spelled } from '../length.js'
import type { Remark } from './remark.js'

/** A fault that is longer than what is measured, or has no time after it: nobody sees the recovery. */
export const cutoff: Remark = ({ faults, lasts }) =>
  faults.flatMap(({ timed, says }) =>
    timed !== null && timed.lasts < Number.POSITIVE_INFINITY && timed.at + timed.lasts >= lasts
      ? [
          `the ${says} ends at ${spelled(timed.at + timed.lasts)}, and the run at ${spelled(lasts)} (lasts:): what comes after it is not seen`,
        ]
      : [],
  )
