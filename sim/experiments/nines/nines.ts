import { log } from '../../arithmetic/elementary.js'
import { isMarkov, timeToFailure } from '../../reliability/crews.js'
import { type Costs, chanceOf, type History, historyOf, quantileIn, YEAR } from '../../reliability/history.js'
import { occupancyOf } from '../../reliability/occupancy.js'
import { type Lost, type Occupancy, withAlso } from '../../reliability/system.js'
import type { Scenario } from '../../scenario/scenario.js'
import { type Estimate, nothing, scaled } from '../../stats/estimate.js'
import type { Pool } from '../jobs.js'
import { Decomposition } from './decomposition.js'
import { FailingSystem } from './failing-system.js'
import { type Joint, together } from './joint.js'
import type { NinesResult, NinesVerdict, PartOfDowntime, SituationResult } from './nines-result.js'
import { lessThanOne, meanOver } from './shares.js'
import { alike } from './situations.js'
import { MINUTES_A_YEAR, type Weighed, weigh } from './weighing.js'

export interface Asking {
  /** Seconds of which the outages are listed. */
  readonly over: number
  /** Requests to be simulated, about; 0: what the wiring alone says. */
  readonly effort: number
  /** Failures and requests together, also where they could be apart. */
  readonly joint: boolean
}

/** A share of what goes unanswered may be wrong for want of time to settle; from here on it is too much. */
const TOO_MUCH = 0.1

/** Situations are told apart until the others together are more seldom than this. */
const BOUNDS = { rest: 1e-10, most: 20_000 }
/** Situations that are listed. */
const LISTED = 100

/** Work that can be planned before it is done. */
export interface Planned {
  /** Replications that are known to be needed. */
  readonly replications: number
  run(pool: Pool): Promise<NinesResult>
}

/** How available a scenario is over years, from how often its parts fail and for how long they are away. */
export function plan(scenario: Scenario, asking: Asking): Planned {
  const failing = new FailingSystem(scenario)
  const isOut = (lost: Lost) => failing.isOut(lost)
  const occupancy = occupancyOf(failing.system, isOut, `${scenario.seed}/nines`, BOUNDS)
  if (asking.effort === 0)
    return { replications: 0, run: async () => resultOf(failing, occupancy, asking, null) }
  const decomposition = new Decomposition(failing, occupancy, asking.effort)
  return {
    replications: decomposition.planned,
    run: async (pool) => {
      await decomposition.run(pool)
      const there = decomposition.order.records.length > 0
      const result = resultOf(failing, occupancy, asking, there ? decomposition : null, decomposition.cut)
      if (
        there &&
        !decomposition.cut &&
        (asking.joint || decomposition.isHurried || result.method.unsettled > TOO_MUCH)
      )
        joined(
          result,
          decomposition.isHurried,
          await together(failing, decomposition.rate, asking.effort, pool),
        )
      return result
    },
  }
}

/** What both simulated together say takes the place of what they say apart. */
function joined(result: NinesResult, isHurried: boolean, joint: Joint | string): void {
  const { unsettled } = result.method
  const why = isHurried
    ? 'something fails again before all has settled, more often than not'
    : unsettled > TOO_MUCH
      ? `failures and repairs follow so closely on one another that ${percentOf(unsettled)} of what goes unanswered comes before anything has settled`
      : 'failures and requests were to be simulated together'
  if (typeof joint === 'string') {
    result.notes.push(
      `${why}; they cannot be simulated together, since ${joint}: the interval has all that may be wrong`,
    )
    return
  }
  const { availability, requests } = joint.result
  result.method = {
    ...result.method,
    requests: 'joint',
    simulated_requests: result.method.simulated_requests + requests.offered,
    decomposed: result.availability.requests,
  }
  result.availability.requests = availability
  result.downtime_min_per_year = scaled(lessThanOne(availability), MINUTES_A_YEAR)
  result.nines = ninesOf(1 - availability.value!)
  if (result.budget !== null)
    result.budget.left_min = less(result.budget.allowed_min, result.downtime_min_per_year)
  if (result.verdict !== undefined) result.verdict = verdictOn(result.verdict, availability)
  result.notes.push(
    `${why}: the share of requests that is answered is from ${Math.round(joint.seconds)} s in which both were simulated together; what each part costs, and chances, are still as if they were apart`,
  )
  if (joint.cut) result.interrupted = true
}

const percentOf = (share: number): string => `${Math.round(share * 100)}%`

const ninesOf = (amiss: number): number | null => (amiss > 0 ? -log(amiss) / Math.LN10 : null)

function resultOf(
  failing: FailingSystem,
  occupancy: Occupancy,
  { over }: Asking,
  known: Decomposition | null,
  cut = false,
): NinesResult {
  const { scenario, system } = failing
  const structural = meanOver(occupancy, (lost) => failing.share(lost))
  const weighed = known === null ? null : weigh(known)
  const requests = weighed === null ? nothing : lessThanOne(weighed.unanswered)
  const amiss = weighed === null ? lessThanOne(structural) : weighed.unanswered
  const each = [...failing.lives.keys()]
  const tolls = each.map((part) => (known === null ? 0 : (known.lostAtFailure(part).value ?? 0) / known.rate))
  const gaps = each.map((part) => (known?.isOut([part]) ? 0 : (known?.awayAfter(part).value ?? 0)))
  const history = historyOf(
    system,
    known === null
      ? structuralCostsOf(failing)
      : {
          worth: (lost) => 1 - (known.unanswered(lost).share.value ?? 0),
          isOut: (lost) => known.isOut(lost),
          toll: (part, lost) => tolls[part]! * known.weightOf(part, lost),
          gap: (part) => gaps[part]!,
        },
    `${scenario.seed}/nines`,
    over,
  )
  const objective = objectiveOf(scenario)
  const parts = partsOf(failing, occupancy, known, weighed)
  const result: NinesResult = {
    scenario: scenario.name,
    file: scenario.file,
    seed: scenario.seed,
    over_s: over,
    crews: Number.isFinite(system.crews) ? system.crews : null,
    method: {
      failures: occupancy.how,
      requests: known === null ? 'none' : 'decomposed',
      simulated_requests: known?.simulated ?? 0,
      unsettled: weighed?.unsettled ?? 0,
    },
    availability: {
      structural,
      requests,
      objective: known === null ? nothing : timeInObjective(known),
    },
    structural: Object.fromEntries(
      [...failing.weights.keys()].map((name) => [
        name,
        meanOver(occupancy, (lost) => Number(failing.answered(lost).includes(name))),
      ]),
    ),
    downtime_min_per_year: scaled(amiss, MINUTES_A_YEAR),
    nines: ninesOf(amiss.value!),
    outages: outagesOf(failing, occupancy),
    objective: objective?.text ?? null,
    objective_met:
      objective === null
        ? { month: nothing, year: nothing }
        : {
            month: chanceOf(history.months, objective.bound, objective.relation === '>'),
            year: chanceOf(history.annual, objective.bound, objective.relation === '>'),
          },
    budget:
      objective === null
        ? null
        : {
            allowed_min: (1 - objective.bound) * MINUTES_A_YEAR,
            left_min: less((1 - objective.bound) * MINUTES_A_YEAR, scaled(amiss, MINUTES_A_YEAR)),
          },
    rto: rtoOf(history),
    rpo: known === null ? null : rpoOf(known),
    parts,
    in_order_min_per_year: weighed === null ? nothing : scaled(weighed.inOrder, MINUTES_A_YEAR),
    situations: situationsOf(failing, occupancy, known),
    years: history.years,
    timeline_s: history.listed,
    timeline: history.first.map(({ from, to, lost, isGap }) => ({
      from_s: from,
      to_s: to,
      lost: failing.namesOf(lost),
      gap: isGap,
    })),
    notes: known === null ? [] : overloadsIn(known),
  }
  const demand = scenario.demands.find(({ command }) => command === 'availability')
  if (demand !== undefined) result.verdict = verdictOn(demand, known === null ? structural : requests)
  if (cut) result.interrupted = true
  return result
}

/** Situations in which what is asked is more than what can be answered, for as long as they last. */
function overloadsIn(known: Decomposition): string[] {
  const names = known.groups.flatMap(({ names }) =>
    known.trialOf(names)?.result?.unstable === undefined ? [] : [names.join(' and ') || 'nothing'],
  )
  if (names.length === 0) return []
  return [
    `without ${names.join(', or without ')} a backlog grows for as long as it lasts: what is answered then depends on how long that is, and all of it counts as uncertain`,
  ]
}

/** What a month and a year are to keep: of `expect:`, what is said of years, else of all requests. */
function objectiveOf({
  demands,
  expect,
}: Scenario): { text: string; bound: number; relation: string } | null {
  return (
    demands.find(({ metric }) => metric === 'availability_year') ??
    expect.find(({ metric, relation }) => metric === 'availability' && relation.startsWith('>')) ??
    null
  )
}

const less = (of: number, { value, low, high }: Estimate): Estimate => ({
  value: of - value!,
  low: high === null ? null : of - high,
  high: low === null ? null : of - low,
})

/** Share of the time in which all holds that is expected of a steady state, and nobody waits for others to take over. */
function timeInObjective(known: Decomposition): Estimate {
  if (known.judgements([]) === null || known.judgements([])!.length === 0) return nothing
  let [value, low, high] = [0, 0, 0]
  for (const { lost, names, probability } of known.groups) {
    const verdict = objectiveIn(known, lost, names)
    value += verdict.likely ? probability : 0
    low += verdict.surely === 'met' ? probability : 0
    high += verdict.surely === 'not met' ? 0 : probability
  }
  const passing = known.failing.lives.reduce((sum, _, part) => {
    const away = known.isOut([part]) ? 0 : (known.awayAfter(part).value ?? 0)
    return sum + known.failureRate(part) * away
  }, 0)
  const { rest } = known.occupancy
  const within = (share: number) => Math.min(1, Math.max(0, share - passing))
  return { value: within(value + rest / 2), low: within(low), high: within(high + rest) }
}

function objectiveIn(
  known: Decomposition,
  lost: Lost,
  names: readonly string[],
): { likely: boolean; surely: 'met' | 'not met' | 'undecided' } {
  const judged = known.judgements(names)
  if (judged === null) {
    const { share, by } = known.unanswered(lost)
    if (by === 'structure') return { likely: false, surely: 'not met' }
    return { likely: share.value === 0, surely: 'undecided' }
  }
  if (judged.some(({ verdict }) => verdict === 'not met')) return { likely: false, surely: 'not met' }
  if (judged.every(({ verdict }) => verdict === 'met')) return { likely: true, surely: 'met' }
  return {
    likely: judged.every(({ verdict, value, relation, bound }) => {
      if (verdict === 'met') return true
      if (value.value === null) return false
      return relation.startsWith('>') ? value.value >= bound : value.value <= bound
    }),
    surely: 'undecided',
  }
}

/** As if whoever is left stood in for others at once. */
const structuralCostsOf = (failing: FailingSystem): Costs => ({
  worth: (lost) => failing.share(lost),
  isOut: (lost) => failing.isOut(lost),
  toll: () => 0,
  gap: () => 0,
})

/** For want of parts: how often and how long. */
function outagesOf(failing: FailingSystem, occupancy: Occupancy): NinesResult['outages'] {
  const { system, scenario } = failing
  const first = isMarkov(system) ? timeToFailure(system, (lost) => !failing.isOut(lost)) : null
  const first_after_s = first !== null && Number.isFinite(first) ? first : null
  if (occupancy.how === 'simulated') {
    const { outages, years } = historyOf(system, structuralCostsOf(failing), `${scenario.seed}/nines`, 0)
    const all = outages.reduce((sum, seconds) => sum + seconds, 0)
    return {
      per_year: outages.length / years,
      mean_s: outages.length === 0 ? null : all / outages.length,
      first_after_s,
    }
  }
  let [often, away] = [0, 0]
  for (const { lost, probability } of occupancy.situations) {
    if (failing.isOut(lost)) away += probability
    else
      for (const part of failing.lives.keys())
        if (!lost.includes(part) && failing.isOut(withAlso(lost, part)))
          often += probability * failing.rate(part)
  }
  return { per_year: often * YEAR, mean_s: often === 0 ? null : away / often, first_after_s }
}

function rtoOf({ outages, gaps, years }: History): NinesResult['rto'] {
  const all = Float64Array.from([...outages, ...gaps]).sort()
  const sum = all.reduce((total, seconds) => total + seconds, 0)
  return {
    outages_per_year: all.length / years,
    mean_s: all.length === 0 ? null : sum / all.length,
    p50_s: quantileIn(all, 0.5),
    p90_s: quantileIn(all, 0.9),
    p99_s: quantileIn(all, 0.99),
    longest_s: all.at(-1) ?? null,
  }
}

function rpoOf(known: Decomposition): NinesResult['rpo'] {
  let lost: Estimate = { value: 0, low: 0, high: 0 }
  let worst: Estimate = { value: 0, low: 0, high: 0 }
  for (const part of known.failing.lives.keys()) {
    const fault = known.failureOf(part)?.result?.faults[0]
    if (fault === undefined || fault.lost_writes.value === null) continue
    const own = scaled(fault.lost_writes, known.failureRate(part) * YEAR)
    lost = {
      value: lost.value! + own.value!,
      low: lost.low! + (own.low ?? 0),
      high: lost.high! + (own.high ?? own.value!),
    }
    if ((fault.rpo_s.value ?? 0) > worst.value!) worst = fault.rpo_s
  }
  return { lost_writes_per_year: lost, worst_s: worst }
}

/** The parts that fail, in the order of what that costs. */
function partsOf(
  failing: FailingSystem,
  occupancy: Occupancy,
  known: Decomposition | null,
  weighed: Weighed | null,
): PartOfDowntime[] {
  const costs = weighed?.parts ?? structuralCosts(failing, occupancy)
  const all = costs.reduce((sum, { value }) => sum + Math.max(0, value!), 0) + (weighed?.inOrder.value ?? 0)
  const parts = failing.lives.map(({ part, what, mtbf, mttr, assumed }, i): PartOfDowntime => {
    const lost = occupancy.situations.reduce(
      (sum, one) => (one.lost.includes(i) ? sum + one.probability : sum),
      0,
    )
    return {
      part,
      what,
      mtbf_s: mtbf.mean,
      mttr_s: mttr.mean,
      assumed,
      failures_per_year: failing.rate(i) * (1 - lost) * YEAR,
      downtime_min_per_year: scaled(costs[i]!, MINUTES_A_YEAR),
      share: all > 0 ? Math.max(0, costs[i]!.value!) / all : null,
      lost_per_failure: known?.failureOf(i) ? known.lostAtFailure(i) : nothing,
      outage_s: known === null || known.isOut([i]) ? nothing : known.awayAfter(i),
    }
  })
  return parts.sort((a, b) => b.downtime_min_per_year.value! - a.downtime_min_per_year.value!)
}

/** What the wiring alone lays to the charge of each part. */
function structuralCosts(failing: FailingSystem, { situations }: Occupancy): Estimate[] {
  const costs = failing.lives.map(() => 0)
  for (const { lost, probability } of situations) {
    const share = failing.share(lost)
    const gains = lost.map((part) => failing.share(lost.filter((one) => one !== part)) - share)
    const all = gains.reduce((sum, gain) => sum + gain, 0)
    for (const [i, part] of lost.entries())
      costs[part] = costs[part]! + probability * (1 - share) * (all > 0 ? gains[i]! / all : 1 / lost.length)
  }
  return costs.map((value) => ({ value, low: value, high: value }))
}

function situationsOf(
  failing: FailingSystem,
  occupancy: Occupancy,
  known: Decomposition | null,
): SituationResult[] {
  return alike(occupancy, failing)
    .slice(0, LISTED)
    .map(({ names, lost, probability }) => {
      if (known === null) {
        const share = failing.share(lost)
        const answered = { value: share, low: share, high: share }
        return { lost: [...names], probability, answered, p99_ms: nothing, by: 'structure', objective: null }
      }
      const { share, by } = known.unanswered(lost)
      const hasObjective = (known.judgements([])?.length ?? 0) > 0
      return {
        lost: [...names],
        probability,
        answered: lessThanOne(share),
        p99_ms: known.trialOf(names)?.result?.latency_ms.p99 ?? nothing,
        by,
        objective: hasObjective ? objectiveIn(known, lost, names).surely : null,
      }
    })
}

function verdictOn(
  { text, relation, bound }: { text: string; relation: NinesVerdict['relation']; bound: number },
  value: Estimate,
): NinesVerdict {
  const holds = (x: number | null) => x !== null && (relation === '>=' ? x >= bound : x > bound)
  const verdict = holds(value.low) ? 'met' : holds(value.high) ? 'undecided' : 'not met'
  return { text, relation, bound, value, verdict }
}
