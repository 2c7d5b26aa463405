import { type AssumedLife, assumedLives } from '../components/assumed-lives.js'
import { takesAway } from '../faults/fault.js'
import type { Files } from '../options/files.js'
import { parseLaw } from '../options/law.js'
import { timeSaid } from '../options/spell.js'
import type { Distribution } from '../random/distribution.js'
import { type Part as FailingPart, meanAway } from '../reliability/system.js'
import { madeOf } from '../scenario/made-of.js'
import { noticeOf, USUAL_NOTICE } from '../scenario/notice.js'
import type { FaultSpec, Scenario } from '../scenario/scenario.js'
import type { Part } from './structure.js'

/** How often a part fails, and how long it is away. */
export interface Life {
  readonly part: string
  readonly what: Part['what']
  /** Time from repair to the next failure, and to repair: seconds. */
  readonly mtbf: Distribution
  readonly mttr: Distribution
  /** From the failure until its repair begins, if it is not learned of at once: seconds. */
  readonly notice: Distribution | null
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
 *
 * A repair begins when the failure is learned of, as `repair: { notice: }` says; where it says nothing at once, but for
 * machines whose life is assumed: a person repairs these, who learns of it from a monitor, or from visitors.
 */
export function livesOf(scenario: Scenario): Life[] {
  const { hosts, components, order, faults } = scenario
  const said = faults.flatMap((fault) => (fault.random !== null && takesAway(fault) ? livesIn(fault) : []))
  const known = (part: string, what: Part['what'], otherwise: AssumedLife | null): Life[] => {
    const notice = noticeOf(scenario, part)
    const own = said.filter(({ target }) => target === part)
    if (own.length > 0)
      return own.map(({ mtbf, mttr }) => ({ part, what, mtbf, mttr, notice, assumed: null }))
    if (otherwise === null) return []
    const { mtbf, mttr, source } = otherwise
    const life = { part, what, mtbf: lawOf(mtbf), mttr: lawOf(mttr), notice, assumed: source }
    return [what === 'host' && notice === null ? byPerson(life, scenario) : life]
  }
  const zones = [...new Set(hosts.flatMap(({ zone }) => (zone === null ? [] : [zone])))]
  return [
    ...zones.flatMap((name) => known(name, 'zone', null)),
    ...hosts.flatMap(({ name }) => known(name, 'host', ASSUMED.host)),
    ...order.flatMap((name) => {
      const spec = components.find((one) => one.name === name)!
      if (madeOf(spec) !== null) return []
      const { kind } = spec.kind
      return known(
        name,
        'component',
        Object.hasOwn(assumedLives, kind) ? assumedLives[kind]! : ASSUMED.process,
      )
    }),
  ]
}

function byPerson(life: Life, scenario: Scenario): Life {
  const repair = { crews: Number.POSITIVE_INFINITY, notice: USUAL_NOTICE }
  const notice = noticeOf({ ...scenario, repair }, life.part)!
  const learns =
    notice === USUAL_NOTICE.unwatched
      ? `visitors have complained, ${timeSaid(notice.mean)} after it (nothing watches it)`
      : `the alert of a monitor has come, ${timeSaid(notice.mean)} after it in the mean`
  return { ...life, notice, assumed: `${life.assumed}; a person repairs it, who begins when ${learns}` }
}

/** Seconds from a failure to the end of its repair, in the mean. */
export const awayFor = (life: Life): number => meanAway(failingAs(life))

/** As a part of a system of which nothing but these times matters. */
export const failingAs = ({ part, mtbf, mttr, notice }: Life): FailingPart => ({
  name: part,
  life: mtbf,
  repair: mttr,
  ...(notice !== null && { notice }),
})

const livesIn = ({ targets, random }: FaultSpec) => targets.map((target) => ({ target, ...random! }))

const lawOf = (text: string): Distribution => parseLaw(text, NO_FILES)

const NO_FILES: Files = {
  read: (path) => {
    throw new Error(`nothing is assumed of what stands in ${path}`)
  },
}
