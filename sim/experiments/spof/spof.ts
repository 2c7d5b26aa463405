import { refsIn } from '../../options/walk.js'
import { watches } from '../../scenario/reached.js'
import type { Scenario } from '../../scenario/scenario.js'
import type { Pool } from '../jobs.js'
import { isAmong, Structure } from '../structure.js'
import { summarize } from '../summarize.js'
import { isSound } from './away.js'
import { unseenIn } from './fates.js'
import { type Calm, lostOf, worstFirst } from './judge-loss.js'
import { type Plan, type Planned, planPairs } from './plan.js'
import type { Lost, SpofPair, SpofPart, Spofs, Unseen } from './spof-result.js'
import { tiersOf } from './tiers.js'
import { type Tried, tryAll } from './tried.js'
import { weighed } from './weighed.js'

/** What is asked beside the plan. */
export interface Wishes {
  /** Seconds of a gap that are borne. */
  readonly gap: number
  /** Whether machines are lost two at a time as well, of those of which one may be lost. */
  readonly pairs: boolean
  /** Whether it may be assumed how often parts fail. */
  readonly assume: boolean
}

/** A loss that was tried. */
interface Known {
  readonly planned: Planned
  readonly lost: Lost
}

/** What was found out of the losses of a scenario. */
interface Found {
  readonly plan: Plan
  readonly structure: Structure
  readonly unseen: readonly Unseen[]
  readonly calm: Calm
  readonly known: readonly Known[]
  readonly untold: Spofs['untold']
}

/**
 * Loses all that can be lost in each scenario, one after the other, with traffic on. All runs of all of them go through
 * one pool, the first of each first. Where it is told to stop, the answers are of what is there; a scenario of which not
 * even a run without a loss is there is left out.
 * @throws ScenarioError where a scenario cannot be simulated without any loss
 */
export async function spofsOf(
  plans: readonly Plan[],
  { gap, pairs, assume }: Wishes,
  pool: Pool,
): Promise<{ plan: Plan; spofs: Spofs }[]> {
  const first = await tryAll(
    plans.flatMap(({ calm, losses }) => [calm, ...losses.map(({ scenario }) => scenario)]),
    pool,
  )
  let cut = first.some((one) => one.cut)
  const found = plans.flatMap((plan): Found[] => {
    const [calm, ...losses] = first.splice(0, 1 + plan.losses.length) as [Tried, ...Tried[]]
    if (calm.failed !== null) throw calm.failed
    if (calm.records.length === 0) return []
    const whole = { records: calm.records, result: summarize(plan.calm, calm.records) }
    const structure = new Structure(plan.scenario)
    const unseen = unseenIn(plan.scenario, structure.accounts, calm.records)
    const own = { plan, structure, unseen, calm: whole }
    return [{ ...own, ...judged(own, plan.losses, losses, gap) }]
  })
  const seconds = found.map(({ plan, known }) => (pairs && !cut ? planPairs(plan, spared(plan, known)) : []))
  const both = await tryAll(
    seconds.flatMap((own) => own.map(({ scenario }) => scenario)),
    pool,
  )
  cut ||= both.some((one) => one.cut)
  return found.map((one, i) => {
    const own = seconds[i]!
    const together = judged(one, own, both.splice(0, own.length), gap)
    const there = one.known.length + together.known.length
    const all = { ...one, untold: [...one.untold, ...together.untold] }
    const spofs: Spofs = {
      ...told(all, together.known, gap, assume),
      ...(cut && { interrupted: { planned: one.plan.losses.length + own.length, there } }),
    }
    return { plan: one.plan, spofs }
  })
}

function judged(
  { plan: { scenario }, structure, unseen, calm }: Pick<Found, 'plan' | 'structure' | 'unseen' | 'calm'>,
  planned: readonly Planned[],
  tried: readonly Tried[],
  gap: number,
): Pick<Found, 'known' | 'untold'> {
  const never = unseen.filter(({ when }) => when === 'ever')
  const accounts = structure.accounts.filter((one) => !isAmong(never, one))
  const unaskedOf = never.filter(({ because }) => because === 'not asked')
  const sound = isSound(calm.result, unseen)
  const watching = ({ losable: { parts, what, carries } }: Planned) => {
    const lost = what === 'component' ? parts : carries
    return lost.every((name) => onlyWatches(scenario, name)) && unwatched(scenario, lost)
  }
  return {
    known: planned.flatMap((one, i): Known[] => {
      // In pairs: no more than there are without the loss.
      const records = tried[i]!.records.slice(0, calm.records.length)
      if (records.length === 0) return []
      const unserved = structure.unserved(new Set(one.losable.gone))
      const unasked = unserved.filter((account) => isAmong(unaskedOf, account))
      const asked = { scenario, calm, accounts, unasked, gap, sound, watching: watching(one) }
      return [{ planned: one, lost: lostOf(one.losable, one.scenario, records, asked) }]
    }),
    untold: planned.flatMap(({ losable: { parts } }, i) => {
      const { failed } = tried[i]!
      if (failed === null) return []
      const reason = [...new Set(failed.problems.map(({ message }) => message))].join('; ')
      return [{ part: parts.join(' and '), reason }]
    }),
  }
}

/** Whether something that `lost` watch is watched by nothing else. */
function unwatched({ components }: Scenario, lost: readonly string[]): boolean {
  const watched = (those: Scenario['components']) =>
    those.filter(watches).flatMap(({ options }) => refsIn(options).filter(({ role }) => role === 'watches'))
  const still = watched(components.filter(({ name }) => !lost.includes(name)))
  return watched(components.filter(({ name }) => lost.includes(name))).some(
    (ref) => !still.some(({ name }) => name === ref.name),
  )
}

const onlyWatches = ({ components }: Scenario, name: string): boolean =>
  components.some((spec) => spec.name === name && watches(spec))

/** Machines, and what stands on none, that can be lost alone: of which two at once may be more than their sum. */
function spared({ scenario }: Plan, known: readonly Known[]): string[] {
  const alone = known.filter(({ planned: { losable }, lost: { severity } }) => {
    const idle = losable.how === 'machine' && losable.carries.length === 0
    return (
      !idle &&
      !['hard', 'writes', 'undecided', 'blind'].includes(severity) &&
      !onlyWatches(scenario, losable.parts[0]!)
    )
  })
  const hurt = known.filter(({ lost }) => lost.severity === 'hard' || lost.severity === 'writes')
  const hard = new Set(hurt.flatMap(({ planned }) => planned.losable.parts))
  return [...new Set(alone.flatMap(({ planned }) => planned.losable.parts))].filter((name) => !hard.has(name))
}

function told(
  { plan, structure, unseen, calm, known, untold }: Found,
  together: readonly Known[],
  gap: number,
  assume: boolean,
): Spofs {
  const { scenario } = plan
  const parts = partsOf(known, structure)
  const pairs = together
    .map(({ planned: { losable }, lost }): SpofPair => {
      const [a, b] = losable.parts as [string, string]
      return { ...lost, parts: [a, b], ...wiring(structure, losable.gone, lost) }
    })
    .sort(worstFirst)
  const { result } = calm
  const cuts = structure.cutSets(2)
  return {
    scenario: scenario.name,
    file: scenario.file,
    seed: scenario.seed,
    replications: result.replications,
    lost_s: result.simulated_s,
    warmup_s: result.warmup_s,
    gap_s: gap,
    classes: structure.asked,
    accounts: [...structure.accounts],
    unseen: [...unseen],
    without: {
      availability: result.availability,
      good: result.good,
      p99_ms: result.latency_ms.p99,
      qps: result.qps.offered,
    },
    parts,
    pairs,
    cut_sets: cuts,
    cut_accounts: cuts.map((set) => structure.unserved(new Set(set))),
    tiers: tiersOf(plan.calm, structure, calm.records),
    importance: weighed(scenario, structure, parts, pairs, calm, assume),
    untold,
  }
}

function partsOf(known: readonly Known[], structure: Structure): SpofPart[] {
  const names = [...new Set(known.map(({ planned }) => planned.losable.parts[0]!))]
  return names
    .map((part): SpofPart => {
      const own = known
        .filter(({ planned }) => planned.losable.parts[0] === part)
        .sort((a, b) => worstFirst(a.lost, b.lost))
      const [{ planned, lost }] = own as [Known, ...Known[]]
      const { what, carries, gone } = planned.losable
      const ways = own.map((one) => one.lost)
      return { part, what, carries: [...carries], ...lost, ...wiring(structure, gone, lost), ways }
    })
    .sort(worstFirst)
}

/** What the wiring alone says of the loss, and whether it says less than there is. */
function wiring(
  structure: Structure,
  gone: readonly string[],
  { severity, unanswered_accounts }: Lost,
): Pick<SpofPart, 'structural' | 'structural_accounts' | 'hidden'> {
  const lost = new Set(gone)
  const left = structure.answered(lost)
  const accounts = structure.unserved(lost)
  const hurts = severity === 'hard' || severity === 'writes' || severity === 'capacity'
  const more = unanswered_accounts.some((one) => !accounts.includes(one))
  return {
    structural: structure.asked.filter((name) => !left.includes(name)),
    structural_accounts: accounts,
    hidden: hurts && (more || accounts.length === 0),
  }
}
