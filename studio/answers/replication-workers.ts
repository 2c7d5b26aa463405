import type { Answer } from '../../pools/answering.js'
import { nameOf } from '../../pools/gather.js'
import type { Job } from '../../sim/experiments/jobs.js'
import type { ReplicationRecord } from '../../sim/experiments/replicate.js'
import { ScenarioError } from '../../sim/scenario/problem.js'

/** Milliseconds without a sign of life, after which a worker is taken to go on for ever. */
const SILENT = 30_000

/** What a worker of a page is to those who give it work. */
export interface Hand {
  postMessage(job: Job): void
  terminate(): void
  onmessage: ((event: { data: Answer }) => void) | null
  onerror: ((event: { message?: string }) => void) | null
}

interface Task {
  readonly job: Job
  resolve(record: ReplicationRecord): void
  reject(error: Error): void
}

/** What a hand does at present, and the alarm that goes off if it says nothing. */
interface Work {
  readonly task: Task
  alarm: ReturnType<typeof setTimeout>
}

/**
 * Workers of a page that run replications, one each at a time. They start when there is work for them; one that says
 * nothing for too long is ended.
 */
export class Workers {
  private readonly waiting: Task[] = []
  private readonly working = new Map<Hand, Work | null>()
  /** At a time. */
  most = 1

  constructor(
    private readonly start: () => Hand,
    private readonly silent = SILENT,
  ) {}

  submit(job: Job): Promise<ReplicationRecord> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ job, resolve, reject })
      this.next()
    })
  }

  /** Ends all of them, and forgets what waits: nobody wants to know it any more. Others start when there is work again. */
  close(): void {
    this.waiting.length = 0
    for (const hand of this.working.keys()) this.end(hand)
  }

  private next(): void {
    while (this.waiting.length > 0) {
      const hand = this.idle()
      if (hand === null) return
      const task = this.waiting.shift()!
      this.working.set(hand, { task, alarm: this.alarm(hand, task) })
      hand.postMessage(task.job)
    }
  }

  private idle(): Hand | null {
    for (const [hand, work] of this.working) if (work === null) return hand
    if (this.working.size >= this.most) return null
    const hand = this.start()
    hand.onmessage = ({ data }) => this.hear(hand, data)
    hand.onerror = ({ message }) => this.fail(hand, `a worker died: ${message ?? 'nobody knows why'}`)
    return hand
  }

  private hear(hand: Hand, answer: Answer): void {
    const work = this.working.get(hand)
    if (!work) return
    clearTimeout(work.alarm)
    const { task } = work
    if ('share' in answer) {
      work.alarm = this.alarm(hand, task)
      return
    }
    this.working.set(hand, null)
    if ('record' in answer) task.resolve(answer.record)
    else if ('problems' in answer) task.reject(new ScenarioError(answer.problems))
    else task.reject(new Error(`the simulation threw: ${answer.defect}`))
    this.next()
  }

  private alarm(hand: Hand, { job }: Task): Work['alarm'] {
    return setTimeout(
      () =>
        this.fail(
          hand,
          `${nameOf(job)} does not get on: nothing was heard of it for ${this.silent / 1000} s`,
        ),
      this.silent,
    )
  }

  private fail(hand: Hand, why: string): void {
    const work = this.working.get(hand)
    this.end(hand)
    work?.task.reject(new Error(why))
    this.next()
  }

  private end(hand: Hand): void {
    const work = this.working.get(hand)
    if (work) clearTimeout(work.alarm)
    this.working.delete(hand)
    hand.terminate()
  }
}
