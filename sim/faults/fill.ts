import * as z from 'zod'
import { size } from '../options/types.js'
import { faultKind } from './fault.js'

/** Something writes a large file, and somebody deletes it when the fault is over: a dump, a core, the debug log of last night. */
export const fill = faultKind({
  kind: 'fill',
  says: 'a file takes room on the disk of a host (disk_size:), until somebody deletes it',
  targets: ['host', 'zone'],
  example: '{ kind: fill, target: server, size: 10GB, at: 5min, for: 3min }',
  options: z.strictObject({
    size: size()
      .refine((bytes) => bytes > 0, 'expected a size above 0')
      .optional()
      .describe('of the file; default: all that is free'),
  }),
  fits: (aims) => {
    const boundless = aims.find((aim) => !aim.disks)
    return boundless ? ['target', `nothing is said of the disk of ${boundless.name} (disk_size:)`] : null
  },
  steps: ([target], { size = Number.POSITIVE_INFINITY }, lasts) => [
    { after: 0, lasts, bends: target!.hosts.map(({ filled }) => ({ dial: filled, by: size })) },
  ],
})
