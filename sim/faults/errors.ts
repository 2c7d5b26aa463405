import * as z from 'zod'
import { share } from '../options/types.js'
import { dialsFor, faultKind, fitsProcesses, someClasses } from './fault.js'

/** A share of the answers that would be ok are errors (500), after the same work. */
export const errors = faultKind({
  kind: 'errors',
  says: 'a share of the answers are errors (500)',
  targets: ['component', 'host', 'zone'],
  example: '{ kind: errors, target: app, share: 5%, at: 5min, for: 1min }',
  options: z.strictObject({
    share: share().describe('of the answers that would be ok'),
    class: someClasses(),
  }),
  fits: fitsProcesses,
  steps: ([target], options, lasts) => [
    {
      after: 0,
      lasts,
      bends: target!.components
        .flatMap(({ soundness, soundnesses }) => dialsFor(options.class, soundness, soundnesses))
        .map((dial) => ({ dial, by: 1 - options.share })),
    },
  ],
})
