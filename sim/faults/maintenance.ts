import * as z from 'zod'
import { duration, flag } from '../options/types.js'
import { addressAfter, comesBack, faultKind, fitsProcesses, type Step } from './fault.js'

/** Seconds until a process that was started listens, and load balancers are told to use it again. */
const LISTENS = 0.001

/**
 * A deployment: processes are stopped and started again. With `drain` the load balancers are told first, so that
 * nothing new comes while what is inside is finished; `rolling` takes one target after the other. A graceful stop
 * (SIGQUIT of nginx, SIGUSR1 of HAProxy) closes the port first, and a reload stops nothing at all.
 */
export const maintenance = faultKind({
  kind: 'maintenance',
  says: 'processes are stopped and started again (a deployment): at once, or rolling; with or without drain',
  called: ({ reload, graceful }) => (reload ? 'reload' : graceful > 0 ? 'graceful stop' : null),
  targets: ['component', 'host', 'zone'],
  example: '{ kind: maintenance, target: [nginx-1, nginx-2], rolling: on, drain: 20s, at: 5min, for: 10s }',
  options: z.strictObject({
    rolling: flag().prefault('off').describe('one target after the other'),
    drain: duration().prefault('0s').describe('load balancers send nothing new for so long before the stop'),
    pause: duration().prefault('0s').describe('between the start of one target and the drain of the next'),
    graceful: duration()
      .prefault('0s')
      .describe('the port refuses from the stop on, and those inside have so long to be answered (SIGQUIT)'),
    reload: flag()
      .prefault('off')
      .describe(
        'nothing is stopped: nginx or haproxy loads a new configuration, at the beginning; for: goes by',
      ),
    address: comesBack(),
  }),
  fits: (aims, { rolling, pause, drain, graceful, reload, address }, lasts) => {
    if (rolling && lasts === null)
      return ['rolling', 'is planned: at: and for:, while mtbf: strikes each target by itself']
    if (rolling && lasts === Number.POSITIVE_INFINITY)
      return ['for', 'a rolling maintenance needs for: how long each target is down']
    if (!rolling && pause > 0)
      return ['pause', 'is between the targets of a rolling maintenance: rolling: on']
    if (reload && (drain > 0 || graceful > 0 || address === 'new'))
      return ['reload', 'stops nothing: there is no drain:, no graceful: and no new address: with it']
    const still = aims.find(({ components }) => !components.some(({ kind }) => kind.reloads === true))
    if (reload && still !== undefined)
      return [
        'reload',
        `nginx and haproxy load a new configuration while they run, and ${still.name} does not`,
      ]
    return fitsProcesses(aims)
  },
  together: true,
  isRemembered: ({ address }) => address === 'new',
  steps: (targets, { rolling, drain, pause, graceful, reload, address }, lasts) => {
    const steps = targets.flatMap((target, i): Step[] => {
      const after = rolling ? i * (drain + lasts + pause) : 0
      const { components } = target
      if (reload)
        return [{ after, lasts, bends: components.map(({ renewal }) => ({ dial: renewal, by: 1 })) }]
      const moves = addressAfter(components, address)
      const ends = components.map(({ up }) => ({ dial: up, by: 0 }))
      const closes = components.map(({ process }) => ({ dial: process.listens, by: 0 }))
      const from = after + drain
      const down: Step[] =
        graceful === 0
          ? [{ after: from, lasts, bends: [...moves, ...ends] }]
          : [
              { after: from, lasts, bends: [...moves, ...closes] },
              ...(graceful < lasts ? [{ after: from + graceful, lasts: lasts - graceful, bends: ends }] : []),
            ]
      if (drain === 0) return down
      const bends = components.map(({ rotation }) => ({ dial: rotation, by: 0 }))
      return [{ after, lasts: drain + lasts + LISTENS, bends }, ...down]
    })
    // All at once, all are drained before the first is stopped.
    return steps.sort((a, b) => a.after - b.after)
  },
})
