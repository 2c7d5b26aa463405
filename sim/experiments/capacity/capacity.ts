import type { Demand, Scenario } from '../../scenario/scenario.js'
import { type Estimate, nothing } from '../../stats/estimate.js'
import { labelsOf } from '../compare.js'
import type { Pool } from '../jobs.js'
import { verdictBy } from '../judge.js'
import type { FullPlace, Judgement } from '../result.js'
import type { Capacity, CapacityPoint, CapacityReport, CapacityWithout, Limit } from './answer.js'
import type { Ask } from './ask.js'
import { atRate } from './at-rate.js'
import { bracketOf } from './crossing.js'
import { fullAt, knownFull } from './full.js'
import { leastKept, marksOf } from './marks.js'
import { costOf, stepsOf } from './money.js'
import { offeredOf } from './offered.js'
import type { Refined } from './refine.js'
import { type Plan, search } from './search.js'
import { Stopped, type Trial, Trials } from './trials.js'

/** How precisely it is asked, and with how many replications at each rate at most. */
export interface Precisely {
  readonly within: number
  readonly most: number
  /** At a rate far from the answer. */
  readonly first?: number
}

/** Replications at a rate far from the answer, where nothing is said. */
const FIRST = 4
/** Without a host nobody asks so precisely: half of the interval over the value, and replications at most. */
const WITHOUT = { within: 0.05, most: 12 }
/** Of the capacity of the whole: what is tried first without a host. */
const HALF = 0.6

const firstOf = ({ first = FIRST, most }: Precisely): number => Math.min(first, most)

/** Rates that a search tries far from the answer, about. */
const RATES = { whole: 11, part: 5 }

/** Replications that all searches take, about. */
export function stepsReplications(asks: readonly Ask[], precisely: Precisely): number {
  const first = firstOf(precisely)
  const near = (most: number) => 2 * Math.min(most, 6 * first)
  return asks.reduce(
    (sum, { parts }) =>
      sum +
      RATES.whole * first +
      near(precisely.most) +
      parts.length * (RATES.part * first + near(WITHOUT.most) / 2),
    0,
  )
}

/** What a search runs, about: the scenario at its own rate, for as long as its objectives need. */
export interface Search {
  readonly scenario: Scenario
  readonly replications: number
}

export const searchesOf = (asks: readonly Ask[], precisely: Precisely): Search[] =>
  asks.map((ask) => ({
    scenario: atRate(ask.scenario, ask.objectives, offeredOf(ask.scenario)),
    replications: stepsReplications([ask], precisely),
  }))

/**
 * The capacities of scenarios, each with each of its parts lost in turn, in their order; those of which nothing is there
 * are left out, where the pool was told to stop.
 */
export async function capacities(
  asks: readonly Ask[],
  precisely: Precisely,
  pool: Pool,
): Promise<Capacity[]> {
  const found = await Promise.all(asks.map((ask) => capacityOf(ask, precisely, pool)))
  return found.filter((one) => one !== null)
}

/** What was found of so many scenarios, with what the next unit of money buys. */
export function capacityReport(found: Capacity[], asked: number): CapacityReport {
  const steps = stepsOf(found, labelsOf(found))
  const cut = found.length < asked || found.some((one) => one.interrupted)
  return {
    version: 1,
    capacities: found,
    ...(steps.length > 0 && { steps }),
    ...(cut && { interrupted: { planned: asked } }),
  }
}

async function capacityOf(ask: Ask, precisely: Precisely, pool: Pool): Promise<Capacity | null> {
  const { scenario, objectives, parts } = ask
  const whole = new Trials(scenario, objectives, pool)
  const plan: Plan = { ...precisely, first: firstOf(precisely), from: whole.usual, all: true }
  const found = await searched(whole, plan)
  if (found === null) return null
  const capacity = told(ask, precisely, found, whole)
  if (parts.length === 0) return capacity
  const from = HALF * (found.refined?.qps.value || fullAt(found.trial) || whole.usual)
  const each = await Promise.all(
    parts.map(async (part) => {
      const trials = new Trials(scenario, objectives, pool, [part.part])
      const within = {
        within: Math.max(WITHOUT.within, precisely.within),
        most: Math.min(WITHOUT.most, precisely.most),
      }
      const lost = await searched(trials, { ...plan, ...within, from, all: false })
      return lost === null ? null : withoutPart(part, objectives, lost, trials, within.within)
    }),
  )
  const without = each.filter((one) => one !== null)
  const cut = without.length < parts.length || without.some((one) => one.interrupted)
  return { ...capacity, without, ...(cut && { interrupted: true }) }
}

/** What a search came to. */
interface Searched {
  /** Null where there was nothing to judge, or it was told to stop. */
  readonly refined: Refined | null
  readonly stopped: boolean
  /** The nearest to the answer that was tried. */
  readonly trial: Trial
}

/** Null where it was told to stop before anything was there. */
async function searched(trials: Trials, plan: Plan): Promise<Searched | null> {
  try {
    const refined = await search(trials, plan)
    return { refined, stopped: false, trial: refined?.trial ?? trials.all[0]! }
  } catch (error) {
    if (!(error instanceof Stopped)) throw error
    const { all } = trials
    if (all.length === 0) return null
    const { kept } = bracketOf(marksOf(all, null))
    return { refined: null, stopped: true, trial: all.find(({ qps }) => qps === kept?.qps) ?? all[0]! }
  }
}

function told(
  ask: Ask,
  { within }: Precisely,
  { refined, stopped, trial }: Searched,
  trials: Trials,
): Capacity {
  const { scenario, objectives } = ask
  const qps = refined?.qps ?? soFar(trials)
  const [bottleneck, next] = trial.limits
  const reached = refined !== null && Number.isFinite(refined.reached) ? refined.reached : null
  const capacity: Capacity = {
    scenario: scenario.name,
    file: scenario.file,
    seed: scenario.seed,
    objectives: objectives.map(({ text }) => text),
    ...(ask.assumed && { assumed: true }),
    qps,
    within: { wanted: within, reached: qps.value === null ? null : reached },
    binding: nameOf(refined?.binding ?? null, ask),
    bottleneck: bottleneck ? limitOf(bottleneck) : null,
    next: next ? limitOf(next) : null,
    limits_at_qps: trial.qps,
    bound_qps: knownFull(trials),
    breaks: objectives.map(({ text, metric }, i) => ({
      objective: text,
      metric,
      qps: refined?.breaks[i] ?? nothing,
    })),
    points: trials.all.map(pointOf),
    ...closedIn(scenario, trials.all[0]),
    hosts: scenario.hosts.length,
    ...costOf(scenario, qps),
    ...(stopped && { interrupted: true }),
    notes: [...ask.notes, ...cautionsOn(refined, trials, within)],
  }
  const demands = scenario.demands.filter(({ command }) => command === 'capacity')
  if (demands.length > 0) capacity.expectations = demands.map((one) => judged(one, qps, stopped))
  return capacity
}

/** Closed users, and what they ask at a rate of the open ones. */
function closedIn({ users }: Scenario, lowest: Trial | undefined): Pick<Capacity, 'closed'> {
  const names = users
    .filter(({ arrive, malicious }) => !('open' in arrive) && !malicious)
    .map(({ name }) => name)
  if (names.length === 0 || lowest === undefined) return {}
  const { users: told, replications, simulated_s } = lowest.result
  const offered = names.reduce((sum, name) => sum + told[name]!.requests.offered, 0)
  return { closed: { users: names, qps: offered / replications / simulated_s } }
}

const nameOf = (place: number | null, { objectives }: Pick<Ask, 'objectives'>): string | null =>
  place === null ? null : objectives[place]!.metric

const limitOf = ({ name, type, place, utilization, full_at_per_s }: FullPlace): Limit => ({
  part: name,
  type,
  place,
  utilization,
  full_at_per_s,
})

/** What is known of the answer before all is known. */
function soFar(trials: Trials): Estimate {
  const { kept, broken } = bracketOf(marksOf(trials.all, null))
  const low = kept !== null && kept.excess.high <= 0 ? kept.qps : 0
  return { value: null, low, high: broken !== null && broken.excess.low > 0 ? broken.qps : null }
}

function cautionsOn(refined: Refined | null, trials: Trials, within: number): string[] {
  const notes: string[] = []
  const unjudged = trials.objectives.filter((_, i) =>
    trials.all.every(({ excesses }) => excesses[i] === null),
  )
  for (const { text } of unjudged) notes.push(`${text} is left out: there was nothing to measure`)
  if (refined?.qps.value && refined.reached > within * (1 + 1e-9))
    notes.push(
      'the interval is wider than what was asked for: more replications (--max-replications) or a longer run (--lasts) would narrow it',
    )
  return notes
}

function pointOf(trial: Trial): CapacityPoint {
  const { qps, result, judgements, busiest } = trial
  const { latency_ms, latency_all_ms, availability, good, replications, simulated_s, overloaded } = result
  return {
    qps,
    met: metAt(trial),
    latency_ms,
    latency_all_ms,
    availability,
    good,
    replications,
    simulated_s,
    objectives: judgements.map(({ text, metric, unit, bound, value, verdict }) => ({
      text,
      metric,
      unit,
      bound,
      value,
      verdict,
    })),
    bottleneck: busiest && limitOf(busiest),
    overloaded:
      overloaded === undefined || overloaded.lag_growth !== undefined
        ? null
        : { component: overloaded.component, type: overloaded.type, place: overloaded.place },
  }
}

function metAt(trial: Trial): CapacityPoint['met'] {
  const [worst] = marksOf([trial], null)
  if (worst === undefined) return 'undecided'
  return worst.excess.low > 0 ? 'not met' : worst.excess.high > 0 ? 'undecided' : 'met'
}

function withoutPart(
  { part, components }: Ask['parts'][number],
  objectives: Ask['objectives'],
  { refined, stopped, trial }: Searched,
  trials: Trials,
  wanted: number,
): CapacityWithout {
  const qps = refined?.qps ?? soFar(trials)
  const judgement = qps.value === 0 ? lowestOf(trial) : null
  return {
    part,
    components: [...components],
    qps,
    binding: nameOf(refined?.binding ?? null, { objectives }),
    within: {
      wanted,
      reached:
        refined !== null && Number.isFinite(refined.reached) && qps.value !== null ? refined.reached : null,
    },
    ...(judgement && {
      at_lowest: {
        text: judgement.text,
        metric: judgement.metric,
        unit: judgement.unit,
        value: judgement.value,
      },
    }),
    ...(stopped && { interrupted: true }),
  }
}

/** What is broken at the lowest rate; where nobody is answered, that. */
function lowestOf(trial: Trial): NonNullable<CapacityWithout['at_lowest']> | null {
  const { availability, requests } = trial.result
  if (requests.ok === 0)
    return { text: 'availability', metric: 'availability', unit: 'share', value: availability }
  const broken = leastKept(trial)
  return broken === null ? null : trial.judgements[broken]!
}

/** What the file demands of the capacity, by its interval. */
function judged(demand: Demand, qps: Estimate, stopped: boolean): Judgement {
  const { text, metric, relation, bound } = demand
  const verdict = verdictBy(demand, qps)
  const open = qps.value === null ? 'so far nobody knows' : 'a narrower interval (--within) would settle it'
  const reason = verdict !== 'undecided' ? {} : { reason: stopped ? 'interrupted' : open }
  return { text, metric, relation, unit: '/s', bound, value: qps, verdict, ...reason }
}
