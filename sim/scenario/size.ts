import type { Document } from './document.js'
import { effortOf } from './effort.js'
import { type Scenario, warmupOf } from './scenario.js'

/** Seconds: 10,000 years. A clock that shows more could not tell milliseconds apart. */
const LONGEST = 10_000 * 365 * 86400
/** The warm-up is watched in steps of the measured span. */
const MOST_WARMUP = 1000
/** Requests to boxes and periodic events of one replication: a day of work. */
const MOST_EVENTS = 1e11
/** Calls that come of one request: each is held in memory until all are answered. */
const MOST_CALLS = 1e5
/** Each is held in memory. */
const MOST_CLOSED = 1e6
/** Strikes of one fault in one replication: they are all kept. */
const MOST_STRIKES = 1e6
/** Bytes of a record, and of each component in it; and of all records of a scenario. */
const KEPT = { record: 120_000, component: 20_000, most: 2e9 }
/** Records of a scenario. With fewer than the least, groups are too few to tell how they differ. */
const RECORDS = { most: 500, least: 30 }

type Components = Pick<Scenario, 'components'>

const recordSizeOf = ({ components }: Components): number => KEPT.record + KEPT.component * components.length

/** Records that are kept of a scenario: where its replications are more, several make one. */
export function mostRecordsOf(scenario: Components): number {
  const fitting = Math.floor(KEPT.most / recordSizeOf(scenario))
  return Math.min(RECORDS.most, Math.max(RECORDS.least, fitting))
}

/** Notes what would take for ever to run, or more memory than there is: mostly a slip of some zeros. */
export function checkSize(
  document: Document,
  scenario: Pick<Scenario, 'lasts' | 'warmup' | 'users' | 'faults' | 'components' | 'replications'>,
): void {
  const { lasts, users, faults, replications } = scenario
  // What is broken in itself was told.
  if (lasts === Number.POSITIVE_INFINITY) return
  const warmup = warmupOf(scenario)
  const span = warmup + lasts
  if (lasts > LONGEST) document.complain(['lasts'], 'expected at most 10,000y')
  else if (warmup > LONGEST) document.complain(['warmup'], 'expected at most 10,000y')
  if (warmup > MOST_WARMUP * lasts)
    document.complain(['warmup'], `is more than ${MOST_WARMUP} times as long as what is measured (lasts:)`)
  const { closed, mostCalls, mostPeriodic, periodic } = effortOf(scenario)
  for (const one of users) {
    const { requests, calls } = effortOf({ ...scenario, users: [one] })
    if (requests * Math.min(calls, MOST_CALLS) > MOST_EVENTS) {
      const many = `${requests.toExponential(0).replace('+', '')} requests in ${Math.round(span)} s`
      document.complain(
        ['users', one.name, 'arrive'],
        `${many} are too many to simulate one by one: a lower rate, or a shorter run (lasts:)`,
      )
    }
  }
  if (closed > MOST_CLOSED)
    document.complain(['users'], `closed users are ${closed} in all: expected at most ${MOST_CLOSED}`)
  if (mostCalls.calls > MOST_CALLS)
    document.complain(
      ['components', mostCalls.name],
      `one request makes ${mostCalls.calls.toExponential(0).replace('+', '')} calls from here on: expected at most ${MOST_CALLS}`,
    )
  if (periodic > MOST_EVENTS)
    document.complain(
      ['components', mostPeriodic!.name],
      `does something ${mostPeriodic!.perSecond.toPrecision(1)} times a second, whoever asks, for ${Math.round(span)} s: a longer interval, or a shorter run (lasts:)`,
    )
  const kept = Math.min(replications, mostRecordsOf(scenario))
  if (kept * recordSizeOf(scenario) > KEPT.most)
    document.complain(
      ['replications'],
      `${replications} are too many to keep: at most ${Math.floor(KEPT.most / recordSizeOf(scenario))} of so many components`,
    )
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
