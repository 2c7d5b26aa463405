import type { Assets } from '../../reports/html/assets.js'
import type { Question, Text } from '../messages.js'
import { Asking } from './asking.js'
import type { Asked, State } from './state.js'
import { AnswersWorker, jobsOf, type Start } from './workers.js'

/** Milliseconds after which what is loaded is asked about. */
const AFTER = 500

interface QuestioningHost {
  readonly state: State
  /** What is seen: one, or two beside one another. */
  scenarios(): readonly Text[]
  say(sentence: string): void
  /** Something was told. */
  told(): void
}

/** What is asked about the scenarios that are seen, and what has been answered. */
export class Questioning {
  private readonly asking: Asking
  private soon = 0

  constructor(
    start: Start,
    private readonly host: QuestioningHost,
  ) {
    this.asking = new Asking(
      (heard, broken) => new AnswersWorker(() => start('answers'), heard, broken),
      jobsOf(navigator.hardwareConcurrency || 2),
      (question, asked) => this.tell(question, asked),
    )
  }

  private tell(question: Question, asked: Asked | null): void {
    const { state } = this.host
    if (asked === null) delete state.asked[question]
    else state.asked[question] = asked
    this.host.told()
  }

  ask(question: Question, assets?: Assets): void {
    const { state } = this.host
    const scenarios = this.host.scenarios()
    if (state.mistakes.length > 0) this.host.say('The text has mistakes: there is nothing to ask.')
    else this.asking.ask(question, question === 'compare' ? scenarios : scenarios.slice(0, 1), assets)
  }

  stop(question: Question): void {
    this.asking.stop(question)
    const asked = this.host.state.asked[question]
    if (asked !== undefined) this.tell(question, { ...asked, state: 'stopped' })
  }

  /** Asks by itself what the tab Answer tells, a little later. */
  askSoon(): void {
    this.wait()
    this.soon = window.setTimeout(() => this.ask(this.host.scenarios().length > 1 ? 'compare' : 'run'), AFTER)
  }

  /** Does not ask by itself what it was about to. */
  wait(): void {
    clearTimeout(this.soon)
  }

  /** The text is another. */
  drop(): void {
    this.asking.drop()
    this.host.state.shown = null
  }

  /** The scenario beside it is another, or there is none. */
  dropComparison(): void {
    this.asking.forget('compare')
  }
}
