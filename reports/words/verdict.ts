import { bestOf } from '../../sim/experiments/compare.js'
import type { Comparison, FaultResult, Result } from '../../sim/experiments/result.js'
import type { Scenario } from '../../sim/scenario/scenario.js'
import { capital } from './capital.js'
import { countedBy, kindsOf } from './counts.js'
import { NEAR, overload, whereOf } from './limits.js'
import { available, counted, digits, milliseconds, moment, nines, percent, percentAmiss } from './numbers.js'
import { amplifications, delayedShortly, isBeyondDoubt } from './what-followed.js'

/** What happened, in words that need no knowledge of the program; null where it is not the case. */
type Case = (result: Result, scenario: Scenario) => string | null

/** What is wrong, the gravest first: the first that is the case is told. */
const WRONG: readonly Case[] = [
  nobodyAsked,
  outlived,
  overloaded,
  nobodyAnswered,
  notBack,
  silent,
  hurt,
  delaying,
  losing,
  slowed,
  late,
]

/** The first line of every report: what happened, and which objectives are not met. */
export function verdictLine(result: Result, scenario: Scenario): string {
  const wrong = firstOf(WRONG, result, scenario)
  return [wrong, unmet(result), wrong === null ? carries(result, scenario) : null]
    .filter((sentence) => sentence !== null)
    .join(' ')
}

/** Whether something is wrong, or an objective is not met: what a reader should look at. */
export const isBad = (result: Result, scenario: Scenario): boolean =>
  firstOf(WRONG, result, scenario) !== null || unmet(result) !== null

function firstOf(cases: readonly Case[], result: Result, scenario: Scenario): string | null {
  for (const one of cases) {
    const sentence = one(result, scenario)
    if (sentence !== null) return sentence
  }
  return null
}

// ---- The cases --------------------------------------------------------------------------------------------------

function nobodyAsked({ requests, users }: Result): string | null {
  if (requests.offered > 0) return null
  return Object.values(users).some((own) => own.malicious && own.requests.offered > 0)
    ? 'No visitor asked: only requests of attackers came in the measured time.'
    : 'Nobody asked: no request came in the measured time.'
}

function nobodyAnswered(result: Result): string | null {
  const { requests } = result
  if (requests.ok > 0) return null
  const why = commonest(result)
  return `Down: nobody is answered, of ${digits(offeredRate(result))} requests/s${why && ` (${why})`}.`
}

/** What a fault began goes on without it: a metastable state. */
function outlived(result: Result): string | null {
  const fault = faultsByCost(result).find(({ metastable }) => metastable)
  if (fault === undefined) return null
  const { replications } = result
  const runs = replications > 1 ? ` in ${fault.good_unrestored} of ${replications} runs` : ''
  const ended = fault.strikes.length === 1 ? fault.strikes[0]!.to_s : null
  const over = ended === null ? 'is over' : `ended at ${moment(ended)} s`
  const [most] = amplifications(result)
  const silent = isBeyondDoubt(fault.no_answer_s)
    ? [`nobody was answered for ${digits(fault.no_answer_s.value!)} s`]
    : []
  const retries =
    most === undefined
      ? []
      : [
          `retries make ${digits(most.outage)} requests of each one at ${most.name}, else ${digits(most.usual)}`,
        ]
  const more = [...silent, ...retries, answeredWords(result)].join('; ')
  return `Collapsed and not back by the end${runs}: the ${fault.fault} ${over}, and what it began goes on without it (a metastable state), though no more come than were answered before; ${more}.`
}

/** A fault after which it was not as before when the run ended. */
function notBack(result: Result, scenario: Scenario): string | null {
  const stretch = silence(result)
  if (stretch !== null && stretch.to_s === null) {
    const by = before(result, stretch.from_s)
    const since = `for the last ${digits(result.simulated_s - stretch.from_s)} s`
    return `Down and not back: nobody was answered ${since}${by ? `, after the ${by.fault}` : ''}${happened(result, scenario)}; ${answeredWords(result)}.`
  }
  const worst = faultsByCost(result).find(({ unrestored }) => unrestored > 0)
  if (worst === undefined) return worse(result, scenario)
  const { fault, unrestored, recovery_class } = worst
  const whom = recovery_class !== null && Object.keys(result.classes).length > 1 ? ` (${recovery_class})` : ''
  const runs = result.replications > 1 ? ` in ${unrestored} of ${result.replications} runs` : ''
  return `Not back by the end${runs}, after the ${fault}: requests${whom} still failed${happened(result, scenario)}; ${answeredWords(result)}.`
}

/** Requests no longer failed when the run ended, but fewer were answered well than before. */
function worse(result: Result, scenario: Scenario): string | null {
  const worst = faultsByCost(result).find(({ good_unrestored }) => good_unrestored > 0)
  if (worst === undefined) return null
  const runs = result.replications > 1 ? ` in ${worst.good_unrestored} of ${result.replications} runs` : ''
  return `Not back by the end${runs}, after the ${worst.fault}: fewer were answered well than before${happened(result, scenario)}; ${answeredWords(result)}.`
}

/** More comes than can be answered. */
function overloaded(result: Result, scenario: Scenario): string | null {
  if (!result.overloaded) return null
  const { requests } = result
  const visitors = requests.ok === requests.offered ? '' : ` ${capital(answeredWords(result))}.`
  return `${overload(result.overloaded, result, scenario)}${visitors}`
}

/** A time in which nobody was answered, and that ended. */
function silent(result: Result, scenario: Scenario): string | null {
  // From all replications where it was a fault; else as near as the windows of the first one tell.
  const gap = longestGap(result)
  const stretch = silence(result)
  if (gap === null && stretch === null) return null
  const by = gap ?? before(result, stretch!.from_s)
  const known = gap?.no_answer_s.value
  const time = known ? `for ${digits(known)} s` : `for about ${digits(stretch!.to_s! - stretch!.from_s)} s`
  const after = by ? ` after the ${by.fault}` : `, from ${moment(stretch!.from_s)} s on`
  const late = by === null ? null : delayedShortly(by, result)
  const visitors = [late, answeredWords(result)].filter((words) => words !== null).join('; ')
  return `Down: nobody was answered ${time}${after}; ${backAfter(by)}${happened(result, scenario)}. ${capital(visitors)}.`
}

/** Answers that come again are not yet as many good ones as before. */
function backAfter(fault: FaultResult | null): string {
  const [gap, good] = [fault?.no_answer_s.value ?? 0, fault?.good_back_s.value ?? 0]
  return good > 1.5 * gap + GAP_S && gap > 0 ? `as good as before after ${digits(good)} s` : 'back after that'
}

/** The fault after which nobody was answered for longest, if that was long enough to be noticed. */
function longestGap({ faults }: Result): FaultResult | null {
  const long = faults.filter(({ no_answer_s }) => isBeyondDoubt(no_answer_s) && no_answer_s.value! >= GAP_S)
  return long.sort((a, b) => b.no_answer_s.value! - a.no_answer_s.value!)[0] ?? null
}

/** A fault that cost requests while others were answered. */
function hurt(result: Result, scenario: Scenario): string | null {
  const worst = faultsByCost(result).find(costs)
  if (worst === undefined) return hurtTogether(result, scenario)
  const { fault, cost, recovery_s, recovery_class } = worst
  const share = cost!.value! / (result.requests.offered / result.replications)
  const whom =
    recovery_class !== null && Object.keys(result.classes).length > 1 ? ` of ${recovery_class}` : ''
  const away =
    recovery_s.value && digits(recovery_s.value) !== '0'
      ? `; some${whom} failed for ${digits(recovery_s.value)} s, and it was back after that`
      : ''
  const head = share > 0.001 ? 'Hurt' : 'Hardly hurt'
  const late = delayedShortly(worst, result)
  const per = result.replications > 1 ? ' a run' : ''
  return `${head}: the ${fault} cost ${counted(cost!.value!)} requests${per}, ${small(share)} of all${away}${happened(result, scenario)}${late === null ? '' : `; ${late}`}.`
}

/** Several faults cost requests that none of them costs alone, since the others would have cost them too. */
function hurtTogether(result: Result, scenario: Scenario): string | null {
  const { recovery, requests, replications } = result
  if (recovery === undefined || !costs(recovery)) return null
  const share = recovery.cost!.value! / (requests.offered / replications)
  const per = replications > 1 ? ' a run' : ''
  return `${share > 0.001 ? 'Hurt' : 'Hardly hurt'}: the faults together cost ${counted(recovery.cost!.value!)} requests${per}, ${small(share)} of all${happened(result, scenario)}.`
}

/** A fault after which many were answered later than they would have been, and none is known to be lost. */
function delaying(result: Result, scenario: Scenario): string | null {
  const most = [...result.faults].sort((a, b) => (b.delayed?.value ?? 0) - (a.delayed?.value ?? 0))[0]
  const late = most === undefined ? null : delayedShortly(most, result)
  if (late === null) return null
  const share = most!.delayed!.value! / (result.requests.offered / result.replications)
  return `Delayed: after the ${most!.fault} ${late}, ${small(share)} of all${happened(result, scenario)}. ${capital(answeredWords(result))}.`
}

/** Requests are lost, and no fault or overload tells why. */
function losing(result: Result): string | null {
  const { requests } = result
  const missing = 1 - requests.ok / requests.offered
  if (missing <= NEGLIGIBLE) return null
  const why = commonest(result)
  return `Loses requests: ${answeredWords(result)}${why && ` (${why})`}.`
}

/** All were answered, some of them much later than they otherwise are. */
function slowed(result: Result, scenario: Scenario): string | null {
  const { timeline, simulated_s, latency_ms } = result
  const all = timeline.flatMap(({ p99_ms }) => (p99_ms === null ? [] : [p99_ms])).sort((a, b) => a - b)
  const usual = all[Math.floor(all.length / 2)] ?? 0
  const slow = timeline.filter(({ p99_ms }) => p99_ms !== null && p99_ms > Math.max(SLOW_MS, 10 * usual))
  const first = slow[0]
  const by = first === undefined ? null : before(result, first.t_s)
  if (first === undefined || by === null) return null
  const time = digits((slow.length * simulated_s) / timeline.length)
  const most = milliseconds(Math.max(...slow.map(({ p99_ms }) => p99_ms!)))
  const p99 =
    latency_ms.p99.value === null ? '' : `, p99 of the whole run ${milliseconds(latency_ms.p99.value)}`
  return `Slow for about ${time} s after the ${by.fault}: the slowest answers took ${most} instead of ${milliseconds(usual)}${happened(result, scenario)}. ${capital(answeredWords(result))}${p99}.`
}

/** Nothing is lost, and many answers come too late. */
function late(result: Result): string | null {
  const { good, good_within_ms, latency_ms } = result
  if (good.value === null || 1 - good.value <= LATE) return null
  const mean =
    latency_ms.mean.value === null ? '' : `, after ${milliseconds(latency_ms.mean.value)} on average`
  return `Too slow: ${digits(offeredRate(result))} requests/s are answered, but ${good.value === 0 ? 'none' : `only ${percent(good.value)}`} of them within ${milliseconds(good_within_ms)}${mean}.`
}

function carries(result: Result, scenario: Scenario): string {
  const { latency_ms, faults, replications } = result
  const p99 = latency_ms.p99.value
  const speed =
    p99 !== null
      ? `, p99 ${milliseconds(p99)}`
      : latency_ms.mean.value !== null
        ? `, in ${milliseconds(latency_ms.mean.value)} on average`
        : ''
  const next = nextLimit(result)
  if (faults.length === 0)
    return `Carries the load: ${digits(offeredRate(result))}/s, ${availableWords(result)}${speed}${next}.`
  const struck = faults.some(({ strikes }) => strikes.length > 0)
  const which = faults.length === 1 ? `the ${faults[0]!.fault}` : `all ${faults.length} faults`
  return struck
    ? `Bears ${which}: it cost no requests that could be told from chance${amiss(result, scenario)}${happened(result, scenario)}; ${availableWords(result)}${speed}.`
    : `Carries the load: no fault struck${replications > 1 ? ' in the first run' : ''}; ${availableWords(result)}${speed}${next}.`
}

/** Objectives that are not met; null if all are, or none was set. */
function unmet({ expectations = [] }: Result): string | null {
  const missed = expectations.filter(({ verdict }) => verdict === 'not met')
  if (missed.length === 0) return null
  const which = missed.slice(0, 3).map(({ text }) => text)
  const more = missed.length > 3 ? ` and ${missed.length - 3} more` : ''
  return `Not met: ${which.join(', ')}${more}.`
}

// ---- What they are made of --------------------------------------------------------------------------------------

/** A share that is no more than an accident. */
const NEGLIGIBLE = 0.001
/** Of answers that are too late: more than that are no accident. */
const LATE = 0.01
/** Whoever waits longer notices it. */
const SLOW_MS = 1000
/** Fewer visitors without an answer are chance. */
const NOTICED = 5
/** Where so many answers would have come in the mean, none is no chance, though they come in clumps. */
const NOT_BY_CHANCE = 20
/** Seconds without an answer that are noticed. */
const GAP_S = 0.5

const offeredRate = ({ requests, replications, simulated_s }: Result): number =>
  requests.offered / replications / simulated_s

/** Of all who asked, in all replications; what came too late is told where it is more than an accident. */
function answeredWords(result: Result): string {
  const { requests, good, good_within_ms } = result
  const share = requests.ok / requests.offered
  const late =
    good.value !== null && share - good.value > NEGLIGIBLE
      ? `, ${percent(good.value)} within ${milliseconds(good_within_ms)}`
      : ''
  if (requests.ok === 0) return `nobody was answered${why(result)}`
  return `${share === 1 ? 'all' : percent(share)}${share === 1 ? '' : ' of all'} requests were answered${late}`
}

const why = (result: Result): string => {
  const most = commonest(result)
  return most === '' ? '' : ` (${most})`
}

/** Well is soon enough, too; where none failed only a bound is known. */
const availableWords = (result: Result): string => {
  const { good, good_within_ms, requests } = result
  const within = `(within ${milliseconds(good_within_ms)})`
  if (good.value === null) return `${requests.ok === requests.offered ? 'all' : available(result)} answered`
  return `${good.value === 1 ? 'all' : percent(good.value)} answered well ${within}`
}

const small = (share: number): string => (share < 0.0001 ? 'less than 0.01%' : `${digits(share * 100)}%`)

/** How most of those that were not answered ended: `most of them timeout`. */
function commonest({ requests }: Result): string {
  const ends = Object.entries({ ...requests.by_outcome, 'never answered': requests.in_flight }).filter(
    ([name, n]) => name !== 'ok' && n > 0,
  )
  const [most] = ends.sort((a, b) => b[1] - a[1])
  return most === undefined ? '' : `${ends.length > 1 ? 'mostly ' : ''}${most[0]}`
}

/** Empty where it is not known what would fill it. */
function nextLimit(result: Result): string {
  const { bottleneck } = result
  if (bottleneck === null || bottleneck.full_at_per_s === null) return ''
  const which = bottleneck.utilization < NEAR ? 'the next limit is' : 'near its limit is'
  return `; ${which} ${whereOf(bottleneck, result)}, full at about ${digits(bottleneck.full_at_per_s)}/s`
}

/** Those that cost most first. */
const faultsByCost = ({ faults }: Result): FaultResult[] =>
  [...faults].sort((a, b) => (b.cost?.value ?? 0) - (a.cost?.value ?? 0))

/** Whether it cost requests, beyond chance. */
const costs = ({ cost }: Pick<FaultResult, 'cost'>): boolean =>
  cost?.value != null && cost.value > 0 && (cost.low === null || cost.low > 0)

/** The last fault that struck before, or at, a time of the first replication. */
function before({ faults }: Result, time_s: number): FaultResult | null {
  const struck = faults.flatMap((fault) =>
    fault.strikes.filter(({ from_s }) => from_s <= time_s + 1).map(({ from_s }) => ({ fault, from_s })),
  )
  return struck.sort((a, b) => b.from_s - a.from_s)[0]?.fault ?? null
}

/**
 * The longest time without an answer, in the first replication; without an end if it lasted to the end of the run.
 * Answers to those who had asked before the measured span are in no window: where nothing has struck, none at the
 * beginning is nothing, and none for a while is chance unless twenty would have come.
 */
export function silence(result: Result): { from_s: number; to_s: number | null } | null {
  const { timeline, simulated_s } = result
  const length = simulated_s / timeline.length
  const answered = timeline.reduce((sum, { ok }) => sum + ok, 0)
  // Answers that come in a window, in the mean; where there are none at all it is no chance.
  const missed = answered > 0 ? answered / timeline.length : Number.POSITIVE_INFINITY
  let longest: { from: number; windows: number } | null = null
  for (let from = 0; from < timeline.length; from++) {
    let to = from
    let asked = 0
    for (; to < timeline.length && timeline[to]!.ok === 0; to++) asked += timeline[to]!.offered
    const windows = to - from
    const isStart = from === 0 && to < timeline.length && before(result, 0) === null
    const isChance = missed * windows < NOT_BY_CHANCE && before(result, from * length) === null
    if (windows > 0 && !isStart && !isChance && asked >= NOTICED && windows > (longest?.windows ?? 0))
      longest = { from, windows }
    from = Math.max(from, to - 1)
  }
  if (longest === null) return null
  const end = longest.from + longest.windows
  return { from_s: longest.from * length, to_s: end === timeline.length ? null : end * length }
}

/** What components did about it: `; a replica was promoted (mysql-1)`. */
function happened({ components }: Result, scenario: Scenario): string {
  const kinds = kindsOf(scenario)
  const told = Object.entries(components).flatMap(([name, { extra = {} }]) =>
    Object.entries(kinds.get(name)?.counts ?? {}).flatMap(([count, { happened }]) =>
      happened !== undefined && (extra[count]?.value ?? 0) >= 0.5 ? [named(happened, name)] : [],
    ),
  )
  return told.length > 0 ? `; ${told.join(', ')}` : ''
}

/** `a circuit breaker opened (app)`; `the group of db-1 elected a new primary`, which need not be another than db-1. */
const named = (happened: string, name: string): string =>
  happened.includes('{}') ? happened.replace('{}', name) : `${happened} (${name})`

/** What was bad though all were answered: `, but 42.2% of the reads missed a write (mysql-2)`. */
function amiss({ components }: Result, scenario: Scenario): string {
  const kinds = kindsOf(scenario)
  const told = Object.entries(components).flatMap(([name, component]) =>
    countedBy(component, kinds.get(name)!).flatMap(({ estimate, count: { amiss, newsFrom } }) =>
      amiss !== undefined && estimate.value! >= (newsFrom ?? 0)
        ? [`${digits(estimate.value! * 100)}% ${amiss} (${name})`]
        : [],
    ),
  )
  return told.length > 0 ? `, but ${told.join(', ')}` : ''
}

// ---- Of several scenarios ---------------------------------------------------------------------------------------

/** Differences that decide, before those that are only seen: points of requests answered, and a share of latency. */
const MATTERS = { points: 0.001, latency: 0.05 }

/** What becomes of those whom it does not answer, or not in time: `is overloaded: ...`; empty where nothing is known. */
function drops(result: Result): string {
  const { overloaded, requests } = result
  if (overloaded !== undefined && overloaded.lag_growth === undefined)
    return `is overloaded: ${whereOf({ ...overloaded, name: overloaded.component }, result)} cannot keep up`
  const [worst] = faultsByCost(result).filter(costs)
  if (worst !== undefined)
    return `loses ${counted(worst.cost!.value!)} requests a run after the ${worst.fault}`
  if (1 - requests.ok / requests.offered > NEGLIGIBLE)
    return `loses ${percentAmiss(1 - requests.ok / requests.offered)} of all requests${why(result)}`
  return ''
}

/** Who answers more visitors well, or, where as many, more of them at all; null where all answer as many. */
function setApart(results: readonly Result[], labels: readonly string[]): string | null {
  for (const [metric, words] of [
    ['good', ' well'],
    ['availability', ''],
  ] as const) {
    const shares = results.map((result) => result[metric].value ?? 0)
    const [least, most] = [Math.min(...shares), Math.max(...shares)]
    if (most - least < MATTERS.points) continue
    const [best, worst] = [most, least].map((share) => shares.indexOf(share)) as [number, number]
    const [who, whose] = [labels[best]!, labels[worst]!]
    const [more, fewer] = [nines(results[best]![metric]), nines(results[worst]![metric])]
    const points = digits((most - least) * 100)
    const because = drops(results[worst]!)
    return results.length === 2
      ? `${who} answers ${points} points more of its visitors${words} than ${whose}: ${more} against ${fewer}${because && `; ${whose} ${because}`}.`
      : `${who} answers most of its visitors${words}, ${more}; ${whose} fewest, ${fewer} (${points} points less)${because && `, and ${because}`}.`
  }
  return null
}

/** The first line of a comparison: who answers more visitors; if that is the same, who is faster, by how much. */
export function comparisonLine(
  results: readonly Result[],
  labels: readonly string[],
  comparisons: readonly Comparison[],
): string {
  const apart = setApart(results, labels)
  if (apart !== null) return apart
  for (const [metric, key, words] of [
    ['latency_p99_ms', 'p99', 'at p99'],
    ['latency_mean_ms', 'mean', 'on average'],
  ] as const) {
    const own = comparisons.filter((c) => c.metric === metric && c.verdict !== 'no significant difference')
    const told = own.filter(({ relative }) => relative !== null && Math.abs(relative) >= MATTERS.latency)
    if (told.length === 0) continue
    const best = bestOf(
      comparisons.filter((c) => c.metric === metric),
      metric,
    )
    const fastest = labels.filter((label) => best.includes(label))
    const values = results.map(({ latency_ms }) => latency_ms[key].value)
    const others = labels.flatMap((label, i) =>
      fastest.includes(label) || values[i] === null ? [] : [`${label} ${milliseconds(values[i]!)}`],
    )
    if (fastest.length === 0 || others.length === 0) continue
    const shortest = values[labels.indexOf(fastest[0]!)]!
    return `All answer as many; ${fastest.join(' and ')} ${fastest.length === 1 ? 'is' : 'are'} fastest ${words}, ${milliseconds(shortest)}: ${others.join(', ')}.`
  }
  return results.some(({ unstable }) => unstable)
    ? 'All are overloaded alike: which one is better cannot be told.'
    : `No difference that matters between ${labels.slice(0, -1).join(', ')} and ${labels.at(-1)}: all answer as many, about as fast.`
}
