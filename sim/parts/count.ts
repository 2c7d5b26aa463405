/** What `expect:` reads a bound in. */
export type BoundUnit = 's' | '/s' | 'share' | 'count'

/** What a number is in: as JSON and CSV have it, as `expect:` has it, and as people are shown it. */
interface Unit {
  readonly bound: BoundUnit
  /** From JSON to the unit of bounds. */
  readonly factor: number
  /** From JSON to what people see, and the sign behind that, with its space if it has one. */
  readonly shown: number
  readonly sign: string
}

/** All units, in one place. */
export const UNITS = {
  s: { bound: 's', factor: 1, shown: 1, sign: ' s' },
  ms: { bound: 's', factor: 1e-3, shown: 1, sign: ' ms' },
  '/s': { bound: '/s', factor: 1, shown: 1, sign: '/s' },
  share: { bound: 'share', factor: 1, shown: 100, sign: '%' },
  count: { bound: 'count', factor: 1, shown: 1, sign: '' },
} as const satisfies Readonly<Record<string, Unit>>

/** A component as the scenario describes it. */
export interface Neighbour<Options = Record<string, unknown>> {
  readonly name: string
  readonly kind: string
  readonly options: Options
  /** As its kind says. */
  readonly keepsLog?: boolean | undefined
  /** The host that the scenario has it on; null for none. */
  readonly host?: string | null | undefined
  /** Whether something is said of the room on the disk there (`disk_size`). */
  readonly hasDisk?: boolean | undefined
}

/** One of the numbers that components of a kind report beyond those that all have. */
export interface Count<Options = Record<string, unknown>> {
  /** Of the number in JSON; the name of a time ends in it (`lag_ms`). */
  readonly unit: keyof typeof UNITS
  /** What it counts: a few words, for reports and listings. */
  readonly says: string
  /** Whether a component has it, as the scenario sets it up; default: always. */
  when?(self: Neighbour<Options>, all: readonly Neighbour[]): boolean | undefined
  /** Whether it is of visitors who ask more than once, and there only where some do. */
  readonly ofVisitors?: true
  /**
   * What happened where there is one of it, for the first line of a report: `a standby took over`. The name of the box
   * stands behind it, or where it says `{}`.
   */
  readonly happened?: string
  /** From this value on, in the mean over the runs, it is told in the shortest report too. */
  readonly newsFrom?: number
  /** The count that it should be as large as: where it is not, both are told in the shortest report too. */
  readonly newsBelow?: string
  /** Of a share that is news: what is amiss then though all are answered, for the first line: `of the reads missed a write`. */
  readonly amiss?: string
  /** Whether it is a mean that only a steady state has: not told where what it measures grows without end. */
  readonly steady?: boolean
  /** The count beside which a zero of this one is worth telling. */
  readonly zeroBeside?: string
}

/** How `expect:` calls a count: `lag` for `lag_ms`, whose bound says its unit. */
export const measureOf = (name: string, { unit }: Pick<Count, 'unit'>): string =>
  unit === 's' || unit === 'ms' ? name.replace(new RegExp(`_${unit}$`), '') : name

/** What a run found out about a component, for its kind to remark on. */
export interface Findings {
  readonly name: string
  readonly replications: number
  /** How many faults the scenario has. */
  readonly faults: number
  /** Seconds that visitors were away after a fault, at worst; null where nothing struck or nobody was. */
  readonly away: number | null
  /** Mean of a count over the replications; null where it is not known. */
  value(count: string): number | null
  /** The same with its interval and unit: `31.2 ±4 s`. */
  shown(count: string): string
  /** A number with as many digits as mean something. */
  digits(x: number): string
}
