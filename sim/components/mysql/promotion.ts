import * as z from 'zod'
import { law } from '../../options/types.js'

/**
 * Who promotes a replica, and when.
 * @param detect default of the time that the primary must be gone, and `promote` of that from there to the new primary
 * @param tools said of tools that are components
 */
export const promotionOption = (detect: string, promote: string, tools = '') =>
  z
    .discriminatedUnion(
      'mode',
      [
        z.strictObject({ mode: z.literal('none') }),
        z.strictObject({
          mode: z.literal('manual'),
          after: law().describe('from the failure to the new primary'),
        }),
        z.strictObject({
          mode: z.literal('automatic'),
          detect: law().prefault(detect).describe('how long the primary must be gone'),
          promote: law().prefault(promote).describe('from there to the new primary'),
        }),
      ],
      {
        error: `expected { mode: none }, { mode: manual, after: 15min } or { mode: automatic, detect: 10s, promote: 3s }${tools}`,
      },
    )
    .prefault({ mode: 'none' })
    .describe('what happens when the primary is gone; if it is back before it is found out, nothing')
