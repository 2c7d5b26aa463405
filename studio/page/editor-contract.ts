/**
 * What the parts of the page ask of one another: the editor at its left, and what is opened from its head (gallery,
 * tour, sharing).
 */
import type { Assets } from '../../reports/html/assets.js'
import type { Catalog } from '../../sim/scenario/catalog.js'
import type { Problem } from '../../sim/scenario/problem.js'
import type { Answer, Frame, Loaded, Question, Text, Window } from '../messages.js'
import type { Shelf } from '../shelf.js'

/** Who changed the text: a reader's hand, or a fault that was struck and has become a line of it. */
export type ChangedBy = 'hand' | 'strike'

/** What a text leaves open at its top. */
export interface Top {
  readonly option: string
  readonly value: string
}

/** The scenario's text as one can change it. `editor/editor.ts` exports `mountEditor`. */
export interface Editor {
  text(): string
  /** Another scenario: what was done to the former one cannot be undone any more. Is not told as a change. */
  open(text: string): void
  setMistakes(mistakes: readonly Problem[]): void
  /**
   * Adds `- LINE` behind the last item of `faults:`, which is made if there is none. Is told as a change by 'strike',
   * before it returns.
   * @param top lines `option: value` to be written before all sections in the same edit, where the text lacks the option
   * @returns whether there was a place for it: in a text that cannot be read there is none
   */
  insertFault(line: string, top: readonly Top[]): boolean
  /**
   * The line of a fault that was inserted, said anew: once it has healed. Is told as a change by 'strike', before it
   * returns; nothing where the reader has changed it.
   */
  changeFault(line: string, anew: string): void
  focus(): void
}

/** A text that faults are written into. */
export type Written = Pick<Editor, 'text' | 'insertFault' | 'changeFault'>

export interface EditorHost {
  readonly catalog: Catalog
  /** What the text is called, and the files that it names. */
  beside(): Pick<Text, 'file' | 'files'>
  /** At each change; the host waits for the last of several itself. */
  changed(by: ChangedBy): void
}

export type MountEditor = (place: HTMLElement, text: string, host: EditorHost) => Editor

/** What gallery, tour and sharing may ask of the page. */
export interface Studio {
  readonly shelf: Shelf
  /** What is in the editor. */
  scenario(): Text
  /** As it was opened. */
  opened(): Text
  /** Shows another one, at its beginning and not playing. */
  open(scenario: Text): void
  /**
   * Shows another one beside it.
   * @param how what tells it from the first where both have the same name
   */
  compare(scenario: Text, how: string): void
  /** What stands beside it; null for nothing. */
  beside(): Text | null
  loaded(): Loaded | null
  /** Its drawing as SVG, to be given away; null until it is there. */
  picture(): string | null
  /** Seconds of the measured span that are shown. */
  now(): number
  /** What the run was like then; null before the first frame. */
  frame(): Frame | null
  /** Figures of the run so far, in the order of time. */
  windows(): readonly Window[]
  play(): void
  pause(): void
  setSpeed(speed: number): void
  /**
   * The answer, whole, as the page's workers find it; rejected with a sentence where there is none.
   * @param assets for a report: what it carries
   */
  ask(question: Question, assets?: Assets): Promise<Answer>
  /** A sentence for the status line. */
  say(sentence: string): void
  /** Called after each message from the run: for what waits until something has happened. Gives what ends it. */
  watch(look: () => void): () => void
}

/** A button in the page's head. `extras.ts` exports all of them in the order in which they stand. */
export interface Extra {
  readonly name: string
  readonly side: 'left' | 'right'
  open(studio: Studio): void
}
