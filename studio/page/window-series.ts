import type { Window } from '../messages.js'

/** Figures of the last moments. Rates a second, shares, milliseconds; null where nothing is known. */
export interface Figures {
  readonly asked: number | null
  readonly ok: number | null
  readonly good: number | null
  readonly p99: number | null
  readonly failed: number | null
}

/** Seconds that figures are taken over, at least. */
const RECENT = 1

/** The windows of the run in the order of time; what comes again takes the place of what was there. */
export class Series {
  private list: Window[] = []

  get windows(): readonly Window[] {
    return this.list
  }

  put(windows: readonly Window[]): void {
    for (const window of windows) {
      const last = this.list.at(-1)
      if (last === undefined || last.to <= window.from + CLOSE) this.list.push(window)
      else this.replace(window)
    }
  }

  private replace(window: Window): void {
    const before = this.list.filter(({ to }) => to <= window.from + CLOSE)
    const after = this.list.filter(({ from }) => from >= window.to - CLOSE)
    this.list = [...before, window, ...after]
  }

  /** What lies behind a moment is not known any more: something was done there. */
  forget(from: number): void {
    this.list = this.list.filter(({ to }) => to <= from + CLOSE)
  }

  clear(): void {
    this.list = []
  }

  /** The window of a moment; of what is not known yet the last that is. */
  at(time: number): Window | null {
    return this.list.find(({ to }) => time < to) ?? this.list.at(-1) ?? null
  }

  /** Figures of the last second before `now`, or of the last window where this is longer. */
  figures(now: number): Figures {
    const last = this.list.findLast(({ to }) => to <= now + CLOSE)
    if (last === undefined) return { asked: null, ok: null, good: null, p99: null, failed: null }
    const some = this.list.filter(({ from, to }) => to <= last.to && from >= last.to - RECENT - CLOSE)
    const recent = some.length > 0 ? some : [last]
    const seconds = recent.at(-1)!.to - recent[0]!.from
    const sum = (of: (window: Window) => number) => recent.reduce((total, window) => total + of(window), 0)
    const ended = sum(endedIn)
    return {
      asked: sum(({ asked }) => asked) / seconds,
      ok: sum(({ ok }) => ok) / seconds,
      good: ended === 0 ? null : sum(({ good }) => good) / ended,
      p99: recent.findLast(({ p99 }) => p99 !== null)?.p99 ?? null,
      failed: sum(failedIn) / seconds,
    }
  }

  /** How many failed between two moments, as far as whole windows tell. */
  failedBetween(from: number, to: number): number {
    return this.list
      .filter((window) => window.to > from && window.from < to)
      .reduce((total, window) => total + failedIn(window), 0)
  }
}

/** Times that differ by less are one. */
const CLOSE = 1e-6

const endedIn = ({ outcomes }: Window): number => outcomes.reduce((total, n) => total + n, 0)
const failedIn = (window: Window): number => endedIn(window) - window.ok
const lengthOf = ({ from, to }: Window): number => to - from

/** A row of times and a row of values for each line, as charts take them. */
export type Columns = readonly (readonly (number | null | undefined)[])[]

const columns = (windows: readonly Window[], ...lines: Line[]): Columns => [
  windows.map(({ from, to }) => (from + to) / 2),
  ...lines.map((line) => windows.map(line)),
]

/** Asked, answered ok and soon enough, answered ok at all, and failed a second. */
export const rates = (windows: readonly Window[]): Columns =>
  columns(
    windows,
    (w) => w.asked / lengthOf(w),
    (w) => w.good / lengthOf(w),
    answered,
    failed,
  )

/** Percentiles in milliseconds. */
export const latencies = (windows: readonly Window[]): Columns =>
  columns(
    windows,
    (w) => w.p50,
    (w) => w.p90,
    slowest,
  )

/** A second, of the outcomes with these numbers. */
export const failures = (windows: readonly Window[], outcomes: readonly number[]): Columns =>
  columns(windows, ...outcomes.map((i) => (w: Window) => (w.outcomes[i] ?? 0) / lengthOf(w)))

/** One figure of a window, as a line of a chart. */
export type Line = (window: Window) => number | null

export const answered: Line = (w) => w.ok / lengthOf(w)
export const slowest: Line = ({ p99 }) => p99
export const failed: Line = (w) => failedIn(w) / lengthOf(w)

/** The same figure of two runs over one another; undefined where one of them has no window with its middle there. */
export function overlaid(first: readonly Window[], second: readonly Window[], line: Line): Columns {
  const [one, other] = [first, second].map(
    (windows) => new Map(windows.map((window) => [(window.from + window.to) / 2, line(window)])),
  )
  const times = [...new Set([...one!.keys(), ...other!.keys()])].sort((a, b) => a - b)
  return [times, times.map((time) => one!.get(time)), times.map((time) => other!.get(time))]
}
