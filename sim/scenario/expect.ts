import { hint } from '../options/nearest.js'
import { parseDuration, parseNumber, parseRate, parseShare, Unreadable } from '../options/units.js'
import { type BoundUnit, measureOf, UNITS } from '../parts/count.js'
import { countsOf, neighbourOf } from '../parts/kind.js'
import type { Document, Path } from './document.js'
import type { Expectation, Scenario } from './scenario.js'

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

const GROUPS = ['classes', 'users', 'components', 'hosts'] as const

/** What expectations can speak about: the scenario as far as it is known. */
type Known = Omit<Scenario, 'expect' | 'expectIdle' | 'source' | 'lasts' | 'lastsFor'>

/** Reads `expect:`; what does not fit is noted in the document. */
export function expectations(
  document: Document,
  given: Record<string, unknown>,
  scenario: Known,
): Pick<Scenario, 'expect' | 'expectIdle'> {
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
  const expect = all.flatMap(({ at, condition }): Expectation[] => {
    if (idle(at)) return []
    const path: Path = ['expect', ...at]
    const metric = at.join('.')
    const found = find(metric, scenario, broken, complain(path))
    const match = /^\s*(>=|<=|>|<)\s*(.+?)\s*$/.exec(String(condition))
    if (match === null) {
      document.complain(path, `expected a condition such as ">= 99.9%" or "<= 500ms", not "${condition}"`)
    }
    if (found === null || match === null) return []
    try {
      const relation = match[1] as Expectation['relation']
      const bound = READ[found.unit](match[2]!)
      return [{ metric, ...found, relation, bound, text: `${metric} ${match[1]} ${match[2]}` }]
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error
      document.complain(path, `expected ${error.message}`)
      return []
    }
  })
  return { expect, expectIdle: all.filter(({ at }) => idle(at)).map(({ at }) => at.join('.')) }
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
    const known = first < 0 ? [...Object.keys(METRICS.all), ...GROUPS] : GROUPS
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
function ownCounts(name: string, { components }: Known): Readonly<Record<string, OwnCount>> {
  const all = components.map(neighbourOf)
  const place = components.findIndex((spec) => spec.name === name)
  if (place < 0) return {}
  const counts = Object.entries(countsOf(components[place]!.kind, all[place]!, all))
  return Object.fromEntries(
    counts.map(([count, { unit }]) => [
      measureOf(count, { unit }),
      { unit: UNITS[unit].bound, count: { name: count, factor: UNITS[unit].factor } },
    ]),
  )
}

type OwnCount = Required<Pick<Expectation, 'unit' | 'count'>>
