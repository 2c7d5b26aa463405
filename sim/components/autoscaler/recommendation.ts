/** What copies do of one metric, beside what is aimed at. */
interface Metric {
  /** In the mean over the copies that are ready. */
  readonly usage: number
  readonly target: number
}

/** Copies that have been there long enough to be measured, and those that are only coming. */
interface Copies {
  readonly ready: number
  readonly unready: number
}

/** Floating point: a product that is whole but for its last bits is whole. */
const SLACK = 1e-9

/**
 * How many copies one metric asks for: ceil(copies * usage / target), or as many as there are where the two differ by no
 * more than `tolerance`. On the way up a copy that is not ready counts as one that does nothing, on the way down not at
 * all; where that turns the way round nothing is done.
 *
 * Source: Kubernetes, pkg/controller/podautoscaler/replica_calculator.go (calcPlainMetricReplicas, GetResourceReplicas).
 */
export function proposed({ usage, target }: Metric, { ready, unready }: Copies, tolerance: number): number {
  const all = ready + unready
  if (ready === 0) return all
  const ratio = usage / target
  const within = (ratio: number) => Math.abs(ratio - 1) <= tolerance + SLACK
  const wanted = Math.ceil(ratio * ready - SLACK)
  if (unready === 0 || ratio <= 1) return within(ratio) ? all : wanted
  const diluted = (ratio * ready) / all
  return within(diluted) || diluted < 1 || wanted < all ? all : wanted
}
