import * as z from 'zod'
import { count, duration, interval, law, oneOf, period, rate, refs, share } from '../../options/types.js'

const policy = z.strictObject({
  type: oneOf('pods', 'percent').describe('what value: is: copies, or percent of those that there were'),
  value: count(1, 10_000).describe('by so many in one period'),
  period_seconds: period().prefault('15s').describe('the period'),
})

/** `behavior.scaleUp` or `scaleDown`. */
const rules = (window: string, policies: z.input<typeof policy>[]) =>
  z
    .strictObject({
      stabilization_window_seconds: duration()
        .prefault(window)
        .describe('the most cautious of all that was proposed in so long is what is done'),
      policies: z
        .array(policy, { error: 'expected a list of policies: [{ type: pods, value: 4 }]' })
        .min(1, 'expected at least one policy')
        .prefault(policies)
        .meta({ type: 'policies', entry: policy })
        .describe('how fast'),
      select_policy: oneOf('max', 'min', 'disabled')
        .prefault('max')
        .describe('of several policies the one that lets more happen, or less; disabled: nothing happens'),
    })
    .prefault({})

/** The names and defaults of the HorizontalPodAutoscaler of Kubernetes (autoscaling/v2), and of a Deployment. */
export const autoscalerOptions = z.strictObject({
  // scaleTargetRef.
  targets: refs({ role: 'scales' }).describe(
    'its copies, like servers each on a host of its own: the first of them are there',
  ),
  min_replicas: count(1, 1000).prefault(1).describe('copies that there are at least'),
  max_replicas: count(1, 1000)
    .optional()
    .describe('copies that there are at most; default as many as targets: has'),
  replicas: count(1, 1000)
    .optional()
    .describe('copies that there are at the start of the run; default min_replicas'),
  average_utilization: share()
    .optional()
    .describe(
      'CPU of the hosts, in the mean over the copies, that is aimed at; default 80%, beside average_value none',
    ),
  average_value: rate().optional().describe('requests of a copy that are aimed at, in the mean'),
  sync_period: interval().prefault('15s').describe('it looks, and decides, so often'),
  tolerance: share().prefault('10%').describe('within so much of what is aimed at nothing is done'),
  scale_up: rules('0s', [
    { type: 'pods', value: 4 },
    { type: 'percent', value: 100 },
  ]).describe('how it adds copies'),
  scale_down: rules('5min', [{ type: 'percent', value: 100 }]).describe('how it takes copies away'),
  boot: law()
    .prefault('1min')
    .describe(
      'from the decision until a new copy begins to start its processes (an assumption: a virtual machine)',
    ),
  termination_grace_period_seconds: duration()
    .prefault('30s')
    .describe('a copy that goes gets nothing new, and is stopped after so long'),
})

export type AutoscalerOptions = z.output<typeof autoscalerOptions>
export type Rules = AutoscalerOptions['scale_up']

/** Of `metrics`, where nothing is said of them (autoscaling/v2). */
const UTILIZATION = 0.8

/** Copies that it may add and take away. */
export const mostOf = ({ max_replicas, targets }: AutoscalerOptions): number => max_replicas ?? targets.length

/** Share of the CPU that is aimed at; null where only requests count. */
export const utilizationOf = ({ average_utilization, average_value }: AutoscalerOptions): number | null =>
  average_utilization ?? (average_value === undefined ? UTILIZATION : null)
