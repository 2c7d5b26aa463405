import * as z from 'zod'
import { addressAfter, besideThem, comesBack, daemonsOf, faultKind, fitsDaemon } from './fault.js'

/**
 * A process dies, and its machine resets what was open and refuses what comes; or a machine dies with all that
 * it carries, and there is silence. A program beside a component can die alone (SIGKILL).
 */
export const crash = faultKind({
  kind: 'crash',
  says: 'a process dies (its port refuses), or a host or zone with all it carries (silence)',
  targets: ['component', 'host', 'zone'],
  example: '{ kind: crash, target: nginx-1, at: 5min, for: 1min }',
  takesAway: true,
  isRemembered: ({ address }) => address === 'new',
  options: z.strictObject({ process: besideThem(), address: comesBack() }),
  fits: (aims, { process, address }) => {
    if (process === undefined) return null
    return address === 'new' ? ['address', `a ${process} has none`] : fitsDaemon(aims, process)
  },
  steps: ([target], { process, address }, lasts) => [
    {
      after: 0,
      lasts,
      bends:
        process !== undefined
          ? daemonsOf(target!, process).map(({ up }) => ({ dial: up, by: 0 }))
          : [
              // Before it listens again.
              ...addressAfter(target!.components, address),
              ...(target!.type === 'component'
                ? target!.components.map(({ up }) => ({ dial: up, by: 0 }))
                : target!.hosts.map(({ power }) => ({ dial: power, by: 0 }))),
            ],
    },
  ],
})
