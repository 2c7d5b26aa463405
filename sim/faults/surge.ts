import { z } from 'zod'
import { numberAbove } from '../options/types.js'
import { faultKind } from './fault.js'

/** More visitors than usual. */
export const surge = faultKind({
  kind: 'surge',
  says: 'open users come a factor more often',
  targets: ['users'],
  options: z.strictObject({ factor: numberAbove(0).describe('on the arrival rate') }),
  steps: ([target], { factor }, lasts) => [
    { after: 0, lasts, bends: target!.surges.map((dial) => ({ dial, by: factor })) },
  ],
})
