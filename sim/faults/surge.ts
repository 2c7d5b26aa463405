import * as z from 'zod'
import { factor } from '../options/types.js'
import { faultKind } from './fault.js'

/** More visitors than usual. */
export const surge = faultKind({
  kind: 'surge',
  says: 'open users come a factor more often',
  targets: ['users'],
  example: '{ kind: surge, target: visitors, factor: 3, at: 5min, for: 1min }',
  changesLoadOnly: true,
  load: ({ factor }) => factor,
  options: z.strictObject({ factor: factor().describe('on the arrival rate') }),
  fits: (aims) => {
    const closed = aims.find((aim) => aim.closed)
    return closed ? ['target', `${closed.name} are a fixed number of users: they have no rate`] : null
  },
  steps: ([target], { factor }, lasts) => [
    { after: 0, lasts, bends: target!.surges.map((dial) => ({ dial, by: factor })) },
  ],
})
