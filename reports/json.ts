import type { CapacityReport } from '../sim/experiments/capacity/answer.js'
import type { Explanation } from '../sim/experiments/explain/explained.js'
import type { NinesResult } from '../sim/experiments/nines/nines-result.js'
import type { Report } from '../sim/experiments/result.js'
import type { Spofs } from '../sim/experiments/spof/spof-result.js'
import { whyOf } from './words/spof-why.js'

/*
 * The outside contract: version 1 of what each command finds out, as one JSON document.
 */

const document = (content: unknown): string => `${JSON.stringify(content, null, 2)}\n`

export const toJson = (report: Report): string => document(report)

export const capacityJson = (report: CapacityReport): string => document(report)

/** What `nines availability` finds out about scenarios. */
export interface Years {
  version: 1
  availabilities: readonly NinesResult[]
}

export const yearsJson = (years: Years): string => document(years)

export function spofJson(all: readonly Spofs[]): string {
  const spofs = all.map((one) => ({
    ...one,
    parts: one.parts.map((part) => ({
      ...part,
      why: whyOf(part, one),
      ways: part.ways.map((way) => ({ ...way, why: whyOf(way, one) })),
    })),
    pairs: one.pairs.map((pair) => ({ ...pair, why: whyOf(pair, one) })),
  }))
  return document({ version: 1, spofs })
}

export const explanationJson = (all: readonly Explanation[]): string =>
  document({ version: 1, explanations: all })
