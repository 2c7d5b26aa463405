import { hint } from '../options/nearest.js'
import { parseDuration, parseNumber, parseRate, parseShare, Unreadable } from '../options/units.js'
import { type BoundUnit, measureOf, UNITS } from '../parts/count.js'
import { countsOf, neighbourOf } from '../parts/kind.js'
import type { Document, Path } from './document.js'
import { comesAgain, type Demand, type Expectation, type Scenario } from './scenario.js'

type Metrics = Readonly<Record<string, BoundUnit>>

const READ: Readonly<Record<BoundUnit, (text: string) => number>> = {
  s: parseDuration,
  '/s': parseRate,
  share: parseShare,
  count: parseNumber,
}

const OF_REQUESTS: Metrics = {
  availability: 'share',
  good: 'share',
  qps: '/s',
  failed: 'count',
  latency_mean: 's',
  latency_p50: 's',
  latency_p90: 's',
  latency_p95: 's',
  latency_p99: 's',
  latency_p999: 's',
}

/** Of users who load pages: the share that was loaded, and how long that took. */
const OF_PAGES: Metrics = {
  page_complete: 'share',
  page_good: 'share',
  page_mean: 's',
  page_p50: 's',
  page_p90: 's',
  page_p95: 's',
  page_p99: 's',
  page_p999: 's',
}

const OF_RECOVERY: Metrics = { rto: 's', rto_max: 's' }

/** Of all classes together: for how long nobody was answered, and good answers were fewer than before. */
const OF_VISITORS: Metrics = { no_answer: 's', good_back: 's' }

/** What `expect:` can be about, and what its bound is in. `rto` and what follows needs a fault to recover from. */
export const METRICS = {
  all: { ...OF_REQUESTS, ...OF_RECOVERY, ...OF_VISITORS, rpo: 's', lost_writes: 'count' },
  classes: { ...OF_REQUESTS, ...OF_RECOVERY },
  users: { ...OF_REQUESTS, ...OF_PAGES },
  components: {
    utilization: 'share',
    queue: 'count',
    in_service: 'count',
    inside: 'count',
    throughput: '/s',
    wait: 's',
    refused: 'count',
  },
  hosts: { utilization: 'share' },
} as const satisfies Readonly<Record<string, Metrics>>

/** What `expect:` can demand beside what a run tells, what its bound is in, and the command that finds it out. */
export const DEMANDS = {
  capacity: { command: 'capacity', unit: '/s' },
  availability_year: { command: 'availability', unit: 'share' },
  spof: { command: 'spof', unit: 'count' },
} as const

const isDemand = (metric: string): metric is keyof typeof DEMANDS => Object.hasOwn(DEMANDS, metric)

export const GROUPS = ['classes', 'users', 'components', 'hosts'] as const

/** What expectations can speak about: the scenario as far as it is known. */
type Known = Omit<Scenario, 'expect' | 'expectIdle' | 'demands' | 'source' | 'lasts' | 'lastsFor'>

/** Reads `expect:`; what does not fit is noted in the document. */
export function expectations(
  document: Document,
  given: Record<string, unknown>,
  scenario: Known,
): Pick<Scenario, 'expect' | 'expectIdle' | 'demands'> {
  // What a component counts may depend on others: in a broken scenario it is not known.
  const broken = document.problems.length > 0
  const complain = (at: Path) => (message: string) => {
    document.complain(at, message)
    return null
  }
  // Whoever takes the faults away takes what is expected of the recovery from them.
  const idle =
    scenario.faults.length === 0 && document.has(['faults'])
      ? (at: readonly string[]) => isOfRecovery(at, scenario)
      : () => false
  const all = flat(given, [])
  const demands: Demand[] = []
  const expect = all.flatMap(({ at, condition }): Expectation[] => {
    if (idle(at)) return []
    const path: Path = ['expect', ...at]
    const metric = at.join('.')
    if (isDemand(metric)) {
      const demand = demandOf(metric, condition, complain(path))
      if (demand !== null) demands.push(demand)
      return []
    }
    const found = find(metric, scenario, broken, complain(path))
    const read = conditionOf(condition, found?.unit ?? null, complain(path))
    return found === null || read === null
      ? []
      : [{ metric, ...found, relation: read.relation, bound: read.bound, text: `${metric} ${read.text}` }]
  })
  return { expect, demands, expectIdle: all.filter(({ at }) => idle(at)).map(({ at }) => at.join('.')) }
}

type Condition = Pick<Expectation, 'relation' | 'bound' | 'text'>

/** @param unit of its bound; null where that is not known: then only its form is looked at */
function conditionOf(
  condition: unknown,
  unit: BoundUnit | null,
  complain: (message: string) => null,
): Condition | null {
  const match = /^\s*(>=|<=|>|<)\s*(.+?)\s*$/.exec(String(condition))
  if (match === null)
    return complain(`expected a condition such as ">= 99.9%" or "<= 500ms", not "${condition}"`)
  if (unit === null) return null
  const [relation, text] = [match[1] as Condition['relation'], match[2]!]
  try {
    return { relation, bound: READ[unit](text), text: `${relation} ${text}` }
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error
    return complain(`expected ${error.message}`)
  }
}

function demandOf(
  metric: Demand['metric'],
  condition: unknown,
  complain: (message: string) => null,
): Demand | null {
  const { command, unit } = DEMANDS[metric]
  if (metric === 'spof') {
    if (condition !== 'none')
      return complain(`expected none, not "${condition}": no single point of failure is left`)
    return { metric, command, relation: '<=', bound: 0, text: 'spof: none' }
  }
  const read = conditionOf(condition, unit, complain)
  if (read === null) return null
  if (!read.relation.startsWith('>'))
    return complain(`expected a least value, such as ">= ${unit === '/s' ? '300/s' : '99.95%'}"`)
  return { metric, command, ...read, text: `${metric} ${read.text}` }
}

/** Whether an objective is about faults alone: of all requests, or of a class that there is. */
function isOfRecovery(at: readonly string[], scenario: Known): boolean {
  const [measure, ...path] = at.join('.').split('.').reverse()
  const [group, ...name] = path.reverse()
  if (group === undefined) return Object.hasOwn(METRICS.all, measure!) && !recovers(measure!, scenario)
  return (
    group === 'classes' &&
    scenario.classes.includes(name.join('.')) &&
    Object.hasOwn(METRICS.classes, measure!) &&
    !recovers(measure!, scenario)
  )
}

/** `a.b: x` and `a: { b: x }` say the same; null takes back what was inherited. */
function flat(given: Record<string, unknown>, at: readonly string[]): { at: string[]; condition: unknown }[] {
  return Object.entries(given).flatMap(([key, value]) => {
    if (value === null) return []
    return typeof value === 'object' && !Array.isArray(value)
      ? flat(value as Record<string, unknown>, [...at, key])
      : [{ at: [...at, key], condition: value }]
  })
}

function find(
  metric: string,
  scenario: Known,
  broken: boolean,
  complain: (message: string) => null,
): Pick<Expectation, 'of' | 'measure' | 'unit' | 'count'> | null {
  const [first, last] = [metric.indexOf('.'), metric.lastIndexOf('.')]
  const head = first < 0 ? metric : metric.slice(0, first)
  const group = GROUPS.find((g) => g === head)
  if (group === undefined) {
    const known = first < 0 ? [...Object.keys(METRICS.all), ...Object.keys(DEMANDS), ...GROUPS] : GROUPS
    if (first >= 0 || !Object.hasOwn(METRICS.all, metric))
      return complain(`there is no metric "${head}"${hint(head, known)}`)
    if (!recovers(metric, scenario)) return complain(NOTHING_STRIKES)
    return { of: null, measure: metric, unit: METRICS.all[metric as keyof typeof METRICS.all] }
  }
  const names = namesIn(group, scenario)
  if (last <= first) return complain(`expected ${group}.<name>.<metric>, such as ${example(group, names)}`)
  const name = metric.slice(first + 1, last)
  const measure = metric.slice(last + 1)
  if (!names.includes(name)) return complain(`there is no "${name}" among the ${group}${hint(name, names)}`)
  const of = { group, name }
  const own = group === 'components' ? ownCounts(name, scenario) : {}
  if (Object.hasOwn(own, measure)) return { of, measure, ...own[measure]! }
  const metrics: Metrics = METRICS[group]
  if (!Object.hasOwn(metrics, measure)) {
    if (group === 'components' && broken) return null
    const known = [...Object.keys(metrics), ...Object.keys(own)]
    return complain(`there is no metric "${measure}" in ${group}${hint(measure, known)}`)
  }
  if (group === 'classes' && !recovers(measure, scenario)) return complain(NOTHING_STRIKES)
  if (Object.hasOwn(OF_PAGES, measure) && !scenario.users.some((one) => one.name === name && one.page))
    return complain(`is about pages, and ${name} load none (page:)`)
  return { of, measure, unit: metrics[measure]! }
}

const NOTHING_STRIKES = 'is about faults, and nothing strikes in this scenario (faults:)'

const recovers = (measure: string, { faults }: Known): boolean =>
  faults.length > 0 ||
  !(
    Object.hasOwn(OF_RECOVERY, measure) ||
    Object.hasOwn(OF_VISITORS, measure) ||
    measure === 'rpo' ||
    measure === 'lost_writes'
  )

function namesIn(group: (typeof GROUPS)[number], scenario: Known): readonly string[] {
  if (group === 'classes') return scenario.classes
  if (group === 'components') return scenario.order
  return scenario[group].map(({ name }) => name)
}

const example = (group: (typeof GROUPS)[number], names: readonly string[]): string =>
  `${group}.${names[0] ?? 'name'}.${Object.keys(METRICS[group])[0]}`

/** What a component counts beyond what all do, by the name that it has here. */
function ownCounts(name: string, { components, users }: Known): Readonly<Record<string, OwnCount>> {
  const all = components.map(neighbourOf)
  const place = components.findIndex((spec) => spec.name === name)
  if (place < 0) return {}
  const again = users.some(comesAgain)
  const counts = Object.entries(countsOf(components[place]!.kind, all[place]!, all, again))
  return Object.fromEntries(
    counts.map(([count, { unit }]) => [
      measureOf(count, { unit }),
      { unit: UNITS[unit].bound, count: { name: count, factor: UNITS[unit].factor } },
    ]),
  )
}

type OwnCount = Required<Pick<Expectation, 'unit' | 'count'>>
