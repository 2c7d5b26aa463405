import * as z from 'zod'
import { besideThem, daemonsOf, faultKind, fitsDaemon, fitsProcesses } from './fault.js'

/** A process stops answering (deadlock, SIGSTOP): its port still completes connections until the backlog is full. */
export const hang = faultKind({
  kind: 'hang',
  says: 'a process accepts connections and answers nothing; on a host, all of its processes',
  targets: ['component', 'host', 'zone'],
  example: '{ kind: hang, target: mysql, at: 5min, for: 1min }',
  options: z.strictObject({ process: besideThem() }),
  fits: (aims, { process }) => (process === undefined ? fitsProcesses(aims) : fitsDaemon(aims, process)),
  steps: ([target], { process }, lasts) => [
    {
      after: 0,
      lasts,
      bends: (process === undefined
        ? [...target!.components, ...target!.hosts]
        : daemonsOf(target!, process)
      ).map(({ running }) => ({ dial: running, by: 0 })),
    },
  ],
})
