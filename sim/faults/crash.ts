import * as z from 'zod'
import { faultKind } from './fault.js'

/**
 * A process dies, and its machine resets what was open and refuses what comes; or a machine dies with all that
 * it carries, and there is silence.
 */
export const crash = faultKind({
  kind: 'crash',
  says: 'a process dies (its port refuses), or a host or zone with all it carries (silence)',
  targets: ['component', 'host', 'zone'],
  example: '{ kind: crash, target: nginx-1, at: 5min, for: 1min }',
  takesAway: true,
  options: z.strictObject({}),
  steps: ([target], _options, lasts) => [
    {
      after: 0,
      lasts,
      bends:
        target!.type === 'component'
          ? target!.components.map(({ up }) => ({ dial: up, by: 0 }))
          : target!.hosts.map(({ power }) => ({ dial: power, by: 0 })),
    },
  ],
})
