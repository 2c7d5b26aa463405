import type { ReplicationRecord } from '../replicate.js'
import { type BadTime, type Place, placeKey, type Spendings, type Spent } from './spent.js'

/** Requests that were followed of some classes, and those that were bad of them. */
interface Followed {
  readonly requests: number
  /** Where all of them were. */
  readonly spent: readonly Spent[]
  readonly bad: readonly BadTime[]
}

/** @param classes by their places in the scenario */
export function followedOf(records: readonly ReplicationRecord[], classes: readonly number[]): Followed {
  const all = records.flatMap(({ causes }) => causes ?? [])
  const times = all.flatMap((one) => one.times.filter((time) => classes.includes(time.class)))
  return {
    requests: times.reduce((sum, { requests }) => sum + requests, 0),
    spent: times.flatMap(({ spent }) => spent),
    bad: all.flatMap((one) => classes.map((place) => one.classes[place]!)),
  }
}

/**
 * What bad requests spent, and failed of, beyond the same visitors in runs without a loss: of their time what a request
 * takes there, good or bad, is no matter of the loss; nor are so many failures as there were.
 * @param requests that were followed with the loss, good or bad; closed users may ask more, or less
 */
export function beyond(own: readonly BadTime[], requests: number, calm: Followed): BadTime[] {
  if (calm.requests === 0) return [...own]
  const bad = own.reduce((sum, one) => sum + one.requests, 0)
  const asMany = requests / calm.requests
  const failures = calm.bad.map((one) => one.failures)
  return [
    {
      requests: bad,
      direct: less(direct(own), calm.spent, bad / calm.requests),
      held: less(held(own), held(calm.bad), asMany),
      failures: lessFailures(
        own.map((one) => one.failures),
        failures,
        asMany,
      ),
    },
  ]
}

function lessFailures(own: readonly Spendings[], calm: readonly Spendings[], asMany: number): Spendings {
  const sum = (some: readonly Spendings[]) => some.reduce((total, { requests }) => total + requests, 0)
  return {
    requests: Math.max(0, sum(own) - asMany * sum(calm)),
    direct: less(direct(own), direct(calm), asMany),
    held: less(held(own), held(calm), asMany),
  }
}

const direct = (some: readonly Spendings[]): Spent[] => some.flatMap((one) => one.direct)
const held = (some: readonly Spendings[]): Spendings['held'] => some.flatMap((one) => one.held)

/** What is there of each place, without `factor` times what `base` has of it. */
function less<At extends Place & { seconds: number }>(
  all: readonly At[],
  base: readonly Spent[],
  factor: number,
): At[] {
  const usual = new Map<string, number>()
  for (const one of base) usual.set(placeKey(one), (usual.get(placeKey(one)) ?? 0) + one.seconds)
  const sums = new Map<string, At>()
  for (const one of all) {
    const known = sums.get(placeKey(one))
    if (known === undefined) sums.set(placeKey(one), { ...one })
    else known.seconds += one.seconds
  }
  return [...sums].flatMap(([key, one]) => {
    const seconds = one.seconds - factor * (usual.get(key) ?? 0)
    return seconds > 0 ? [{ ...one, seconds }] : []
  })
}
