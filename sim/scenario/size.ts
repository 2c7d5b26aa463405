import type { Document } from './document.js'
import { type Scenario, type UsersSpec, warmupOf } from './scenario.js'

/** Seconds: 10,000 years. A clock that shows more could not tell milliseconds apart. */
const LONGEST = 10_000 * 365 * 86400
/** The warm-up is watched in steps of the measured span. */
const MOST_WARMUP = 1000
/** Requests of one replication: a day of work or more. */
const MOST_REQUESTS = 1e11
/** Strikes of one fault in one replication: they are all kept. */
const MOST_STRIKES = 1e6

/** Notes what would take for ever to run: mostly a slip of some zeros. */
export function checkSize(
  document: Document,
  scenario: Pick<Scenario, 'lasts' | 'warmup' | 'users' | 'faults'>,
): void {
  const { lasts, users, faults } = scenario
  // What is broken in itself was told.
  if (lasts === Number.POSITIVE_INFINITY) return
  const warmup = warmupOf(scenario)
  const span = warmup + lasts
  if (lasts > LONGEST) document.complain(['lasts'], 'expected at most 10,000y')
  else if (warmup > LONGEST) document.complain(['warmup'], 'expected at most 10,000y')
  if (warmup > MOST_WARMUP * lasts)
    document.complain(['warmup'], `is more than ${MOST_WARMUP} times as long as what is measured (lasts:)`)
  for (const one of users) {
    const requests = peakOf(one) * span
    if (requests > MOST_REQUESTS) {
      const many = `${requests.toExponential(0).replace('+', '')} requests in ${Math.round(span)} s`
      document.complain(
        ['users', one.name, 'arrive'],
        `${many} are too many to simulate one by one: a lower rate, or a shorter run (lasts:)`,
      )
    }
  }
  faults.forEach(({ random }, i) => {
    if (random === null) return
    const strikes = span / (random.mtbf.mean + random.mttr.mean)
    if (strikes > MOST_STRIKES) {
      const every = `once in ${(span / strikes).toPrecision(1)} s`
      document.complain(
        ['faults', i, 'mtbf'],
        `a fault ${every} is too often: at most ${MOST_STRIKES} in a run`,
      )
    }
  })
}

/** The highest rate of open users, requests per second. What closed users ask depends on the answers. */
function peakOf({ arrive, profile }: UsersSpec): number {
  if (!('open' in arrive)) return 0
  return arrive.open.rate * Math.max(1, ...(profile?.points ?? []).map(([, factor]) => factor))
}
