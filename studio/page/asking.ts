import type { Assets } from '../../reports/html/assets.js'
import type { FromAnswers, Question, Text, ToAnswers } from '../messages.js'
import type { Asked } from './state.js'

interface AnswersPort {
  post(message: ToAnswers): void
  restart(): void
}

const NEW: Asked = { state: 'asking', done: 0, planned: 0, answer: null, message: '' }

/** Questions that take many runs: each has workers of its own, which end as soon as the text is another. */
export class Asking {
  private readonly ports = new Map<Question, AnswersPort>()
  private readonly ids = new Map<Question, number>()
  /** Of which something is shown, be it answered or not. */
  private readonly told = new Set<Question>()
  private next = 0

  /**
   * @param port starts the workers of a question; what they say goes to `heard`
   * @param changed is told how far a question has come; null where it is not asked any more
   */
  constructor(
    private readonly port: (
      heard: (message: FromAnswers) => void,
      broken: (message: string) => void,
    ) => AnswersPort,
    private readonly jobs: number,
    private readonly changed: (question: Question, asked: Asked | null) => void,
  ) {}

  /** @param assets for a report: what it carries */
  ask(question: Question, scenarios: readonly Text[], assets?: Assets): void {
    this.ports.get(question)?.restart()
    const id = ++this.next
    this.ids.set(question, id)
    this.told.add(question)
    let asked = NEW
    const tell = (now: Partial<Asked>) => {
      asked = { ...asked, ...now }
      this.changed(question, asked)
    }
    const heard = (message: FromAnswers) => {
      if (message.id !== id || this.ids.get(question) !== id) return
      if (message.type === 'progress') tell({ done: message.done, planned: message.planned })
      else if (message.type === 'answer') {
        tell({ answer: message, state: message.whole ? 'answered' : 'asking' })
        if (message.whole) this.end(question)
      } else {
        const why = message.type === 'failed' ? message.message : message.mistakes[0]!.message
        tell({ state: 'failed', message: why })
        this.end(question)
      }
    }
    const port = this.port(heard, (message) => {
      if (this.ids.get(question) !== id) return
      tell({ state: 'failed', message })
      this.end(question)
    })
    this.ports.set(question, port)
    tell({})
    port.post({ type: 'ask', id, question, scenarios, jobs: this.jobs, assets })
  }

  /** Leaves what has been answered so far. */
  stop(question: Question): void {
    this.end(question)
  }

  /** The text is another: no question is of it. */
  drop(): void {
    for (const question of this.told) this.forget(question)
  }

  /** It is of no use any more, with all that was answered. */
  forget(question: Question): void {
    this.end(question)
    this.told.delete(question)
    this.changed(question, null)
  }

  private end(question: Question): void {
    this.ports.get(question)?.restart()
    this.ports.delete(question)
    this.ids.delete(question)
  }
}
