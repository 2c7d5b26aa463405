import * as z from 'zod'
import { type Aim, addressAfter, besideThem, comesBack, daemonsOf, faultKind, fitsDaemon } from './fault.js'

/** Whether what dies there is started again. */
const isRestarted = ({ type, components }: Aim): boolean =>
  type === 'component' && components.every(({ options }) => options.restart !== undefined)

/**
 * A process dies, and its machine resets what was open and refuses what comes; or a machine dies with all that
 * it carries, and there is silence. A program beside a component can die alone (SIGKILL).
 *
 * A component with `restart:` cannot run for so long: each start fails. Without `for:` it dies, and the next start is sound.
 */
export const crash = faultKind({
  kind: 'crash',
  says: 'a process dies (its port refuses), or a host or zone with all it carries (silence)',
  targets: ['component', 'host', 'zone'],
  example: '{ kind: crash, target: nginx-1, at: 5min, for: 1min }',
  takesAway: true,
  isRemembered: ({ address }) => address === 'new',
  options: z.strictObject({ process: besideThem(), address: comesBack() }),
  fits: (aims, { process, address }, lasts) => {
    if (process !== undefined)
      return address === 'new' ? ['address', `a ${process} has none`] : fitsDaemon(aims, process)
    return lasts === Number.POSITIVE_INFINITY && aims.some(isRestarted) && !aims.every(isRestarted)
      ? [
          'for',
          `expected a time: ${aims.find(isRestarted)!.name} is started again (restart:), and not all of these are`,
        ]
      : null
  },
  // Nothing keeps it from running: it is dead until it is started again.
  alone: (aims, { process }) =>
    process === undefined && aims.every(isRestarted) ? 0 : Number.POSITIVE_INFINITY,
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
                ? target!.components.map(({ life }) => ({ dial: life, by: 0 }))
                : target!.hosts.map(({ power }) => ({ dial: power, by: 0 }))),
            ],
    },
  ],
})
