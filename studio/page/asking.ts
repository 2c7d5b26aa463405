import type { Assets } from '../../reports/html/assets.js'
import type { FromAnswers, Question, Text, ToAnswers } from '../messages.js'
import type { Asked } from './state.js'

interface AnswersPort {
  post(message: ToAnswers): void
  restart(): void
}

const NEW: Asked = { state: 'asking', done: 0, planned: 0, answer: null, message: '' }

/** Those that are answered from the same runs: what one has simulated is not simulated again for another. */
const OF_RUNS: readonly Question[] = ['run', 'cost', 'compare', 'report', 'json']

/** Whose workers a question has. */
const portOf = (question: Question): string => (OF_RUNS.includes(question) ? 'runs' : question)

/** A question that is under way. */
interface Going {
  readonly id: number
  readonly question: Question
  tell(now: Partial<Asked>): void
}

/**
 * Questions that take many runs. Those about the runs of the scenario have workers in common, which know what was
 * simulated until the text is another; of the others each has its own, which end at the answer.
 */
export class Asking {
  private readonly ports = new Map<string, AnswersPort>()
  private readonly going = new Map<Question, Going>()
  /** Of which something is shown, be it answered or not. */
  private readonly told = new Set<Question>()
  private next = 0

  /**
   * @param port starts workers; what they say goes to `heard`
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
    this.stop(question)
    const id = ++this.next
    let asked = NEW
    const tell = (now: Partial<Asked>) => {
      asked = { ...asked, ...now }
      this.changed(question, asked)
    }
    this.going.set(question, { id, question, tell })
    this.told.add(question)
    tell({})
    const port = this.ports.get(portOf(question)) ?? this.begun(portOf(question))
    port.post({ id, question, scenarios, jobs: this.jobs, assets })
  }

  private begun(name: string): AnswersPort {
    const port = this.port(
      (message) => {
        for (const one of this.on(name)) if (one.id === message.id) this.heard(one, message)
      },
      (message) => {
        const all = this.on(name)
        this.end(name)
        for (const one of all) this.failed(one, message)
      },
    )
    this.ports.set(name, port)
    return port
  }

  private heard(going: Going, message: FromAnswers): void {
    const { question, tell } = going
    if (message.type === 'progress') tell({ done: message.done, planned: message.planned })
    else if (message.type === 'answer') {
      if (message.whole) {
        if (OF_RUNS.includes(question)) this.going.delete(question)
        else this.stop(question)
      }
      tell({ answer: message, state: message.whole ? 'answered' : 'asking' })
    } else this.failed(going, message.type === 'failed' ? message.message : message.mistakes[0]!.message)
  }

  private failed({ question, tell }: Going, message: string): void {
    this.stop(question)
    tell({ state: 'failed', message })
  }

  /** Leaves what has been answered so far. Its workers end, unless another question is under way with them. */
  stop(question: Question): void {
    if (!this.going.delete(question)) return
    const name = portOf(question)
    if (this.on(name).length === 0) this.end(name)
  }

  /** The text is another: no question is of it. */
  drop(): void {
    for (const question of this.told) this.forget(question)
    for (const name of [...this.ports.keys()]) this.end(name)
  }

  /** It is of no use any more, with all that was answered. */
  forget(question: Question): void {
    this.stop(question)
    this.told.delete(question)
    this.changed(question, null)
  }

  private on(name: string): readonly Going[] {
    return [...this.going.values()].filter(({ question }) => portOf(question) === name)
  }

  private end(name: string): void {
    this.ports.get(name)?.restart()
    this.ports.delete(name)
  }
}
