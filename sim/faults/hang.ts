import * as z from 'zod'
import { faultKind, fitsProcesses } from './fault.js'

/** A process stops answering (deadlock, SIGSTOP): its port still completes connections until the backlog is full. */
export const hang = faultKind({
  kind: 'hang',
  says: 'a process accepts connections and answers nothing; on a host, all of its processes',
  targets: ['component', 'host', 'zone'],
  example: '{ kind: hang, target: mysql, at: 5min, for: 1min }',
  options: z.strictObject({}),
  fits: fitsProcesses,
  steps: ([target], _options, lasts) => [
    {
      after: 0,
      lasts,
      bends: [...target!.components, ...target!.hosts].map(({ running }) => ({ dial: running, by: 0 })),
    },
  ],
})
