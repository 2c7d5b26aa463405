import FastPriorityQueue from 'fastpriorityqueue'
import type { Event, Handler } from '../kernel/event.js'
import type { Kernel } from '../kernel/kernel.js'
import { Level } from '../stats/level.js'
import { Dial } from './dial.js'
import { notes } from './notes.js'
import type { Place, Request } from './request.js'

/** What it notes on a job: at what virtual time it ends; who came first, of those that end at one time. */
const run = notes({ ends: 'moment', turn: 'place' })

const before = (a: Request, b: Request): boolean =>
  a[run.ends] < b[run.ends] || (a[run.ends] === b[run.ends] && a[run.turn] < b[run.turn])

/** Work that was stopped. */
export interface Unfinished {
  readonly job: Request
  /** Seconds that it still needs. */
  readonly left: number
}

/**
 * The cores of a host, shared by egalitarian processor sharing: with `n` jobs on `c` cores each runs at
 * `speed * min(1, c / n)`.
 *
 * Virtual time is the CPU time that one job has got since the processor was last idle. A job that asks for
 * `d` seconds ends when virtual time has advanced by `d`, whatever comes and goes meanwhile; so one pending
 * event, for the job that ends first, is enough.
 */
export class Processor {
  readonly speed = new Dial(1)
  /** Cores in use, over time. */
  readonly busy = new Level()
  private readonly jobs = new FastPriorityQueue<Request>(before)
  private virtual = 0.5
  private since = 0.5
  private rate = 0.5
  /** Of a core, what one job has: 1, or less where there are more jobs than cores. */
  private share = 0.5
  /** Seconds of a core that one job has had since the start, whatever the speed: what uses of the cores are counted by. */
  private had = 0.5
  private pending: Event | null = null
  /** The pending event was computed at the present rate: its time is the end of the first job, exactly. */
  private exact = false
  private due = 0.5

  /** @param cores a positive number, or `Infinity`: then nobody ever shares */
  constructor(
    private readonly kernel: Kernel,
    readonly cores: number,
  ) {
    this.virtual = 0
    this.since = 0
    this.rate = 1
    this.share = 1
    this.had = 0
    this.speed.watch(() => {
      this.advance()
      this.pace()
      this.arm()
    })
  }

  /** Jobs that have the CPU or share it. */
  get size(): number {
    return this.jobs.size
  }

  /** Gives `request` `demand` seconds of CPU, then continues with `handler`. */
  run(request: Request, demand: number, handler: Handler<Request>): void {
    this.advance()
    request[run.ends] = this.virtual + demand
    request[run.turn] = this.kernel.ticket()
    request.after = handler
    request.at!.probe.cpu -= this.had
    this.jobs.add(request)
    this.pace()
    if (this.jobs.peek() === request) this.arm()
  }

  /**
   * Takes the jobs of a process that died or was stopped off the CPU and returns them, in the order in which they
   * would have ended.
   */
  take(process: Place): Unfinished[] {
    this.advance()
    const taken: Request[] = []
    const others: Request[] = []
    for (let job = this.jobs.poll(); job !== undefined; job = this.jobs.poll())
      (job.at === process ? taken : others).push(job)
    process.probe.cpu += taken.length * this.had
    const unfinished = taken.map((job) => ({ job, left: Math.max(0, job[run.ends] - this.virtual) }))
    this.jobs.heapify(others)
    this.pace()
    this.arm()
    return unfinished
  }

  /** Takes one job off the CPU, if it is there. */
  drop(request: Request): void {
    this.advance()
    if (this.jobs.removeOne((job) => job === request) === undefined) return
    request.at!.probe.cpu += this.had
    this.pace()
    this.arm()
  }

  /** Seconds of cores that the jobs of `process` which are here now count as had: what its probe lacks of its use. */
  heldBy(process: Place, now: number): number {
    let jobs = 0
    this.jobs.forEach((job) => {
      if (job.at === process) jobs++
    })
    return jobs * (this.had + (now - this.since) * this.share)
  }

  private readonly serve = (): void => {
    this.pending = null
    this.advance()
    const first = this.jobs.peek()
    if (first === undefined) return
    // The event's time is rounded: the job that it was computed for ends here, not an ulp later.
    if (this.exact || first[run.ends] - this.virtual <= 1e-12) this.virtual = first[run.ends]
    if (first[run.ends] > this.virtual) {
      this.arm()
      return
    }
    this.jobs.poll()
    first.at!.probe.cpu += this.had
    this.pace()
    this.arm()
    first.at!.proceed(first.after, first)
  }

  private advance(): void {
    const now = this.kernel.now
    if (this.jobs.size === 0) this.virtual = 0
    else {
      const passed = now - this.since
      this.virtual += passed * this.rate
      this.had += passed * this.share
    }
    this.since = now
  }

  private pace(): void {
    const n = this.jobs.size
    this.share = n > this.cores ? this.cores / n : 1
    const rate = this.speed.value * this.share
    if (rate !== this.rate) {
      this.rate = rate
      this.exact = false
    }
    this.busy.set(this.kernel.now, n < this.cores ? n : this.cores)
  }

  /** Sees to it that an event is pending no later than the end of the first job. */
  private arm(): void {
    const first = this.jobs.peek()
    if (first === undefined || this.rate === 0) return
    const left = first[run.ends] - this.virtual
    const delay = left > 0 ? left / this.rate : 0
    const due = this.kernel.now + delay
    if (this.pending !== null) {
      // An event that comes too early is served and armed again: cheaper than moving it at every arrival.
      if (this.due <= due) {
        if (this.due < due) this.exact = false
        return
      }
      this.pending.cancel()
    }
    this.pending = this.kernel.after(delay, this.serve, null)
    this.due = due
    this.exact = true
  }
}
