import type { Remark } from './remark.js'

/** A retry without a timeout: silence is no failure. */
export const patient: Remark = ({ users }) =>
  users.flatMap(({ name, retries, timeout }) =>
    retries > 0 && timeout === Number.POSITIVE_INFINITY
      ? [
          `${name} try again (retries:) but have no timeout: where nothing answers they wait, and never try again`,
        ]
      : [],
  )
