import * as z from 'zod'
import { hint } from '../../options/nearest.js'
import { shown } from '../../options/shown.js'
import { text } from '../../options/texts.js'
import { parseDuration, parseRate, parseShare, Unreadable } from '../../options/units.js'

/** What a rule may be about: each is counted for itself. */
export const SIGNALS = [
  'up',
  'error_rate',
  'latency',
  'qps',
  'lag',
  'probe_success',
  'certificate_expiry',
  'disk_free',
] as const
export type Signal = (typeof SIGNALS)[number]

interface Measure {
  readonly signal: Signal
  readonly read: (text: string) => number
  /** Of latencies; null: the mean, or of none. */
  readonly quantile: number | null
}

const measure = (signal: Signal, read: Measure['read'], quantile: number | null = null): Measure => ({
  signal,
  read,
  quantile,
})

const MEASURES: Readonly<Record<string, Measure>> = {
  up: measure('up', Number),
  error_rate: measure('error_rate', parseShare),
  latency_mean: measure('latency', parseDuration),
  latency_p50: measure('latency', parseDuration, 0.5),
  latency_p90: measure('latency', parseDuration, 0.9),
  latency_p95: measure('latency', parseDuration, 0.95),
  latency_p99: measure('latency', parseDuration, 0.99),
  qps: measure('qps', parseRate),
  lag: measure('lag', parseDuration),
  probe_success: measure('probe_success', Number),
  certificate_expiry: measure('certificate_expiry', parseDuration),
  disk_free: measure('disk_free', parseShare),
}

/** Seconds: the longest bound of the histograms that `histogram_quantile` reads; it never says more. */
const LONGEST = 10

/** What a rule waits for: `error_rate > 5%`. */
export class Expression {
  constructor(
    readonly says: string,
    readonly signal: Signal,
    readonly quantile: number | null,
    private readonly operator: '>' | '<' | '==',
    /** Seconds, requests per second, or a share. */
    readonly bound: number,
  ) {}

  /** Whether it is about counters, of which rates are taken. */
  get isCounted(): boolean {
    return this.signal === 'error_rate' || this.signal === 'latency' || this.signal === 'qps'
  }

  /** Whether it is about what a probe from outside meets. */
  get isProbed(): boolean {
    return this.signal === 'probe_success' || this.signal === 'certificate_expiry'
  }

  /** Whether it holds of `value`; of none, NaN, nothing does. */
  holds(value: number): boolean {
    if (this.operator === '==') return value === this.bound
    return this.operator === '>' ? value > this.bound : value < this.bound
  }
}

/**
 * A comparison of one measure with a bound, as an `expr:` of Prometheus has it where a recording rule gives the measure.
 * @param longest seconds: no percentile is said to be more
 */
export const expression = (longest = LONGEST) =>
  text('expected a comparison, such as error_rate > 5%')
    .transform((given, ctx) => {
      try {
        return read(given.trim(), longest)
      } catch (error) {
        if (!(error instanceof Unreadable)) throw error
        ctx.addIssue({ code: 'custom', message: `expected ${error.message}` })
        return z.NEVER
      }
    })
    .meta({ type: 'comparison' })

function read(given: string, longest: number): Expression {
  const [, name, operator, bound] = /^(\w+)\s*(==|<=|>=|!=|<|>)\s*(\S.*)$/.exec(given) ?? []
  if (name === undefined)
    throw new Unreadable(`a comparison, such as up == 0 or error_rate > 5%, not ${shown(given)}`)
  if (!Object.hasOwn(MEASURES, name)) {
    const names = Object.keys(MEASURES)
    throw new Unreadable(
      `one of ${names.join(', ')} before ${operator}, not ${shown(name)}${hint(name, names)}`,
    )
  }
  const { signal, read, quantile } = MEASURES[name]!
  if (signal === 'up' || signal === 'probe_success') {
    if (operator !== '==' || Number(bound) !== 0) throw new Unreadable(`${signal} == 0, not ${shown(given)}`)
    return new Expression(given, signal, null, '==', 0)
  }
  if (operator !== '>' && operator !== '<') throw new Unreadable(`> or < after ${name}, not ${operator}`)
  if (signal === 'disk_free' && operator !== '<') throw new Unreadable(`< after ${name}, not ${operator}`)
  const value = read(bound!)
  if (quantile !== null && operator === '>' && value >= longest)
    throw new Unreadable(`less than 10s after ${name}: no bucket of its histogram is longer`)
  return new Expression(given, signal, quantile, operator, value)
}
