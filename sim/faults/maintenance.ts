import * as z from 'zod'
import { duration, flag } from '../options/types.js'
import { faultKind, fitsProcesses, type Step } from './fault.js'

/** Seconds until a process that was started listens, and load balancers are told to use it again. */
const LISTENS = 0.001

/**
 * A deployment: processes are stopped and started again. With `drain` the load balancers are told first, so that
 * nothing new comes while what is inside is finished; `rolling` takes one target after the other.
 */
export const maintenance = faultKind({
  kind: 'maintenance',
  says: 'processes are stopped and started again (a deployment): at once, or rolling; with or without drain',
  targets: ['component', 'host', 'zone'],
  example: '{ kind: maintenance, target: [nginx-1, nginx-2], rolling: on, drain: 20s, at: 5min, for: 10s }',
  options: z.strictObject({
    rolling: flag().prefault('off').describe('one target after the other'),
    drain: duration().prefault('0s').describe('load balancers send nothing new for so long before the stop'),
    pause: duration().prefault('0s').describe('between the start of one target and the drain of the next'),
  }),
  fits: (aims, { rolling, pause }, lasts) => {
    if (rolling && lasts === null)
      return ['rolling', 'is planned: at: and for:, while mtbf: strikes each target by itself']
    if (rolling && lasts === Number.POSITIVE_INFINITY)
      return ['for', 'a rolling maintenance needs for: how long each target is down']
    if (!rolling && pause > 0)
      return ['pause', 'is between the targets of a rolling maintenance: rolling: on']
    return fitsProcesses(aims)
  },
  together: true,
  steps: (targets, { rolling, drain, pause }, lasts) => {
    const steps = targets.flatMap((target, i): Step[] => {
      const after = rolling ? i * (drain + lasts + pause) : 0
      const stop = {
        after: after + drain,
        lasts,
        bends: target.components.map(({ up }) => ({ dial: up, by: 0 })),
      }
      if (drain === 0) return [stop]
      const bends = target.components.map(({ rotation }) => ({ dial: rotation, by: 0 }))
      return [{ after, lasts: drain + lasts + LISTENS, bends }, stop]
    })
    // All at once, all are drained before the first is stopped.
    return steps.sort((a, b) => a.after - b.after)
  },
})
