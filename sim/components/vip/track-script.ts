import * as z from 'zod'
import { classNames, count, interval, oneOf } from '../../options/types.js'
import type { Neighbour } from '../../parts/kind.js'
import { unrecorded } from '../unrecorded.js'

export const trackScript = z
  .strictObject({
    script: oneOf('process', 'request', 'page')
      .prefault('process')
      .describe(
        'whether the process is there (killall -0); whether it answers (curl on a page of its own); whether a visitor’s page is answered ok, and so all that it needs (curl)',
      ),
    page: classNames().optional().describe('with script: page, the request class that is asked for'),
    timeout: interval()
      .optional()
      .describe('with script: request or page, until one that gets no answer has failed; default interval'),
    interval: interval().prefault('1s').describe('from one run to the next'),
    fall: count(1).prefault(1).describe('failures that count'),
    rise: count(1).prefault(1).describe('successes that count'),
    weight: z
      .number()
      .int()
      .min(-253)
      .max(253)
      .prefault(0)
      .meta({ type: 'number' })
      .describe(
        'added to the priority: if positive on success, if negative on failure; 0: a failure takes it out',
      ),
  })
  .superRefine(({ script, page, timeout }, ctx) => {
    const says = (path: string, message: string) => ctx.addIssue({ code: 'custom', path: [path], message })
    if (script === 'process' && timeout !== undefined)
      says('timeout', 'killall -0 answers at once: script: request waits for an answer')
    if (script === 'page' && page?.names.length !== 1)
      says('script', 'expected page: beside it, the one request class that is asked for')
    if (script !== 'page' && page !== undefined) says('page', 'is for script: page: no other asks for one')
  })

export type TrackScript = z.output<typeof trackScript>

/** Pages that no script can ask for, since what they need is recorded of each visitor. */
export const pageMisfits = (
  servers: readonly string[],
  script: TrackScript | undefined,
  all: readonly Neighbour[],
) =>
  (script?.page?.names ?? []).flatMap((name) =>
    servers.flatMap((one) =>
      [...unrecorded(one, name, all)].map((server) => ({
        path: ['track_script', 'page'],
        message: `${server} takes as long for ${name} as is recorded of each visitor: of a script nothing is`,
      })),
    ),
  )
