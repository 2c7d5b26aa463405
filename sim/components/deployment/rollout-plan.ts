/** Servers of a deployment, by what is to become of them. */
interface Servers {
  /** That there are to be in all. */
  readonly targets: number
  /** Of these, that are to have the wanted version by now. */
  readonly wanted: number
  /** That have it, or get it. */
  readonly fresh: number
  /** That have another, and are not on their way out. */
  readonly stale: number
  /** Of those that have another, such as serve nobody. */
  readonly broken: number
  /** Of all, that have been there for long enough. */
  readonly available: number
  /** Places where nothing runs. */
  readonly empty: number
  readonly surge: number
  readonly unavailable: number
}

/**
 * What to do next: on how many empty places to start the wanted version, in how many that have another to replace it,
 * and how many of these to take away. Never more servers than `targets` and `surge`, never fewer available than `targets`
 * without `unavailable`; what serves nobody anyway goes first and is not counted as that.
 *
 * Source: Kubernetes, pkg/controller/deployment/rolling.go (reconcileNewReplicaSet, reconcileOldReplicaSets,
 * cleanupUnhealthyReplicas). A server that is replaced in its place is there one deletion and one creation.
 */
export function planned(servers: Servers): { start: number; replace: number; remove: number } {
  const { targets, wanted, fresh, stale, broken, available, empty, surge, unavailable } = servers
  const start = Math.max(0, Math.min(empty, wanted - fresh, targets + surge - fresh - stale))
  const missing = Math.max(0, wanted - fresh - start)
  const over = Math.max(0, stale - (targets - wanted))
  const spared = Math.max(0, available - (targets - unavailable))
  const away = Math.min(over, broken + spared)
  const replace = Math.min(away, missing)
  return { start, replace, remove: away - replace }
}
