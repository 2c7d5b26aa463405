import * as z from 'zod'
import { faultKind } from './fault.js'

/** A wire is cut, or all wires that cross the border of a component, host or zone: silence in both directions. */
export const partition = faultKind({
  kind: 'partition',
  says: 'wires are cut: one, or all that cross the border of a component, host or zone',
  targets: ['wire', 'component', 'host', 'zone'],
  options: z.strictObject({}),
  steps: ([target], _options, lasts) => [
    { after: 0, lasts, bends: target!.wires.map(({ open }) => ({ dial: open, by: 0 })) },
  ],
})
