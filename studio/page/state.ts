import type { TracedRequest } from '../../sim/model/tracing.js'
import type { Problem } from '../../sim/scenario/problem.js'
import type { Answer, Blow, Frame, Loaded, Question, Text, WaysFound } from '../messages.js'
import type { Shelf } from '../shelf.js'
import type { FaultEntry, TargetSort } from './fault-lines.js'

export const TABS = ['Live', 'Answer', 'Capacity', 'SPOF', 'Nines', 'Explain'] as const
export type Tab = (typeof TABS)[number]

/** What was struck by hand, and the line that the text has for it. */
export interface Strike {
  readonly number: number
  readonly blow: Blow
  readonly at: number
  readonly line: string
}

/** The menu that is open, and what it is of. */
export interface Menu {
  /** Of which scenario: 0 for the first, 1 for the one beside it. */
  readonly side: number
  readonly target: string
  readonly sort: TargetSort
  /** What it opens beside, in pixels of the drawing's room. */
  readonly beside: { readonly left: number; readonly right: number; readonly top: number }
  /** The fault whose options are being asked for. */
  readonly form: FaultEntry | null
}

/** A question that takes many runs, as far as it has come. */
export interface Asked {
  readonly state: 'asking' | 'stopped' | 'failed' | 'answered'
  readonly done: number
  readonly planned: number
  readonly answer: Answer | null
  readonly message: string
}

/** Requests of a stretch of time, and the one that is looked at. */
interface Ways {
  readonly from: number
  readonly to: number
  /** Up to when they are known. */
  readonly until: number
  /** Null while they are awaited. */
  readonly list: readonly TracedRequest[] | null
  readonly chosen: number | null
}

/** With what was found, unless that is of another stretch: who looked at that one looks at this one by now. */
export const withFound = (ways: Ways | null, { from, to, until, ways: list }: WaysFound): Ways | null =>
  ways !== null && ways.from === from && ways.to === to ? { ...ways, until, list } : ways

/** What is known of one scenario that is seen. */
export interface SideState {
  /** As it was opened. */
  scenario: Text
  loaded: Loaded | null
  /** SVG of it, to be given away. */
  picture: string | null
  frame: Frame | null
  mistakes: readonly Problem[]
  strikes: readonly Strike[]
}

/** All that the page knows; what changes with each frame of the screen stands in the run, the series and the drawing. */
export interface State extends SideState {
  shelf: Shelf | null
  menu: Menu | null
  tab: Tab
  asked: Partial<Record<Question, Asked>>
  /** The answer that the drawing is coloured by; null for what is live. */
  shown: Question | null
  ways: Ways | null
  /** Why it stands still where nobody has paused it; empty for no reason. */
  halted: string
  /** What was last said. */
  sentence: string
  /** The same for those who listen: renewed every few seconds at most. */
  aloud: string
  theme: 'system' | 'light' | 'dark'
  keysShown: boolean
}

export const sideOf = (scenario: Text): SideState => ({
  scenario,
  loaded: null,
  picture: null,
  frame: null,
  mistakes: [],
  strikes: [],
})

export const beginning = (): State => ({
  ...sideOf({ text: '', file: 'scenario.yaml', files: {} }),
  shelf: null,
  menu: null,
  tab: 'Live',
  asked: {},
  shown: null,
  ways: null,
  halted: '',
  sentence: '',
  aloud: '',
  theme: 'system',
  keysShown: false,
})
