import { z } from 'zod'
import { numberAbove } from '../options/types.js'
import { faultKind } from './fault.js'

/** Everything takes `factor` times as long: on a component its own work, on a host all CPU time. */
export const slow = faultKind({
  kind: 'slow',
  says: 'work takes a factor longer: of a component, or of all that runs on a host',
  targets: ['component', 'host', 'zone'],
  options: z.strictObject({ factor: numberAbove(0).describe('how many times as long') }),
  steps: ([target], { factor }, lasts) => [
    {
      after: 0,
      lasts,
      bends: (target!.type === 'component'
        ? target!.components.map(({ speed }) => speed)
        : target!.hosts.map(({ processor }) => processor.speed)
      ).map((dial) => ({ dial, by: 1 / factor })),
    },
  ],
})
