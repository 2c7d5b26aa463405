import type { Bottleneck, FullPlace, Overloaded, Result } from '../../sim/experiments/result.js'
import type { Scenario } from '../../sim/scenario/scenario.js'
import { counted, digits, moment } from './numbers.js'

/** From this use on it is what limits. */
export const FULL = 0.95
/** From this use on it is near its end: below it nothing is a bottleneck. */
export const NEAR = 0.7

/**
 * A few sentences: what limits this scenario, how near it is, what comes after it, and what refuses.
 * @param short without what the first line of a report has said already
 */
export function limits(result: Result, scenario: Scenario, short = false): string {
  const sentences: string[] = []
  const { overloaded, bottleneck } = result
  if (overloaded && !short) sentences.push(overload(overloaded, result, scenario))
  if (bottleneck) {
    const isTold = overloaded?.component === bottleneck.name && overloaded.place === bottleneck.place
    if (!isTold) sentences.push(limit(bottleneck, result, scenario))
    const { next, utilization } = bottleneck
    if (utilization >= NEAR && next !== undefined && next.full_at_per_s !== null)
      sentences.push(`After that it would be ${whereOf(next, result, scenario)}: ${used(next)}.`)
  }
  const refusing = Object.entries(result.components).filter(([, c]) => c.refused > 0)
  if (refusing.length > 0) {
    const { replications, requests } = result
    const times = ({ refused }: { refused: number }) => counted(refused / replications)
    // Of one request that failed there can be several: the SYN is sent again, the caller tries again.
    const again = refusing.some(([, c]) => c.refused > requests.failed)
    sentences.push(
      `Refused: ${refusing.map(([name, c]) => `${name} ${times(c)} times`).join(', ')}${replications > 1 ? ' a run' : ''}${again ? ', each try counted' : ''}.`,
    )
  }
  return sentences.join(' ')
}

/** What cannot keep up, by how much, and where what is too much stays. */
export function overload(overloaded: Overloaded, result: Result, scenario: Scenario): string {
  const { component: name, type, place, capacity_per_s, offered_per_s, growth_per_s, lag_growth } = overloaded
  const where = whereOf({ name, type, place }, result, scenario)
  if (lag_growth !== undefined)
    return `Overloaded: ${where} cannot keep up: its lag grows by ${digits(lag_growth)} s a second, and has no mean.`
  // Only visitors are counted there, and the capacity is what is left for them.
  const attacks = Object.values(result.users).reduce((n, u) => (u.malicious ? n + u.requests.offered : n), 0)
  if (attacks > 0) {
    const rate = attacks / result.replications / result.simulated_s
    return `Overloaded: ${where} cannot keep up with the ${digits(rate)} requests/s that attackers send besides the ${digits(offered_per_s)} of visitors.`
  }
  const times = offered_per_s / capacity_per_s
  const much = times >= 1.05 ? `, ${digits(times)} times what it can do` : ''
  const { ok, offered } = result.requests
  // What it does for visitors who give up is done for nothing.
  const less = ok < 0.95 * offered * (capacity_per_s / offered_per_s)
  // It could do as much: then it is not what comes that is too much.
  if (growth_per_s === 0 && much === '' && less)
    return `Overloaded: ${where} cannot keep up: it works for those who have given up, and of ${digits(offered_per_s)} requests/s ${digits((offered_per_s * ok) / offered)} are answered.`
  const rest =
    growth_per_s > 0
      ? `the backlog grows by ${digits(growth_per_s)} requests/s`
      : less
        ? 'fewer than that are answered'
        : 'the rest fails'
  return `Overloaded: ${where} cannot keep up: it carries about ${digits(capacity_per_s)} of ${digits(offered_per_s)} requests/s${much}; ${rest}.`
}

function limit(bottleneck: Bottleneck, result: Result, scenario: Scenario): string {
  const where = whereOf(bottleneck, result, scenario)
  const { full, utilization } = bottleneck
  if (full && utilization < FULL && !isHarmed(result))
    return `For a while ${where} was full: for ${digits(full.seconds)} s, from ${moment(full.from_s)} s to ${moment(full.to_s)} s; ${percent(utilization)} used on the whole.`
  if (full && utilization < FULL)
    return `The limit is ${where}: full for ${digits(full.seconds)} s, from ${moment(full.from_s)} s to ${moment(full.to_s)} s; ${percent(utilization)} used on the whole.`
  const which =
    utilization >= FULL
      ? 'The limit is'
      : utilization >= NEAR
        ? 'The first limit would be'
        : 'The next limit would be'
  return `${which} ${where}: ${used(bottleneck)}.`
}

/** Whether more than an accident was lost or late: else what was full held up nobody to speak of. */
const isHarmed = ({ good, requests }: Result): boolean =>
  (good.value ?? requests.ok / requests.offered) < 0.999

function used({ utilization, full_at_per_s }: FullPlace): string {
  const full = full_at_per_s === null ? '' : `, so full at about ${digits(full_at_per_s)} requests/s`
  return `${percent(utilization)} used${full}`
}

const percent = (share: number): string =>
  share > 0 && share < 0.005 ? `${digits(share * 100)}%` : `${Math.round(share * 100)}%`

type Named = Pick<FullPlace, 'name' | 'type' | 'place'>

/**
 * `the CPU of web (app, db)`, `the workers of app (app)`, `the slots of server a at h (haproxy)`, `the line of
 * visitors -> nginx (bandwidth)`.
 */
export function whereOf({ name, type, place }: Named, { components }: Result, scenario?: Scenario): string {
  if (isLine({ type, place })) return `the ${place} of ${name} (bandwidth)`
  if (type === 'host') return `the ${place} of ${name}${scenario ? carried(scenario, name) : ''}`
  return `the ${place} ${atOrOf(place)} ${name} (${components[name]!.kind})`
}

/** The same in few words, for a column or a mark in a chart: `the CPU of web`, `h: slots of server a`. */
export const shortly = ({ name, type, place }: Named): string => {
  // The option that sets it stands in brackets, which the long form has.
  const what = place.replace(/ \([^()]*\)$/, '')
  return type === 'component' ? `${name}: ${what}` : `${what} of ${name}`
}

const isLine = ({ type, place }: Pick<Named, 'type' | 'place'>): boolean =>
  type === 'wire' || (type === 'host' && place === 'network interface')

/** Of a box that is full by its own work more need not be said. */
const OWN = /^(workers|servers|threads)\b/

/** What cannot keep up, in few words: `q`, `the ports towards app of nginx`, `the CPU of web`. */
export const whoOf = ({ component, type, place }: Overloaded): string =>
  type === 'component' && OWN.test(place) ? component : `the ${place} ${atOrOf(place)} ${component}`

/** `the slots of server a at h`, `the workers of app`. */
const atOrOf = (place: string): string => (/ (of|to) /.test(place) ? 'at' : 'of')

function carried(scenario: Scenario, host: string): string {
  const names = scenario.components.filter((c) => c.host === host).map((c) => c.name)
  return names.length > 0 ? ` (${names.reverse().join(', ')})` : ''
}
