import { listed, timeSaid } from '../../options/spell.js'
import type { Telling } from '../telling.js'
import type { autoscaler } from './autoscaler.js'
import { mostOf, utilizationOf } from './autoscaler-options.js'

const percent = (share: number): string => `${Math.round(share * 1000) / 10}%`

/** How many copies there are, by what it decides, and how late they come and go. */
export const autoscalerTold: Telling<typeof autoscaler> = ({ options }) => {
  const { targets, min_replicas, average_value, sync_period, boot, scale_up, scale_down } = options
  const window = scale_down.stabilization_window_seconds
  const names = targets.map(({ name }) => name)
  const most = mostOf(options)
  const cpu = utilizationOf(options)
  const aims = [
    ...(cpu === null ? [] : [`${percent(cpu)} of their CPU`]),
    ...(average_value === undefined ? [] : [`${average_value} requests a second each`]),
  ]
  if (min_replicas === most) return [`keeps ${most} of ${listed(names)}: no more and no fewer`]
  return [
    `keeps ${min_replicas} to ${most} of ${listed(names)}`,
    `looks every ${timeSaid(sync_period)} how many it takes for ${listed(aims)}`,
    scale_up.select_policy === 'disabled'
      ? 'adds none'
      : `adds what is missing: a new one takes ${timeSaid(boot.mean)} in the mean to boot`,
    scale_down.select_policy === 'disabled'
      ? 'takes none away'
      : `takes away what is too much${window > 0 ? ` and has been for ${timeSaid(window)}` : ''}`,
    'answers no visitor: without it there are as many as there were',
  ]
}
