import * as z from 'zod'
import { period } from '../options/types.js'
import { faultKind } from './fault.js'

/** Packets take longer, in each direction. */
export const latency = faultKind({
  kind: 'latency',
  says: 'wires take longer: one, or all that cross the border of a component, host or zone',
  targets: ['wire', 'component', 'host', 'zone'],
  example: '{ kind: latency, target: app -> mysql, add: 80ms, at: 5min, for: 1min }',
  options: z.strictObject({ add: period().describe('added, one way') }),
  steps: ([target], { add }, lasts) => [
    { after: 0, lasts, bends: target!.wires.map((wire) => ({ dial: wire.latency, by: add })) },
  ],
})
