import type {
  Capacity,
  CapacityReport,
  CapacityWithout,
  Limit,
  Step,
} from '../../sim/experiments/capacity/answer.js'
import { counting, listed } from '../../sim/options/spell.js'
import type { Estimate } from '../../sim/stats/estimate.js'
import { shortly } from './limits.js'
import { digits, digitsOfError, halfWidth, whole } from './numbers.js'
import { measured } from './objectives.js'

type Known = Pick<Capacity, 'qps'>

/** `812/s ±0.9%`; without a value what is known: `more than 800/s`. */
export function rate({ qps }: Known): string {
  const { value, low, high } = qps
  if (value === 0) return 'nothing'
  if (value !== null) {
    const half = halfWidth(qps)
    return `${perSecond(value)}${half === null ? '' : ` ±${digitsOfError((100 * half) / value)}%`}`
  }
  if (low !== null && high !== null) return `between ${perSecond(low)} and ${perSecond(high)}`
  return low === null || low === 0 ? 'nobody knows how much' : `${perSecond(low)} or more`
}

/** The same for a column. */
export function rateCell(qps: Estimate): string {
  const { value, low, high } = qps
  if (value === 0) return '0'
  if (value !== null) return rate({ qps })
  return low === null ? '–' : high === null ? `> ${perSecond(low)}` : `${digits(low)} to ${perSecond(high)}`
}

/** Four digits from 1,000 on: an answer that is known to a percent has them. */
export const perSecond = (x: number): string => `${Math.abs(x) >= 999.5 ? whole(x) : digits(x)}/s`

export const limitShortly = ({ part, type, place }: Limit): string => shortly({ name: part, type, place })

/** The same in a sentence: `the CPU of web`, `the applier of mysql-2`. */
export const limitWords = ({ part, place }: Limit): string => `the ${bareOf(place)} of ${part}`
const bareOf = (place: string): string => place.replace(/ \([^()]*\)$/, '')

/** Where the scenario has no objectives of its own. */
export const USUAL =
  'The file has no objectives that a rate can keep (expect:, or --slo): these two are the usual ones.'

/** The rate at which an objective breaks: also of one that is broken at the lowest, and of one that never is. */
export const breakCell = (qps: Estimate): string =>
  qps.value === 0
    ? 'broken at every rate'
    : qps.value === null && qps.low !== null
      ? `not up to ${perSecond(qps.low)}`
      : rateCell(qps)

/** A column of the table that has several scenarios beside one another. */
interface Column {
  readonly head: string
  /** It has words, not numbers. */
  readonly words?: boolean
  cell(one: Capacity, place: number): string
}

/** Of hosts that were lost, and of money, only where some scenario has them. */
export function besideColumns(capacities: readonly Capacity[], names: readonly string[]): Column[] {
  const priced = capacities.some(({ cost }) => cost !== undefined)
  const bereft = capacities.some(({ without }) => without !== undefined)
  const told = (value: number | null | undefined, say: (x: number) => string) =>
    value == null ? '–' : say(value)
  const loss: Column[] = [
    { head: 'worst loss', words: true, cell: (one) => worstOf(one)?.part ?? '–' },
    { head: 'then', cell: (one) => (worstOf(one) === null ? '–' : rateCell(worstOf(one)!.qps)) },
  ]
  const money: Column[] = [
    { head: 'cost', cell: ({ cost }) => told(cost?.month, digits) },
    { head: 'per cost', cell: ({ cost }) => told(cost?.qps_per_cost, digits) },
  ]
  return [
    { head: '', words: true, cell: (_, place) => names[place]! },
    { head: 'carries', cell: ({ qps }) => rateCell(qps) },
    { head: 'breaks first', words: true, cell: ({ binding }) => binding ?? '–' },
    {
      head: 'first limit',
      words: true,
      cell: ({ bottleneck }) => (bottleneck === null ? '–' : limitShortly(bottleneck)),
    },
    ...(bereft ? loss : []),
    { head: 'hosts', cell: ({ hosts }) => (hosts > 0 ? String(hosts) : '–') },
    { head: 'per host', cell: (one) => told(perHost(one), perSecond) },
    ...(priced ? money : []),
  ]
}

/** What each host carries; null where nobody knows. */
export const perHost = ({ qps, hosts }: Pick<Capacity, 'qps' | 'hosts'>): number | null =>
  qps.value === null || hosts === 0 ? null : qps.value / hosts

/** The part without which least is left. */
export function worstOf({ without = [] }: Capacity): CapacityWithout | null {
  return without.reduce<CapacityWithout | null>(
    (worst, one) =>
      one.qps.value !== null && (worst === null || one.qps.value < worst.qps.value!) ? one : worst,
    null,
  )
}

export const cutWords = ({ capacities, interrupted }: CapacityReport): string => {
  const whole = capacities.filter((one) => !one.interrupted).length
  return `Interrupted: ${whole} of ${interrupted!.planned} capacities are finished.`
}

/** How much it carries, what it keeps, what breaks first, and what is left without a part: the answer, in a sentence. */
export function capacityLine(capacity: Capacity): string {
  const { scenario, interrupted } = capacity
  const found = interrupted ? soFar(capacity) : carries(capacity)
  return `${scenario} ${[found, ...without(capacity)].join('; ')}.`
}

function soFar(capacity: Capacity): string {
  if (capacity.qps.value !== null) return `${carries(capacity)} (interrupted before all else was known)`
  const { low, high } = capacity.qps
  const ends = [
    low !== null && low > 0 ? `at least ${perSecond(low)}` : '',
    high !== null ? `less than ${perSecond(high)}` : '',
  ].filter((end) => end !== '')
  return `was interrupted: ${ends.length > 0 ? `it carries ${ends.join(' and ')}` : 'nothing is known so far'}`
}

function carries(capacity: Capacity): string {
  const { qps, objectives, binding, points, bottleneck } = capacity
  const kept = `with ${listed(objectives)}`
  if (qps.value === 0) return `carries nothing ${kept}: ${brokenAlready(capacity)}${besideClosed(capacity)}`
  if (qps.value === null) {
    const most = points.at(-1)
    const full = most?.overloaded
    return qps.low === null || binding !== null || qps.low === 0
      ? `cannot be told what it carries ${kept}: there was nothing to judge`
      : `carries ${perSecond(qps.low)} or more ${kept}: none of these breaks at any rate that was tried${full ? `, though ${full.component} cannot keep up with the highest` : ''}`
  }
  const used =
    bottleneck === null
      ? ''
      : `, while ${limitWords(bottleneck)} ${bareOf(bottleneck.place).endsWith('s') ? 'are' : 'is'} ${share(bottleneck.utilization)} used`
  return `carries ${rate(capacity)} ${kept}; the first to break is ${binding}${used}`
}

/** Who is there at any rate breaks what is broken at the lowest: that says nothing of what is scaled. */
function besideClosed({ closed, points }: Capacity): string {
  if (closed === undefined || closed.qps === 0 || points[0]?.availability.value === 0) return ''
  const { users, qps } = closed
  return `, where ${listed(users)} ask${users.length === 1 ? 's' : ''} ${perSecond(qps)}: closed users are there at any rate of the open ones, and this does not tell what these could be without them`
}

/** What is broken at the lowest rate, and what it is there. */
function brokenAlready({ binding, points }: Capacity): string {
  const [lowest] = points
  if (lowest?.availability.value === 0) return `nobody is answered, at ${perSecond(lowest.qps)} already`
  const found = lowest?.objectives.find(({ metric }) => metric === binding)
  const value = found === undefined ? '' : measured(found.value, found.unit)
  const is = value === '' ? `${binding} is broken` : `${binding} is ${value}`
  return lowest === undefined ? `${is} at every rate` : `${is} at ${perSecond(lowest.qps)} already`
}

const share = (used: number): string => `${Math.round(used * 100)}%`

/** Parts that are told one by one. */
const MOST_PARTS = 3
/** Of the whole: who carries as much has lost nothing to speak of. */
const ALL = 0.97

/** What is left when a part is lost: of which nothing, of which less, of which as much as before. */
function without({ without: all = [], qps }: Capacity): string[] {
  const whole = qps.value
  if (all.length === 0 || whole === null || whole === 0) return []
  const nothing = all.filter((one) => one.qps.value === 0).map(({ part }) => part)
  const less = all
    .filter((one) => one.qps.value !== null && one.qps.value > 0 && one.qps.value < ALL * whole)
    .sort((a, b) => a.qps.value! - b.qps.value!)
  const same = all
    .filter((one) => one.qps.value !== null && one.qps.value >= ALL * whole)
    .map(({ part }) => part)
  const parts: string[] = []
  if (nothing.length > 0) parts.push(`without ${listed(some(nothing), 'or')} it carries nothing`)
  if (less.length > 0) {
    const told = less.slice(0, MOST_PARTS).map((one) => `without ${one.part} ${rate(one)}`)
    parts.push(
      `${listed(told)}${less.length > MOST_PARTS ? `, more without each of ${less.length - MOST_PARTS} others` : ''}`,
    )
  }
  if (same.length > 0)
    parts.push(`without ${listed(some(same), 'or')} as much as with ${same.length === 1 ? 'it' : 'them'}`)
  return parts
}

const some = (names: readonly string[]): string[] =>
  names.length <= MOST_PARTS + 1
    ? [...names]
    : [...names.slice(0, MOST_PARTS), `any of ${names.length - MOST_PARTS} others`]

/** What is full first and next, and by what law. Where there is no capacity, at which rate that was seen. */
export function limitsLine({ qps, bottleneck, next, limits_at_qps, bound_qps }: Capacity): string | null {
  if (bottleneck === null) return null
  const at = qps.value ? 'the capacity' : perSecond(limits_at_qps)
  const full = ({ full_at_per_s: at }: Limit) => (at === null ? '' : `, full at about ${perSecond(at)}`)
  const first = `The first limit is ${limitWords(bottleneck)}: ${share(bottleneck.utilization)} used at ${at}${bound_qps === null ? '' : `, full at about ${perSecond(bound_qps)}, and more cannot be answered for long`}.`
  return next === null
    ? first
    : `${first} The next is ${limitWords(next)}: ${share(next.utilization)} used${full(next)}.`
}

/** What of the whole is left without a part. */
export function leftOf({ qps }: CapacityWithout, whole: Estimate): string {
  return qps.value === null || !whole.value ? '–' : share(qps.value / whole.value)
}

/** Why there is nothing left without a part. */
export const whyNothing = ({ at_lowest: at }: CapacityWithout): string =>
  at === undefined ? '' : `${at.metric} ${measured(at.value, at.unit)} at any rate`

/** What a file costs, and what that carries. */
export function costLine({ cost, hosts, qps }: Capacity): string | null {
  if (cost === undefined) return null
  const unknown =
    cost.unknown.length > 0
      ? ` (without ${listed(cost.unknown)}, which ${cost.unknown.length === 1 ? 'says' : 'say'} no cost)`
      : ''
  const each = cost.qps_per_cost === null ? '' : `: ${digits(cost.qps_per_cost)}/s for each unit of money`
  const oneHost = perHost({ qps, hosts })
  const server =
    oneHost !== null
      ? `, ${perSecond(oneHost)} for each of ${hosts === 1 ? 'its 1 host' : `its ${hosts} hosts`}`
      : ''
  return `It costs ${money(cost.month)} a month${unknown}${each}${server}.`
}

/** What the next unit of money buys. */
export function stepLine({ from, to, cost, qps, qps_per_cost }: Step): string {
  const more = cost === 0 ? 'costs as much' : `costs ${money(cost)} a month more`
  if (qps.value === null) return `${to} ${more} than ${from}; what that buys is not known.`
  const sure = qps.low !== null && qps.high !== null && (qps.low > 0 || qps.high < 0)
  const buys =
    qps.value >= 0 ? `carries ${perSecond(qps.value)} more` : `carries ${perSecond(-qps.value)} less`
  const each = qps_per_cost === null ? '' : `: ${digits(qps_per_cost)}/s for each further unit of money`
  return `${to} ${more} than ${from} and ${buys}${sure ? '' : ', which may be chance'}${each}.`
}

const money = (amount: number): string => amount.toLocaleString('en-US', { maximumFractionDigits: 2 })

/** How it was found out. */
export function howLine({ points, within, without, seed, interrupted }: Capacity): string {
  const replications = Math.max(0, ...points.map((one) => one.replications))
  const known =
    within.reached === null || within.reached === 0
      ? ''
      : ` The 95% interval is ±${digitsOfError(within.reached * 100)}% wide; ${percentOf(within.wanted)} was asked for.`
  const lost =
    without?.[0] === undefined
      ? ''
      : ` Without a part it is known to ±${percentOf(without[0].within.wanted)} or so.`
  const cut = interrupted ? ' Interrupted: what is missing is not there.' : ''
  return `Tried: ${counting(points.length, 'rate')}, ${replications} replications at most, seed ${seed}, the same visitors at each, closer together.${known}${lost}${cut}`
}

const percentOf = (x: number): string => `${+(x * 100).toPrecision(3)}%`
