import type { Files } from '../options/files.js'
import { parseLaw } from '../options/law.js'
import type { AssumedLife } from '../parts/kind.js'
import type { Distribution } from '../random/distribution.js'
import type { FaultSpec, Scenario } from '../scenario/scenario.js'
import type { Part } from './structure.js'

/** How often a part fails, and how long it is away. */
export interface Life {
  readonly part: string
  readonly what: Part['what']
  /** Time from repair to the next failure, and to repair: seconds. */
  readonly mtbf: Distribution
  readonly mttr: Distribution
  /** Nobody said so: where it is from. Null where the scenario says it. */
  readonly assumed: string | null
}

/** What is assumed of parts of which a scenario says nothing. Means are what decides; the laws are the plainest. */
export const ASSUMED = {
  host: {
    mtbf: 'exponential(120d)',
    mttr: 'exponential(1h)',
    source:
      'assumed: a machine is lost about every four months (Ford et al., Availability in Globally Distributed Storage Systems, OSDI 2010: nodes, with reboots), for an hour in the mean (Schroeder & Gibson, DSN 2006: from less than an hour to more than a day)',
  },
  process: {
    mtbf: 'exponential(180d)',
    mttr: 'exponential(5min)',
    source:
      'assumed: a process that is started again dies twice a year, and is there again after five minutes',
  },
} as const satisfies Record<string, AssumedLife>

/**
 * The lives of all parts that fail: of hosts and components as the scenario's random crashes say (`mtbf:`, `mttr:`),
 * else as is assumed; of zones where it says so. Several such faults of one part are several lives. Wires are not
 * taken to fail, and a part with a timed fault fails beside that as any other.
 */
export function livesOf({ hosts, components, order, faults }: Scenario): Life[] {
  const said = faults.flatMap((fault) => (takesAway(fault) ? livesIn(fault) : []))
  const known = (part: string, what: Part['what'], otherwise: AssumedLife | null): Life[] => {
    const own = said.filter(({ target }) => target === part)
    if (own.length > 0) return own.map(({ mtbf, mttr }) => ({ part, what, mtbf, mttr, assumed: null }))
    return otherwise === null ? [] : [assumedLife(part, what, otherwise)]
  }
  const zones = [...new Set(hosts.flatMap(({ zone }) => (zone === null ? [] : [zone])))]
  return [
    ...zones.flatMap((name) => known(name, 'zone', null)),
    ...hosts.flatMap(({ name }) => known(name, 'host', ASSUMED.host)),
    ...order.flatMap((name) => {
      const { dies = ASSUMED.process } = components.find((one) => one.name === name)!.kind
      return known(name, 'component', dies)
    }),
  ]
}

const takesAway = ({ kind, random }: FaultSpec): boolean => kind.takesAway === true && random !== null

const livesIn = ({ targets, random }: FaultSpec) => targets.map((target) => ({ target, ...random! }))

const assumedLife = (part: string, what: Part['what'], { mtbf, mttr, source }: AssumedLife): Life => ({
  part,
  what,
  mtbf: lawOf(mtbf),
  mttr: lawOf(mttr),
  assumed: source,
})

const lawOf = (text: string): Distribution => parseLaw(text, NO_FILES)

const NO_FILES: Files = {
  read: (path) => {
    throw new Error(`nothing is assumed of what stands in ${path}`)
  },
}
