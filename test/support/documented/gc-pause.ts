import * as z from 'zod'
import { faultKind, fitsProcesses, type Step } from '../../../sim/faults/fault.js'
import { period } from '../../../sim/options/types.js'

export const gcPause = faultKind({
  kind: 'gc-pause',
  says: 'a process stands still for a while, again and again (garbage collection)',
  targets: ['component', 'host', 'zone'],
  example: '{ kind: gc-pause, target: app, every: 10s, pause: 500ms, at: 5min, for: 2min }',
  options: z.strictObject({
    every: period().describe('from the beginning of one pause to that of the next'),
    pause: period().describe('how long it stands still'),
  }),
  fits: (aims, { every, pause }) =>
    pause >= every ? ['pause', 'expected less than every:'] : fitsProcesses(aims),
  *steps([target], { every, pause }, lasts): Iterable<Step> {
    // The fault itself bends nothing: it is there from the first pause to its own end.
    yield { after: 0, lasts, bends: [] }
    const bends = target!.components.map(({ running }) => ({ dial: running, by: 0 }))
    for (let after = 0; after < lasts; after += every)
      yield { after, lasts: Math.min(pause, lasts - after), bends }
  },
})
