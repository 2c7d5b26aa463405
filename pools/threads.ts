import { Worker } from 'node:worker_threads'
import './inlining.js'
import type { Job, Pool } from '../sim/experiments/jobs.js'
import type { ReplicationRecord } from '../sim/experiments/replicate.js'
import { ScenarioError } from '../sim/scenario/problem.js'
import type { Answer } from './answering.js'
import { gather, nameOf } from './gather.js'

interface ThreadOptions {
  /** Ends the work early: what is finished by then comes with `Interrupted`. */
  stop?: AbortSignal
  /** Takes what a user should know. */
  tell?: (message: string) => void
  /** Takes now and then what share of a job is done. */
  progress?: (job: Job, share: number) => void
  /** What the threads run. */
  worker?: URL
}

/** One job whose worker died is given to another so many times in all. */
const MOST_TRIES = 3

/** Every worker that took one and the same job died. */
export class WorkersDied extends Error {}

/** The simulator threw: running the job again would throw again. */
export class Defect extends Error {}

/** Runs `jobs` replications at a time, each in a thread of its own. One whose thread dies is run again. */
export function openThreads(jobs: number, options: ThreadOptions = {}): Pool {
  const threads = new Threads(jobs, options)
  return {
    run: (list, done, finished) => gather(list, (job) => threads.submit(job), options.stop, done, finished),
    close: () => threads.close(),
  }
}

interface Task {
  readonly job: Job
  tries: number
  resolve(record: ReplicationRecord): void
  reject(error: Error): void
}

class Threads {
  private readonly waiting: Task[] = []
  /** All threads, with what each has to do. */
  private readonly tasks = new Map<Worker, Task | null>()
  private closed = false

  constructor(
    private readonly most: number,
    private readonly options: ThreadOptions,
  ) {}

  submit(job: Job): Promise<ReplicationRecord> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ job, tries: 0, resolve, reject })
      this.next()
    })
  }

  async close(): Promise<void> {
    this.closed = true
    await Promise.all([...this.tasks.keys()].map((thread) => thread.terminate()))
  }

  private next(): void {
    while (this.waiting.length > 0 && !this.closed && !this.options.stop?.aborted) {
      const thread = this.idle() ?? (this.tasks.size < this.most ? this.start() : null)
      if (thread === null) return
      const task = this.waiting.shift()!
      this.tasks.set(thread, task)
      thread.postMessage(task.job)
    }
  }

  private idle(): Worker | null {
    for (const [thread, task] of this.tasks) if (task === null) return thread
    return null
  }

  private start(): Worker {
    const thread = new Worker(this.options.worker ?? new URL('./thread.js', import.meta.url))
    let reason: string | null = null
    thread.on('message', (answer: Answer) => {
      const task = this.tasks.get(thread)!
      if ('share' in answer) {
        this.options.progress?.(task.job, answer.share)
        return
      }
      this.tasks.set(thread, null)
      if ('record' in answer) task.resolve(answer.record)
      else if ('problems' in answer) this.refuse(task, new ScenarioError(answer.problems))
      else task.reject(Object.assign(new Defect('the simulation threw'), { stack: answer.defect }))
      this.next()
    })
    thread.on('error', (error: NodeJS.ErrnoException) => {
      reason = error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'out of memory' : error.message
    })
    // The end of every thread, whatever ended it.
    thread.on('exit', (code) => {
      const task = this.tasks.get(thread)
      this.tasks.delete(thread)
      if (this.closed) return
      if (task) this.again(task, reason ?? `exit code ${code}`)
      this.next()
    })
    this.tasks.set(thread, null)
    return thread
  }

  /** The others of the same scenario would be of no use. */
  private refuse({ job, reject }: Task, error: ScenarioError): void {
    reject(error)
    const others = this.waiting.filter((other) => other.job.source === job.source)
    for (const other of others) {
      this.waiting.splice(this.waiting.indexOf(other), 1)
      other.reject(error)
    }
  }

  private again(task: Task, reason: string): void {
    const what = nameOf(task.job)
    if (++task.tries < MOST_TRIES) {
      this.options.tell?.(
        `a worker died (${reason}): ${what} ${task.job.count === undefined ? 'is' : 'are'} run again`,
      )
      this.waiting.unshift(task)
    } else {
      task.reject(new WorkersDied(`${what}: ${MOST_TRIES} workers died of it, the last one: ${reason}`))
    }
  }
}
