/**
 * What the page and its workers say to one another: plain data. Times are in seconds of the measured span, as in a
 * scenario and in the reports. `id` counts what the page has asked for: an answer with an old one is of no use any
 * more, since the text has changed meanwhile.
 */
import type { Assets } from '../reports/html/assets.js'
import type { TracedRequest } from '../sim/model/tracing.js'
import type { Problem } from '../sim/scenario/problem.js'

/** A scenario as text: what the editor has, an address carries, and a worker reads. */
export interface Text {
  readonly text: string
  /** Name of the file: what mistakes are told with. */
  readonly file: string
  /** Texts of the files that it names, by the path that it names them with. */
  readonly files: Readonly<Record<string, string>>
}

/**
 * A fault as it is struck by hand: its kind, what it strikes, and the options of the kind as a scenario writes them. With
 * `for` it heals by itself.
 */
export interface Blow {
  readonly kind: string
  readonly target: string
  readonly [option: string]: string | number
}

// ---- The run that is seen ---------------------------------------------------------------------------------------

export type ToLive =
  /** Reads the text and stands at the beginning of the measured span, after the warm-up. Answer: loaded and picture, or mistakes. */
  | { readonly type: 'load'; readonly id: number; readonly scenario: Text }
  /**
   * Goes on up to `to`, or until `budget` milliseconds are spent. Answer: frame.
   * @param every of so many visitors one is shown as dots; 0: none
   */
  | {
      readonly type: 'tick'
      readonly id: number
      readonly to: number
      readonly budget: number
      readonly every: number
      /** Seconds of the windows that figures are counted in, from now on. */
      readonly window: number
    }
  /**
   * Goes to `at`, rounded up to a millisecond, or to the next millisecond if that is over, and strikes. `strike` is the
   * page's number for it. Answer: struck, with the `at:` of its line in the text, or refused.
   */
  | {
      readonly type: 'strike'
      readonly id: number
      readonly strike: number
      readonly blow: Blow
      readonly at: number
    }
  | { readonly type: 'heal'; readonly id: number; readonly strike: number; readonly at: number }
  /** Open users come `factor` times as often from the next millisecond on. Answer: rated, or refused with strike -1. */
  | { readonly type: 'rate'; readonly id: number; readonly users: string; readonly factor: number }
  /** The ways of some requests that asked in the windows between `from` and `to`. Answer: ways, unless it is asked again. */
  | { readonly type: 'ways'; readonly id: number; readonly from: number; readonly to: number }

export type FromLive =
  | Loaded
  /** Comes after `loaded`: the drawing without what is renewed, as SVG, to be given away. */
  | { readonly type: 'picture'; readonly id: number; readonly svg: string }
  | { readonly type: 'mistakes'; readonly id: number; readonly mistakes: readonly Problem[] }
  | Frame
  | { readonly type: 'struck'; readonly id: number; readonly strike: number; readonly at: number }
  /** `lasts`: what its line has to have as `for:`, seconds. */
  | {
      readonly type: 'healed'
      readonly id: number
      readonly strike: number
      readonly lasts: number
    }
  /**
   * It holds from `at` on: in the text a `surge` (unless the factor is 1), and the one before, if there was one, gets
   * `for:` up to here.
   */
  | {
      readonly type: 'rated'
      readonly id: number
      readonly users: string
      readonly factor: number
      readonly at: number
    }
  | { readonly type: 'refused'; readonly id: number; readonly strike: number; readonly message: string }
  | WaysFound
  /** The simulation cannot go on: a sentence that says why. */
  | { readonly type: 'failed'; readonly id: number; readonly message: string }

/** Of those who asked between `from` and `to`: who failed first, then the slowest. */
export interface WaysFound {
  readonly type: 'ways'
  readonly id: number
  readonly from: number
  readonly to: number
  /** Up to when that is known: what has not ended goes on until then. */
  readonly until: number
  readonly ways: readonly TracedRequest[]
}

export type PlaceType = 'users' | 'component' | 'host' | 'zone'

/** Where something stands in the drawing, in its units. */
export interface Place {
  readonly name: string
  readonly type: PlaceType
  /** Of a component: its kind; of others empty. */
  readonly kind: string
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** An arrow of the drawing. */
export interface Arrow {
  readonly from: string
  readonly to: string
  /** As a path of SVG. */
  readonly path: string
  readonly copies: boolean
}

/** What the page has to know of a scenario before the first frame. */
export interface Loaded {
  readonly type: 'loaded'
  readonly id: number
  readonly name: string
  readonly seed: string
  readonly preface: string
  readonly lasts: number
  readonly warmup: number
  readonly replications: number
  readonly outcomes: readonly string[]
  /** Who asks, and whether his rate can be changed. */
  readonly users: readonly { readonly name: string; readonly open: boolean }[]
  /** The architecture as SVG, with a bar for the use of each box and host, and its size. */
  readonly drawing: string
  readonly width: number
  readonly height: number
  readonly places: readonly Place[]
  readonly arrows: readonly Arrow[]
  /** Faults of the text that strike at a known time: bands of the charts. */
  readonly planned: readonly {
    readonly kind: string
    readonly target: string
    readonly at: number
    readonly lasts: number
  }[]
  /**
   * What the text leaves open and would be something else with a fault in it (a drill has no warm-up): lines
   * `option: value` to be written at the top together with the first fault that was struck by hand, so that the same
   * text gives the same run.
   */
  readonly unsaid: readonly { readonly option: 'lasts' | 'warmup'; readonly value: string }[]
}

/** Numbers of a dot, of a component, of a host, and of an arrow in a frame. */
export const DOT = { at: 0, arrow: 1, way: 2, outcome: 3, size: 4 } as const
/** `dot.way`: a question down, an answer up, and a connection that nobody takes. */
export const WAY = { down: 0, up: 1, failed: 2 } as const
/** `state` is an index of `STATES`. `used` is the share in use since the last frame, `rate` answers a second in the last window. */
export const BOX = {
  state: 0,
  waiting: 1,
  used: 2,
  speed: 3,
  soundness: 4,
  rotation: 5,
  rate: 6,
  size: 7,
} as const
export const STATES = ['gone', 'starting', 'hanging', 'serving'] as const
export const HOST = { up: 0, used: 1, speed: 2, size: 3 } as const
/** `rate`: requests a second in the last window. `latency` (seconds) and `loss` (a share) are what faults add. */
export const LINE = { open: 0, rate: 1, latency: 2, loss: 3, size: 4 } as const

/** What has happened since the last frame, and how it is now. */
export interface Frame {
  readonly type: 'frame'
  readonly id: number
  readonly now: number
  /** The run has ended: nothing comes after it. */
  readonly ended: boolean
  /** `DOT.size` numbers a hop, transferred. */
  readonly dots: Float32Array
  /** `BOX.size` numbers a component, in the order of those in `places`; so for hosts and arrows. */
  readonly boxes: Float32Array
  readonly hosts: Float32Array
  readonly lines: Float32Array
  /** Those that ended since the last frame. */
  readonly windows: readonly Window[]
  /** What strikes now, of the text and by hand: of others it has healed. */
  readonly strikes: readonly {
    readonly kind: string
    readonly targets: readonly string[]
    readonly from: number
  }[]
}

/** Figures of a stretch of time, by when visitors were answered or gave up. */
export interface Window {
  readonly from: number
  readonly to: number
  readonly asked: number
  readonly ok: number
  /** Answered ok within `good`. */
  readonly good: number
  /** Of each outcome, in the order of `outcomes`. */
  readonly outcomes: readonly number[]
  /** Milliseconds of those answered ok; null where these are too few. */
  readonly p50: number | null
  readonly p90: number | null
  readonly p99: number | null
}

// ---- Answers that take many runs ----------------------------------------------------------------------------------

/**
 * `run`: all replications, with intervals; `cost`: what each fault cost, by paired runs; `compare`: of two scenarios;
 * `report`: the page of `--out`, as one file; `json`: what `nines run --format json` prints.
 */
export type Question =
  | 'run'
  | 'cost'
  | 'compare'
  | 'capacity'
  | 'spof'
  | 'availability'
  | 'explain'
  | 'report'
  | 'json'

/** There is no word for stopping: the worker is ended, and those that it started with it. */
export interface ToAnswers {
  readonly id: number
  readonly question: Question
  readonly scenarios: readonly Text[]
  /** Workers that may be used at a time. */
  readonly jobs: number
  /** For a report: what `report.json` beside the page holds. */
  readonly assets?: Assets
}

export type FromAnswers =
  | { readonly type: 'mistakes'; readonly id: number; readonly mistakes: readonly Problem[] }
  | { readonly type: 'progress'; readonly id: number; readonly done: number; readonly planned: number }
  | Answer
  | { readonly type: 'failed'; readonly id: number; readonly message: string }

/** An answer as it is shown; of `run` also while replications are missing. */
export interface Answer {
  readonly type: 'answer'
  readonly id: number
  readonly question: Question
  /** All of it is there. */
  readonly whole: boolean
  /** The answer in a sentence. */
  readonly sentence: string
  /** Rows of a table: metric, value, half of its interval, in words. */
  readonly rows: readonly (readonly string[])[]
  /** What else is to be said, as HTML that was made of escaped parts; empty for nothing. */
  readonly section: string
  /** The drawing coloured by the answer, as SVG; null where it says nothing of boxes. */
  readonly drawing: string | null
  /** Of `report` and `json`: what is to be saved. */
  readonly saved?: string
}
