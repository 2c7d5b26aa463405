import * as z from 'zod'
import {
  classNames,
  count,
  countOrShare,
  duration,
  factor,
  flag,
  interval,
  law,
  oneOf,
  period,
  refs,
  share,
} from '../../options/types.js'

/** What the new version does that the old one did not. */
const version = z
  .strictObject({
    errors: share().prefault('0%').describe('of its answers that would be ok are errors (500)'),
    slow: factor().prefault(1).describe('its work takes so many times as long'),
    crash: law()
      .optional()
      .describe('its process dies so long after each start, and is started again; 0s: it never listens'),
    class: classNames('expected at least one request class')
      .optional()
      .describe('errors and slow are of these request classes only; default: of all'),
  })
  .prefault({})

/** Names of Argo Rollouts (AnalysisTemplate) and Flagger; what is measured is what the new version answered. */
const analysis = z
  .strictObject({
    interval: interval().prefault('1min').describe('it measures so often, from the first server that has it'),
    success_rate: share()
      .prefault('99%')
      .describe('a measurement fails if less of its answers were ok, or 4xx, since the last one'),
    request_duration: period()
      .optional()
      .describe('a measurement fails too if its answers took longer in the mean'),
    failure_limit: count(0, 1000).prefault(0).describe('so many may fail; one more, and it goes back'),
    measurements: count(1, 1000)
      .prefault(1)
      .describe('so many further measurements once all servers have it, before the deployment is over'),
  })
  .optional()

const step = z.strictObject({
  set_weight: share().describe('of the targets have the new version, rounded up'),
  pause: duration().prefault('0s').describe('then nothing happens for so long'),
})

/** Names and defaults of Kubernetes' Deployment (apps/v1) and of Argo Rollouts (canary, blue_green, analysis). */
export const deploymentOptions = z.strictObject({
  targets: refs({ role: 'deploys' }).describe('servers that have the old version at first'),
  spares: refs({ role: 'deploys' })
    .optional()
    .describe('servers that are not there at first: for max_surge, or the other group of blue_green'),
  strategy: oneOf('rolling_update', 'recreate', 'canary', 'blue_green')
    .prefault('rolling_update')
    .describe(
      'a few servers at a time; all at once; some first, in steps; or another group, and a switch to it',
    ),
  max_unavailable: countOrShare(0, 1000)
    .optional()
    .describe('targets that may be away at a time, a share rounded down; default 25%'),
  max_surge: countOrShare(0, 1000)
    .optional()
    .describe('servers more than targets: has, a share rounded up; default 25%, as far as there are spares:'),
  min_ready_seconds: duration()
    .prefault('0s')
    .describe('a server counts as available when it has listened for so long'),
  progress_deadline_seconds: duration()
    .prefault('10min')
    .describe('without progress for so long it counts as stuck, which changes nothing'),
  progress_deadline_abort: flag().prefault('off').describe('one that is stuck goes back'),
  steps: z
    .array(step, { error: 'expected a list of steps: [{ set_weight: 25%, pause: 10min }]' })
    .min(1, 'expected at least one step')
    .optional()
    .meta({ type: 'steps', entry: step })
    .describe('of canary; after the last all the others get it'),
  scale_down_delay_seconds: duration()
    .prefault('30s')
    .describe('of blue_green: the group that gets nothing more stays for so long, and for the analysis'),
  analysis: analysis.describe(
    'goes back by itself if what the new version answers is bad; default: nobody looks',
  ),
  copy: law()
    .prefault('0s')
    .describe('files take so long to a server that does not have them, and goes on meanwhile'),
  restarts: flag()
    .prefault('on')
    .describe('the process is stopped and started again; off: files change under it, as those of PHP'),
  drain: flag()
    .prefault('on')
    .describe('load balancers are told before a server is stopped; off: their checks find out'),
  termination_grace_period_seconds: duration()
    .prefault('30s')
    .describe('so long after that it is stopped, and what is still inside is reset'),
  boot: law()
    .prefault('0s')
    .describe('from the stop until the process is started again, beside its own startup:'),
  assets: classNames('expected at least one request class')
    .optional()
    .describe(
      'request classes of what pages load, called otherwise in each version: a server of the other one answers 404',
    ),
  version: version.describe('what is new in the new version'),
})

export type DeploymentOptions = z.output<typeof deploymentOptions>
type Some = NonNullable<DeploymentOptions['max_surge']>

/** Of `maxUnavailable` and `maxSurge` (apps/v1). */
const SOME = { share: 0.25 }
/** Floating point: a product that is whole but for its last bits is whole. */
const SLACK = 1e-9

const ofAll = (some: Some, all: number): number => ('count' in some ? some.count : some.share * all)

/**
 * Servers that may be away, and more than there are targets: where both come to none, one may be away.
 *
 * Source: Kubernetes, pkg/controller/deployment/util/deployment_util.go (ResolveFenceposts).
 */
export function fenceposts(options: DeploymentOptions): { unavailable: number; surge: number } {
  const all = options.targets.length
  if (options.strategy === 'recreate') return { unavailable: all, surge: 0 }
  const surge =
    options.max_surge === undefined ? Math.min(surgeOf(options), sparesOf(options)) : surgeOf(options)
  const unavailable = Math.min(all, Math.floor(ofAll(options.max_unavailable ?? SOME, all) + SLACK))
  return { unavailable: surge === 0 && unavailable === 0 ? 1 : unavailable, surge }
}

/** Servers more than there are targets, as it is said. */
export const surgeOf = ({ max_surge = SOME, targets }: DeploymentOptions): number =>
  Math.ceil(ofAll(max_surge, targets.length) - SLACK)

export const sparesOf = ({ spares }: DeploymentOptions): number => spares?.length ?? 0

/** Of the targets, how many have the new version at each step of a canary. */
export const stepsOf = ({ steps, targets }: DeploymentOptions): { fresh: number; pause: number }[] =>
  (steps ?? []).map(({ set_weight, pause }) => ({
    fresh: Math.ceil(set_weight * targets.length - SLACK),
    pause,
  }))
