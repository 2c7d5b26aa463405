import * as z from 'zod'
import { share } from '../options/types.js'
import { faultKind, fitsProcesses } from './fault.js'

/** A share of the answers that would be ok are errors (500), after the same work. */
export const errors = faultKind({
  kind: 'errors',
  says: 'a share of the answers are errors (500)',
  targets: ['component', 'host', 'zone'],
  example: '{ kind: errors, target: app, share: 5%, at: 5min, for: 1min }',
  options: z.strictObject({ share: share().describe('of the answers that would be ok') }),
  fits: fitsProcesses,
  steps: ([target], options, lasts) => [
    {
      after: 0,
      lasts,
      bends: target!.components.map(({ soundness }) => ({ dial: soundness, by: 1 - options.share })),
    },
  ],
})
