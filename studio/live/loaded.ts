import { drawn } from '../../reports/drawing/drawing.js'
import { bare, type View } from '../../reports/drawing/view.js'
import { outcomeNames } from '../../sim/parts/outcome.js'
import { type Scenario, warmupOf } from '../../sim/scenario/scenario.js'
import type { Loaded } from '../messages.js'

/** Bars and rates are there, to be renewed: nothing has been used so far. */
const unused: View = { ...bare, used: () => 0, throughput: () => 0 }

/** What the page has to know of a scenario before the first frame. */
export function loadedOf(id: number, scenario: Scenario): Loaded {
  const { svg, width, height, places, arrows } = drawn(scenario, unused)
  const kinds = new Map(scenario.components.map(({ name, kind }) => [name, kind.kind]))
  return {
    type: 'loaded',
    id,
    name: scenario.name,
    seed: scenario.seed,
    preface: scenario.preface,
    lasts: scenario.lasts,
    warmup: warmupOf(scenario),
    replications: scenario.replications,
    outcomes: outcomeNames,
    users: scenario.users.map(({ name, arrive }) => ({ name, open: 'open' in arrive })),
    drawing: String(svg),
    width,
    height,
    places: places.map((place) => ({ ...place, kind: kinds.get(place.name) ?? '' })),
    arrows,
    planned: scenario.faults.flatMap(({ kind, targets, timed }) =>
      timed === null
        ? []
        : targets.map((target) => ({ kind: kind.kind, target, at: timed.at, lasts: timed.lasts })),
    ),
    unsaid: unsaidIn(scenario),
  }
}

/**
 * What the text leaves open, and would be something else with a fault in it: a drill has no warm-up and lasts longer.
 * Written beside the first fault, it stays what it was.
 */
function unsaidIn({ warmup, lastsFor, lasts, ...timing }: Scenario): Loaded['unsaid'] {
  return [
    ...(lastsFor === null ? [] : [{ option: 'lasts' as const, value: `${lasts}s` }]),
    ...(warmup === 'auto'
      ? [{ option: 'warmup' as const, value: `${warmupOf({ ...timing, warmup, lasts })}s` }]
      : []),
  ]
}
