import { hint } from '../options/nearest.js'
import { parseDuration, parseNumber, parseRate, parseShare, Unreadable } from '../options/units.js'
import type { Document } from './document.js'
import type { Expectation } from './scenario.js'

/** What `expect:` can be about, and how its bound is written. */
export const metrics: Readonly<Record<string, (text: string) => number>> = {
  availability: parseShare,
  qps: parseRate,
  latency_mean: parseDuration,
  latency_p50: parseDuration,
  latency_p90: parseDuration,
  latency_p95: parseDuration,
  latency_p99: parseDuration,
  latency_p999: parseDuration,
  failed: parseNumber,
}

/** Reads `expect:`; what does not fit is noted in the document. */
export function expectations(document: Document, given: Record<string, unknown>): Expectation[] {
  return Object.entries(given).flatMap(([metric, condition]): Expectation[] => {
    const read = metrics[metric]
    const at = ['expect', metric]
    if (read === undefined) {
      document.complain(at, `there is no metric "${metric}"${hint(metric, Object.keys(metrics))}`)
      return []
    }
    const match = /^\s*(>=|<=|>|<)\s*(.+?)\s*$/.exec(String(condition))
    if (match === null) {
      document.complain(at, `expected a condition such as ">= 99.9%" or "<= 500ms", not "${condition}"`)
      return []
    }
    try {
      const relation = match[1] as Expectation['relation']
      return [{ metric, relation, bound: read(match[2]!), text: `${metric} ${match[1]} ${match[2]}` }]
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error
      document.complain(at, `expected ${error.message}`)
      return []
    }
  })
}
