import type { Distribution } from '../random/distribution.js'
import type { Stream } from '../random/stream.js'
import { noticeOf } from '../scenario/notice.js'
import type { Model } from './model.js'

/** What waits for a crew. */
interface Repair {
  readonly work: number
  readonly done: () => void
}

/** Who repairs what broke by chance: crews, each at one part at a time, in the order in which they were told. */
export class Repairs {
  private readonly crews: number
  private readonly waiting: Repair[] = []
  private busy = 0
  private readonly notices = new Map<string, { law: Distribution | null; stream: Stream }>()

  constructor(private readonly model: Model) {
    this.crews = model.scenario.repair?.crews ?? Number.POSITIVE_INFINITY
  }

  /** Whether nothing ever waits to be repaired. */
  get areAtOnce(): boolean {
    const { repair } = this.model.scenario
    return repair === null || (repair.crews === Number.POSITIVE_INFINITY && repair.notice === null)
  }

  /** Something failed: it is repaired, by `work` seconds of a crew, once that is known and one is free. */
  ask(target: string, work: number, done: () => void): void {
    this.model.kernel.after(
      this.noticed(target),
      () => {
        this.waiting.push({ work, done })
        this.turn()
      },
      null,
    )
  }

  /** Seconds until somebody knows. */
  private noticed(target: string): number {
    let notice = this.notices.get(target)
    if (notice === undefined) {
      const { scenario, context } = this.model
      notice = { law: noticeOf(scenario, target), stream: context.stream(target, 'fault/notice') }
      this.notices.set(target, notice)
    }
    return notice.law?.sample(notice.stream) ?? 0
  }

  private turn(): void {
    while (this.busy < this.crews && this.waiting.length > 0) {
      const { work, done } = this.waiting.shift()!
      this.busy++
      this.model.kernel.after(
        work,
        () => {
          this.busy--
          done()
          this.turn()
        },
        null,
      )
    }
  }
}
