import type { Question } from '../messages.js'
import type { Clock } from './clock.js'
import type { Extra } from './editor-contract.js'
import type { FaultEntry } from './fault-lines.js'
import type { Band } from './live-charts.js'
import type { SideState, State, Strike, Tab } from './state.js'
import type { Figures } from './window-series.js'

/** What a reader can do. */
export interface Actions {
  toggle(): void
  step(): void
  back(): void
  seek(to: number): void
  setSpeed(speed: number): void
  rate(users: string, factor: number): void
  closeMenu(): void
  /** Strikes what the menu is of; with options to be asked for, asks for them first. */
  choose(fault: FaultEntry): void
  strike(fault: FaultEntry, options: Readonly<Record<string, string>>): void
  heal(strikes: readonly Strike[]): void
  select(tab: Tab): void
  ask(question: Question): void
  stop(question: Question): void
  show(question: Question | null): void
  lookAt(from: number, to: number): void
  lookAway(): void
  follow(request: number | null): void
  turnTheme(): void
  showKeys(shown: boolean): void
  open(extra: Extra): void
  endComparison(): void
}

/** One of the scenarios that are seen. */
export interface SideView {
  readonly name: string
  readonly state: SideState
  readonly figures: Figures
  /** What was struck by hand and strikes still. */
  readonly strikes: readonly Strike[]
  /** How many times as often these users come as the text says. */
  factorOf(users: string): number
}

/** What is to be seen, and what can be done to it. */
export interface View {
  readonly state: State
  readonly clock: Clock
  /** One, or two beside one another. */
  readonly sides: readonly SideView[]
  readonly bands: readonly Band[]
  readonly actions: Actions
}
