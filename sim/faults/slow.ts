import * as z from 'zod'
import { factor } from '../options/types.js'
import { faultKind } from './fault.js'

/**
 * Work takes longer: a component's own from its next step on, on a host all CPU time at once. Whether the factor
 * is above 1 (times as long) or below (share of the speed), it slows.
 */
export const slow = faultKind({
  kind: 'slow',
  says: 'work takes a factor longer: of a component, or of all that runs on a host',
  targets: ['component', 'host', 'zone'],
  example: '{ kind: slow, target: mysql, factor: 5, at: 5min, for: 1min }',
  options: z.strictObject({
    factor: factor().describe('how many times as long (5), or what is left of the speed (20%)'),
  }),
  steps: ([target], options, lasts) => [
    {
      after: 0,
      lasts,
      bends: (target!.type === 'component'
        ? target!.components.map(({ speed }) => speed)
        : target!.hosts.map(({ processor }) => processor.speed)
      ).map((dial) => ({ dial, by: options.factor > 1 ? 1 / options.factor : options.factor })),
    },
  ],
})
