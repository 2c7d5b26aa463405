import { listed } from '../../options/spell.js'
import type { Remark } from './remark.js'

/** What was expected of the recovery from faults that were taken away. */
export const taken: Remark = ({ expectIdle }) =>
  expectIdle.length === 0
    ? []
    : [
        `${listed(expectIdle)} in expect: ${expectIdle.length === 1 ? 'is' : 'are'} about faults, and left out: faults: says that there are none`,
      ]
