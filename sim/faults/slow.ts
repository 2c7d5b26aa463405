import * as z from 'zod'
import { factor } from '../options/types.js'
import { dialsFor, faultKind, fitsProcesses, someClasses } from './fault.js'

/**
 * Work takes longer: a component's own from its next step on, on a host all CPU time at once. Whether the factor
 * is above 1 (times as long) or below (share of the speed), it slows. What some classes ask is a matter of processes:
 * there a host stands for all that run on it.
 */
export const slow = faultKind({
  kind: 'slow',
  says: 'work takes a factor longer: of a component, or of all that runs on a host',
  targets: ['component', 'host', 'zone'],
  example: '{ kind: slow, target: mysql, factor: 5, at: 5min, for: 1min }',
  options: z.strictObject({
    factor: factor().describe('how many times as long (5), or what is left of the speed (20%)'),
    class: someClasses(),
  }),
  fits: (aims, options) => (options.class === undefined ? null : fitsProcesses(aims)),
  steps: ([target], options, lasts) => [
    {
      after: 0,
      lasts,
      bends: (target!.type === 'component' || options.class !== undefined
        ? target!.components.flatMap(({ speed, speeds }) => dialsFor(options.class, speed, speeds))
        : target!.hosts.map(({ processor }) => processor.speed)
      ).map((dial) => ({ dial, by: options.factor > 1 ? 1 / options.factor : options.factor })),
    },
  ],
})
