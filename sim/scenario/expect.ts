import { Model } from '../model/model.js'
import { hint } from '../options/nearest.js'
import { parseDuration, parseNumber, parseRate, parseShare, Unreadable } from '../options/units.js'
import type { Document, Path } from './document.js'
import type { Expectation, Scenario } from './scenario.js'

type Unit = Expectation['unit']
type Metrics = Readonly<Record<string, Unit>>

const READ: Readonly<Record<Unit, (text: string) => number>> = {
  s: parseDuration,
  '/s': parseRate,
  share: parseShare,
  count: parseNumber,
}

const OF_REQUESTS: Metrics = {
  availability: 'share',
  qps: '/s',
  failed: 'count',
  latency_mean: 's',
  latency_p50: 's',
  latency_p90: 's',
  latency_p95: 's',
  latency_p99: 's',
  latency_p999: 's',
}

const OF_RECOVERY: Metrics = { rto: 's', rto_max: 's' }

/** What `expect:` can be about, and what its bound is in. `rto` and what follows needs a fault to recover from. */
export const METRICS = {
  all: { ...OF_REQUESTS, ...OF_RECOVERY, rpo: 's', lost_writes: 'count' },
  classes: { ...OF_REQUESTS, ...OF_RECOVERY },
  users: OF_REQUESTS,
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

/**
 * The metric that a component's own count is (`lag_ms`: `lag`, a duration), and the factor from there to the
 * metric's unit. The count's name tells: `_ms` and `_s`, `_qps` or `qps_`, `_share` and `_ratio`.
 */
export function metricOfExtra(name: string): { measure: string; unit: Unit; factor: number } {
  const time = /^(.+)_(ms|s)$/.exec(name)
  if (/_qps$|^qps_|_per_s$/.test(name)) return { measure: name, unit: '/s', factor: 1 }
  if (time !== null) return { measure: time[1]!, unit: 's', factor: time[2] === 'ms' ? 1e-3 : 1 }
  return { measure: name, unit: /_share$|_ratio$/.test(name) ? 'share' : 'count', factor: 1 }
}

/** What expectations can speak about: the scenario as far as it is known. */
type Known = Omit<Scenario, 'expect' | 'source'>

/** Reads `expect:`; what does not fit is noted in the document. */
export function expectations(
  document: Document,
  given: Record<string, unknown>,
  scenario: Known,
): Expectation[] {
  // A broken scenario cannot be built: what its components count by themselves is not known then.
  const broken = document.problems.length > 0
  const complain = (at: Path) => (message: string) => {
    document.complain(at, message)
    return null
  }
  return flat(given, []).flatMap(({ at, condition }): Expectation[] => {
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
): Pick<Expectation, 'of' | 'measure' | 'unit'> | null {
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
  const own = group === 'components' && !broken ? extras(name, scenario) : {}
  const metrics: Metrics = { ...METRICS[group], ...own }
  const unit = Object.hasOwn(metrics, measure) ? metrics[measure] : undefined
  if (unit === undefined) {
    if (group === 'components' && broken) return null
    return complain(`there is no metric "${measure}" in ${group}${hint(measure, Object.keys(metrics))}`)
  }
  if (group === 'classes' && !recovers(measure, scenario)) return complain(NOTHING_STRIKES)
  return { of: { group, name }, measure, unit }
}

const NOTHING_STRIKES = 'is about faults, and nothing strikes in this scenario (faults:)'

const recovers = (measure: string, { faults }: Known): boolean =>
  faults.length > 0 ||
  !(Object.hasOwn(OF_RECOVERY, measure) || measure === 'rpo' || measure === 'lost_writes')

function namesIn(group: (typeof GROUPS)[number], scenario: Known): readonly string[] {
  if (group === 'classes') return scenario.classes
  if (group === 'components') return scenario.order
  return scenario[group].map(({ name }) => name)
}

const example = (group: (typeof GROUPS)[number], names: readonly string[]): string =>
  `${group}.${names[0] ?? 'name'}.${Object.keys(METRICS[group])[0]}`

/** What a component counts by itself only the component knows. */
function extras(name: string, scenario: Known): Metrics {
  const model = new Model(
    { ...scenario, expect: [], source: { text: '', file: '', overrides: {}, files: {} } },
    0,
  )
  const counted = Object.keys(model.components.get(name)!.extra(0)).map(metricOfExtra)
  return Object.fromEntries(counted.map(({ measure, unit }) => [measure, unit]))
}
