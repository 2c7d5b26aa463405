import * as z from 'zod'
import { duration, limit, rate } from '../options/types.js'
import { faultKind } from './fault.js'

/**
 * SYNs come whose connections nobody completes. At a listener each has a place in the SYN queue, in a packet filter an
 * entry of the connection table (`HalfOpen`), and each takes CPU time of the machine that it comes to.
 */
export const synFlood = faultKind({
  kind: 'syn_flood',
  says: 'SYNs that nobody completes come to a port: without cookies they fill its SYN queue, and a firewall its table',
  targets: ['component'],
  example: '{ kind: syn_flood, target: nginx-1, rate: 1000/s, at: 5min, for: 1min }',
  options: z.strictObject({
    rate: rate()
      .refine((value) => value > 0, 'expected a rate above 0')
      .describe('SYNs a second'),
    sources: limit(1)
      .prefault('unlimited')
      .describe('addresses that they come from; unlimited: forged, each SYN has another'),
    cpu_per_syn: duration()
      .prefault('1us')
      .describe('CPU time of the machine for each (an assumption: a million a second of a core)'),
  }),
  fits: (aims) => {
    const elsewhere = aims.find((aim) => aim.leadsElsewhere)
    return elsewhere
      ? ['target', `what comes to ${elsewhere.name} goes on to one of several: aim at what stands behind it`]
      : null
  },
  steps: ([target], { rate, sources, cpu_per_syn }, lasts) => [
    {
      after: 0,
      lasts,
      bends: target!.components.flatMap(({ process: { floods, interrupts } }) => [
        { dial: floods.from(sources), by: rate },
        ...(cpu_per_syn > 0 ? [{ dial: interrupts, by: rate * cpu_per_syn }] : []),
      ]),
    },
  ],
})
