/**
 * A chart as data: `plot` draws it as SVG, and a page carries it as JSON for the script that reads the values under the
 * pointer. Panels stand one above the other over one x axis.
 */
export interface Chart {
  /** Height of each panel, in pixels. */
  readonly tall: number
  readonly x: {
    readonly unit: 'time' | 'ms' | 'value'
    /** Names of the values 0, 1, 2, ..., where they are no numbers. */
    readonly labels?: readonly string[]
    readonly title?: string
    readonly log: boolean
    readonly from: number
    readonly to: number
  }
  readonly panels: readonly Panel[]
  /** Faults, overload: marked over all panels. */
  readonly bands: readonly Band[]
}

export interface Panel {
  readonly title: string
  /** Of the y axis; `beyond`: the share of requests that lie further out. */
  readonly unit: 'rate' | 'ms' | 'beyond' | 'share' | 'count'
  readonly log: boolean
  readonly from?: number
  readonly to?: number
  readonly lines: readonly Line[]
}

export interface Line {
  readonly name: string
  readonly tone: Tone
  readonly points: readonly (readonly [number, number | null])[]
  /** Whether the area below is filled. */
  readonly filled?: boolean
  /** Confidence intervals, as `[x, low, high]`: a shaded ribbon along the line, with a dot at each point. */
  readonly ribbon?: readonly (readonly [number, number, number])[]
  /** The x of points that are crossed out: overloaded. */
  readonly crossed?: readonly number[]
}

/** What a line is about; the style sheet gives it a colour (`--offered`), `DASHES` a pattern. */
export type Tone =
  | 'offered'
  | 'ok'
  | 'failed'
  | 'p50'
  | 'p99'
  | 'first'
  | 'second'
  | 'third'
  | 'fourth'
  | 'fifth'
  | 'sixth'
  | 'seventh'
  | 'eighth'
  | 'more'

/** Dashes of the lines, so that nobody has to tell them by colour alone. */
export const DASHES: Readonly<Record<Tone, readonly number[]>> = {
  offered: [2, 3],
  ok: [],
  failed: [],
  p50: [],
  p99: [6, 3],
  first: [],
  second: [7, 3],
  third: [2, 3],
  fourth: [8, 3, 2, 3],
  fifth: [1, 2],
  sixth: [12, 3],
  seventh: [8, 3, 2, 3, 2, 3],
  eighth: [4, 2],
  more: [3, 6],
}

export interface Band {
  readonly from: number
  readonly to: number
  readonly label: string
}
