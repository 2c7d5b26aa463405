import * as z from 'zod'
import { share } from '../options/types.js'
import { faultKind } from './fault.js'

/** Packets are lost and sent again: 200 ms later, then 400 ms, ... (TCP's retransmission timeout on Linux). */
export const loss = faultKind({
  kind: 'loss',
  says: 'packets are lost and sent again: on one wire, or all that cross a border',
  targets: ['wire', 'component', 'host', 'zone'],
  example: '{ kind: loss, target: app -> mysql, share: 2%, at: 5min, for: 1min }',
  options: z.strictObject({ share: share().describe('of the packets') }),
  steps: ([target], options, lasts) => [
    {
      after: 0,
      lasts,
      bends: target!.wires.map(({ delivery }) => ({ dial: delivery, by: 1 - options.share })),
    },
  ],
})
