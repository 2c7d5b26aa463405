import { log } from '../../arithmetic/elementary.js'
import { takesAway } from '../../faults/fault.js'
import { listed } from '../../options/spell.js'
import { chanceOf, type History, historyOf, MINUTES_A_YEAR } from '../../reliability/history.js'
import type { Occupancy } from '../../reliability/system.js'
import { isRecorded, type Scenario } from '../../scenario/scenario.js'
import { nothing, scaled } from '../../stats/estimate.js'
import { partsOf, situationsOf } from './costs-of-parts.js'
import type { Decomposition } from './decomposition.js'
import type { FailingSystem } from './failing-system.js'
import { budgetOf, judgedBy, MORE_REQUESTS, objectiveOf, timeInObjective } from './kept-objectives.js'
import type { NinesResult } from './nines-result.js'
import { outagesOf, rpoOf, rtoOf, structuralCostsOf } from './outages-of-parts.js'
import { lessThanOne, meanOver } from './shares.js'
import { weigh } from './weighing.js'

export interface Asking {
  /** Seconds of which the outages are listed. */
  readonly over: number
  /** Requests to be simulated, about; 0: what the wiring alone says. */
  readonly effort: number
  /** Failures and requests together, also where they could be apart. */
  readonly joint: boolean
}

export const ninesOf = (amiss: number): number | null => (amiss > 0 ? -log(amiss) / Math.LN10 : null)

/** What is known of a scenario, all of it. @param known null where no requests were simulated */
export function resultOf(
  failing: FailingSystem,
  occupancy: Occupancy,
  { over }: Pick<Asking, 'over'>,
  known: Decomposition | null,
  cut = false,
): NinesResult {
  const { scenario, system } = failing
  const untried = known === null || cut ? [] : known.untried
  const structural = meanOver(occupancy, (lost) => failing.share(lost))
  const weighed = known === null ? null : weigh(known)
  const requests = weighed === null ? nothing : lessThanOne(weighed.unanswered)
  const amiss = weighed === null ? lessThanOne(structural) : weighed.unanswered
  const history = historyIn(failing, known, over)
  const objective = objectiveOf(scenario)
  const downtime = scaled(amiss, MINUTES_A_YEAR)
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
      ...(untried.length > 0 && { untried }),
    },
    availability: {
      structural,
      requests,
      objective: known === null ? nothing : timeInObjective(known),
    },
    structural: Object.fromEntries(
      failing.structure.asked.map((name) => [name, meanOver(occupancy, (lost) => failing.share(lost, name))]),
    ),
    downtime_min_per_year: downtime,
    nines: ninesOf(amiss.value!),
    outages: outagesOf(failing, occupancy),
    objective: objective?.text ?? null,
    objective_met: chancesOf(history, untried.length > 0 ? null : objective),
    budget: objective === null ? null : budgetOf(objective.bound, downtime),
    rto: rtoOf(history),
    rpo: known === null ? null : rpoOf(known),
    parts: partsOf(failing, occupancy, known, weighed),
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
    notes: [
      ...leftOut(scenario, known !== null),
      ...(known === null ? [] : overloadsIn(known)),
      ...(known === null || untried.length === 0 ? [] : [ofUntried(known, untried)]),
    ],
  }
  const demand = scenario.demands.find(({ command }) => command === 'availability')
  if (demand !== undefined) {
    const open = cut ? 'interrupted' : known === null ? 'no requests were simulated' : MORE_REQUESTS
    result.expectations = [judgedBy(demand, known === null ? structural : requests, open)]
  }
  if (cut) result.interrupted = true
  return result
}

/** The chances of a month and of a year to keep an objective; nothing where there is none, or too little is known. */
function chancesOf(
  { months, annual }: History,
  objective: ReturnType<typeof objectiveOf>,
): NinesResult['objective_met'] {
  if (objective === null) return { month: nothing, year: nothing }
  const { bound, relation } = objective
  const strictly = relation === '>'
  return { month: chanceOf(months, bound, strictly), year: chanceOf(annual, bound, strictly) }
}

/** What the scenario has and these figures do not. */
function leftOut({ faults, users }: Scenario, isTried: boolean): string[] {
  const timed = faults.filter((fault) => fault.timed !== null).map(({ says }) => says)
  const others = faults.filter((fault) => fault.random !== null && !takesAway(fault)).map(({ says }) => says)
  const varied = users.filter((one) => one.profile !== null || isRecorded(one)).map(({ name }) => name)
  return [
    ...(timed.length > 0 ? [`what strikes at a time is left out (${timed.join('; ')})`] : []),
    ...(others.length > 0
      ? [`what strikes by chance and takes no part away is left out (${others.join('; ')})`]
      : []),
    ...(isTried && varied.length > 0
      ? [`the load of ${varied.join(', ')} comes and goes, and what is simulated is its beginning`]
      : []),
  ]
}

/** Situations in which what is asked is more than what can be answered, for as long as they last. */
function overloadsIn(known: Decomposition): string[] {
  const names = known.groups.flatMap(({ names }) =>
    known.trialOf(names)?.result?.unstable === undefined
      ? []
      : [names.length > 0 ? `without ${names.join(' and ')}` : 'with everything in order'],
  )
  if (names.length === 0) return []
  return [
    `${names.join(', or ')} a backlog grows for as long as it lasts: what is answered then depends on how long that is, and all of it counts as uncertain`,
  ]
}

/** Parts for which the effort did not go, and what not knowing more of them adds to the interval. */
function ofUntried(known: Decomposition, untried: readonly string[]): string {
  const { failing, groups, rate } = known
  const alone = groups.reduce((sum, { names: [name, another], lost, probability }) => {
    const { low, high } = known.unanswered(lost).share
    const counts = name !== undefined && another === undefined && untried.includes(name)
    return counts ? sum + probability * (high! - low!) : sum
  }, 0)
  const failures = failing.lives.reduce(
    (sum, { part: name }, part) =>
      untried.includes(name) ? sum + (known.costlyRate(part) / rate) * known.lostAtFailure(part).high! : sum,
    0,
  )
  const minutes = +((alone + failures) * MINUTES_A_YEAR).toPrecision(2)
  return `so many requests come that they did not go for all (--effort): what becomes of them without ${listed(untried, 'or')} was not tried, so that no more is known than what the wiring says, and the interval is some ${minutes} min a year wider; lengths of outages are as the wiring has them`
}

/** Many years of failures and repairs, with what they cost as far as that is known. */
function historyIn(failing: FailingSystem, known: Decomposition | null, over: number): History {
  const each = [...failing.lives.keys()]
  const tolls = each.map((part) => (known === null ? 0 : (known.lostAtFailure(part).value ?? 0) / known.rate))
  const gaps = each.map((part) => (known?.isOut([part]) ? 0 : (known?.awayAfter(part).value ?? 0)))
  return historyOf(
    failing.system,
    known === null
      ? structuralCostsOf(failing)
      : {
          worth: (lost) => 1 - (known.unanswered(lost).share.value ?? 0),
          isOut: (lost) => known.isOut(lost),
          toll: (part, lost) => tolls[part]! * known.weightOf(part, lost),
          gap: (part) => gaps[part]!,
        },
    `${failing.scenario.seed}/nines`,
    over,
  )
}
