import type { Report } from '../sim/experiments/result.js'

/** One JSON document, the outside contract of results. */
export function toJson(report: Report): string {
  return `${JSON.stringify(report, null, 2)}\n`
}
