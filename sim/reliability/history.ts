import { type Estimate, shareOf } from '../stats/estimate.js'
import { follow, Walk } from './course.js'
import { keyOf, type Lost, type System, without } from './system.js'

/** Seconds, and minutes, of 365 days. */
export const YEAR = 365 * 86_400
export const MINUTES_A_YEAR = YEAR / 60
/** Seconds of thirty days. */
const MONTH = 30 * 86_400

/** Simulations of equal length, from whose spread the errors are told. */
const BATCHES = 20
/** Failures in all of them together, and the years that these are at most. */
const FAILURES = 200_000
const MOST_YEARS = 20_000
/** Outages that are listed. */
const LISTED = 10_000

/** What a failing system costs those who ask it. */
export interface Costs {
  /** Share of what is asked that is answered while these parts are lost. */
  worth(lost: Lost): number
  /** Whether something is out of reach meanwhile, for want of parts. */
  isOut(lost: Lost): boolean
  /** Seconds in which as much is asked as goes unanswered by the failure of a part while others are lost already, beyond what its absence costs. */
  toll(part: number, others: Lost): number
  /** For how long nobody is answered after the failure of a part that can be done without: seconds. */
  gap(part: number): number
}

/** For so long something was out of reach, with these parts lost at its worst; `part` failed last before it. Seconds. */
interface OutageOfParts {
  readonly from: number
  readonly to: number
  readonly lost: Lost
  readonly part: number
  /** It was over when others took over: the part can be done without. */
  readonly isGap: boolean
}

/** What many years bring. Shares of what is asked that is answered. */
export interface History {
  readonly years: number
  /** Of each month and each year, in each of the simulations. */
  readonly months: readonly Float64Array[]
  readonly annual: readonly Float64Array[]
  /** Lengths of all outages for want of parts, and of those that were over when others took over; ascending: seconds. */
  readonly outages: Float64Array
  readonly gaps: Float64Array
  /** Those of the first so many seconds. */
  readonly first: readonly OutageOfParts[]
  readonly listed: number
}

/** Adds up what goes unanswered, span after span. */
class Account {
  readonly shares: Float64Array
  private readonly lost: Float64Array

  constructor(
    private readonly length: number,
    total: number,
  ) {
    this.lost = new Float64Array(Math.floor(total / length + 1e-9))
    this.shares = new Float64Array(this.lost.length)
  }

  /** `share` of what is asked goes unanswered from one time to another. */
  add(share: number, from: number, to: number): void {
    if (share === 0) return
    for (let i = Math.floor(from / this.length); i < this.lost.length && i * this.length < to; i++) {
      const [start, end] = [Math.max(from, i * this.length), Math.min(to, (i + 1) * this.length)]
      this.lost[i] = this.lost[i]! + share * (end - start)
    }
  }

  close(): void {
    for (const i of this.lost.keys()) this.shares[i] = Math.max(0, 1 - this.lost[i]! / this.length)
  }
}

/**
 * Lets a system fail and be repaired for many years, and tells what each month and each year brought.
 * @param over seconds of which the outages are kept
 */
export function historyOf(system: System, costs: Costs, seed: string, over: number): History {
  const rate = system.parts.reduce((sum, { life, repair }) => sum + 1 / (life.mean + repair.mean), 0)
  const wanted = FAILURES / (rate * YEAR)
  const all = Math.min(MOST_YEARS, wanted)
  const batches = Math.max(1, Math.min(BATCHES, Math.floor(all)))
  // What fails more often than can be followed for a year has had no whole one.
  const years = all < 1 ? all : Math.ceil(all / batches)
  let listed = Math.min(over, wanted * YEAR)
  const known = new Map<string, { worth: number; out: boolean }>()
  const of = (lost: Lost) => {
    const key = keyOf(lost)
    const own = known.get(key) ?? { worth: costs.worth(lost), out: costs.isOut(lost) }
    known.set(key, own)
    return own
  }
  const months: Float64Array[] = []
  const annual: Float64Array[] = []
  const lengths: number[] = []
  const gaps: number[] = []
  let first: readonly OutageOfParts[] = []
  for (let batch = 0; batch < batches; batch++) {
    const length = Math.max(years * YEAR, batch === 0 ? listed : 0)
    const accounts = [new Account(MONTH, years * YEAR), new Account(YEAR, years * YEAR)]
    const outages = outagesOf(new Walk(system, `${seed}/${batch}/history`), length, costs, of, accounts)
    for (const account of accounts) account.close()
    months.push(accounts[0]!.shares)
    annual.push(accounts[1]!.shares)
    for (const { from, to, isGap } of outages)
      if (from < years * YEAR) (isGap ? gaps : lengths).push(to - from)
    if (batch > 0) continue
    const within = outages.filter(({ from }) => from < listed)
    if (within.length > LISTED) listed = within[LISTED]!.from
    first = within.slice(0, LISTED)
  }
  const sorted = (all: readonly number[]) => Float64Array.from(all).sort()
  return {
    years: years * batches,
    months,
    annual,
    outages: sorted(lengths),
    gaps: sorted(gaps),
    first,
    listed,
  }
}

/** One simulation: what it costs goes into the accounts. */
function outagesOf(
  walk: Walk,
  until: number,
  { toll, gap }: Costs,
  of: (lost: Lost) => { worth: number; out: boolean },
  accounts: readonly Account[],
): OutageOfParts[] {
  const outages: OutageOfParts[] = []
  let begun: { from: number; lost: Lost; part: number } | null = null
  let last = -1
  follow(
    walk,
    until,
    (lost, from, to) => {
      const { worth, out } = of(lost)
      for (const account of accounts) account.add(1 - worth, from, to)
      if (!out) {
        if (begun !== null) outages.push({ ...begun, to: from, isGap: false })
        begun = null
      } else if (begun === null) begun = { from, lost: [...lost], part: last }
      else if (lost.length > begun.lost.length) begun.lost = [...lost]
    },
    (part, at) => {
      last = part
      const seconds = toll(part, without(walk.lost, part))
      // At once, as if nobody were answered for so long: where the toll is below 0, some more were.
      for (const account of accounts) account.add(Math.sign(seconds), at, at + Math.abs(seconds))
      const away = gap(part)
      if (away > 0 && begun === null && !of(walk.lost).out)
        outages.push({ from: at, to: at + away, lost: [part], part, isGap: true })
    },
  )
  if (begun !== null)
    outages.push({ ...(begun as { from: number; lost: Lost; part: number }), to: until, isGap: false })
  return outages
}

/**
 * The share of months, or years, in which at least `bound` of what was asked was answered. Where all of them were alike,
 * the interval ends where 95 in 100 times one of so many would have been another (the rule of three).
 */
export function chanceOf(spans: readonly Float64Array[], bound: number, strictly = false): Estimate {
  const kept = spans.map((own) => own.filter((share) => (strictly ? share > bound : share >= bound)).length)
  const all = spans.map((own) => own.length)
  const chance = shareOf(kept, all)
  const beyond = 3 / all.reduce((sum, n) => sum + n, 0)
  if (chance.value === 0) return { value: 0, low: 0, high: Math.min(1, beyond) }
  if (chance.value === 1) return { value: 1, low: Math.max(0, 1 - beyond), high: 1 }
  return chance
}

/** The value below which a share `p` of the sorted values lie; null where there are none. */
export const quantileIn = (sorted: Float64Array, p: number): number | null =>
  sorted.length === 0 ? null : sorted[Math.min(sorted.length - 1, Math.floor(p * sorted.length))]!
