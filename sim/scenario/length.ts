import { type Expectation, requestsEach, type Scenario, type UsersSpec } from './scenario.js'

/** Requests that must lie beyond a percentile in each replication for it to be told. */
const BEYOND = 100
/** Requests more than that: chance, and those that fail. */
const SPARE = 1.2
/** Seconds. */
const SHORTEST = 60
/** Seconds that a run has at most where `lasts:` says nothing. */
export const LONGEST = 3600
const NEAT = [1, 2, 3, 5, 10, 15, 20, 30, 60].map((minutes) => minutes * 60)
/** After a fault, as long as it lasted, within these bounds: seconds. */
const ROOM = { least: 60, most: 600 }

type Asked = Pick<Scenario, 'users' | 'faults' | 'expect'>

/**
 * How long a scenario is measured that does not say so (`lasts:`): a minute, or what the percentiles in `expect:`, its
 * faults, or a recording need; an hour at most. `why` completes "5min, ".
 */
export function lengthOf(scenario: Asked): { seconds: number; why: string } {
  const needs = [
    { seconds: SHORTEST, why: 'the default' },
    ...scenario.users.flatMap(({ arrive, name }) =>
      'open' in arrive && arrive.open.recorded !== undefined
        ? [{ seconds: arrive.open.recorded.span, why: `as long as what is recorded of ${name}` }]
        : [],
    ),
    ...scenario.faults.flatMap(({ timed, says }) =>
      timed === null ? [] : [{ seconds: timed.at + spanOf(timed.lasts), why: `for the ${says}` }],
    ),
    ...scenario.expect.flatMap((expectation) => {
      const seconds = neededFor(expectation, scenario)
      return seconds === null
        ? []
        : [{ seconds: SPARE * seconds, why: `for ${expectation.metric} in expect:` }]
    }),
  ]
  const most = needs.reduce((a, b) => (b.seconds > a.seconds ? b : a))
  return { seconds: NEAT.find((neat) => neat >= most.seconds) ?? LONGEST, why: most.why }
}

function spanOf(lasts: number): number {
  if (lasts === Number.POSITIVE_INFINITY) return ROOM.least
  return lasts + Math.min(ROOM.most, Math.max(ROOM.least, lasts))
}

/**
 * Seconds until a replication can tell the percentile that `expectation` is about, at the plain rates of the users;
 * null if it is about none, or nobody knows how often they ask.
 */
export function neededFor({ of, measure }: Expectation, { users }: Pick<Scenario, 'users'>): number | null {
  const percentile = /^(latency|page)_p(\d+)$/.exec(measure)
  if (percentile === null) return null
  const each = percentile[1] === 'page' ? () => 1 : requestsEach
  const rate = users.reduce((sum, one) => sum + rateOf(one) * each(one) * shareIn(one, of), 0)
  if (!(rate > 0 && rate < Number.POSITIVE_INFINITY)) return null
  return BEYOND / (1 - Number(`0.${percentile[2]}`)) / rate
}

function shareIn({ name, mix, malicious }: UsersSpec, of: Expectation['of']): number {
  if (of?.group === 'users') return of.name === name ? 1 : 0
  if (malicious) return 0
  return of === null ? 1 : (mix.get(of.name) ?? 0)
}

/** How many come in a second; of closed users at most. */
const rateOf = ({ arrive }: UsersSpec): number =>
  'open' in arrive ? arrive.open.rate : arrive.users / arrive.think.mean

/** As a scenario would say it: `5min`, `90s`. */
export function spelled(seconds: number): string {
  for (const [unit, size] of [
    ['h', 3600],
    ['min', 60],
  ] as const)
    if (seconds >= size && seconds % size === 0) return `${seconds / size}${unit}`
  return `${+seconds.toPrecision(3)}s`
}
