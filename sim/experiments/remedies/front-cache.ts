import { ClassNames } from '../../options/types.js'
import { asWritten, rewritten } from '../../scenario/variant.js'
import { nextTo } from './copies.js'
import type { Remedy } from './remedy.js'
import { servingOf } from './serving.js'

/** The share of what is asked for that a cache has, where nobody measured it: an assumption. */
const ASSUMED_HITS = 0.5

/** Cache: in front of all, for what does not write. */
export const frontCache: Remedy = ({ scenario }) => {
  const serving = servingOf(scenario)
  const kept = scenario.components.find(({ name, kind }) => serving.includes(name) && kind.kind === 'cache')
  if (kept !== undefined) return { because: `there is one: ${kept.name}` }
  const entries = [...new Set(scenario.users.filter(({ malicious }) => !malicious).map(({ to }) => to))]
  if (entries.length !== 1)
    return {
      because: `visitors come in at several boxes (${entries.join(', ')}), and one cache stands before one`,
    }
  const [entry] = entries as [string]
  const { users, components } = asWritten(scenario)
  const taken = new Set([...Object.keys(components), ...Object.keys(users)])
  const cache = taken.has('front-cache') ? nextTo('front-cache', taken) : 'front-cache'
  const said = scenario.components.flatMap(({ options }) => namesOf(options.writes))
  const writes = said.length > 0 ? said : ['write']
  return {
    says: `a cache in front (${cache}), on a machine of its own, that has ${ASSUMED_HITS * 100}% of what is asked for and not written (an assumption)`,
    scenario: rewritten(scenario, {
      users: Object.fromEntries(
        Object.entries(users).map(([name, one]) => [name, one?.to === entry ? { ...one, to: cache } : one]),
      ),
      components: {
        ...components,
        [cache]: {
          kind: 'cache',
          origin: entry,
          hit_ratio: ASSUMED_HITS,
          threads: 4,
          uncached: scenario.classes.filter((one) => writes.includes(one)),
        },
      },
    }),
  }
}

const namesOf = (writes: unknown): readonly string[] => (writes instanceof ClassNames ? writes.names : [])
