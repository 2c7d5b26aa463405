import type { Distribution } from '../../random/distribution.js'
import type { Stream } from '../../random/stream.js'
import type { Context } from '../context.js'
import type { Mysql } from '../mysql.js'
import type { Request } from '../request.js'

/**
 * A replica's side of replication: the relay log, and the applier threads that work it off on the replica's CPU.
 * One applier (slave_parallel_threads 0) is a single FIFO server fed by all writes of the primary; measured so on
 * MariaDB 10.11. Several take writes in order and count as they finish.
 */
export class Relay {
  /** Positions: sent by the primary, in the relay log, begun, visible. */
  sent = 0
  received = 0
  applied = 0
  /** Of the writes applied in the measured span: time from commit to visible, seconds. */
  lagSum = 0
  lagMax = 0
  lags = 0
  private begun = 0
  private epoch = 0
  private readonly jobs: Request[] = []
  // Commit times of the writes that are not applied yet, by position: a ring that grows with the backlog.
  private times = new Float64Array(64)
  private noted = 0

  constructor(
    private readonly context: Context,
    private readonly replica: Mysql,
    private readonly law: Distribution,
    private readonly stream: Stream,
    private readonly threads: number,
    private readonly cpu: (job: Request, demand: number, done: (job: Request) => void) => void,
  ) {}

  /** The primary committed the write at `position`. */
  note(position: number, now: number): void {
    if (position - this.applied > this.times.length) this.grow()
    this.times[position & (this.times.length - 1)] = now
    this.noted = position
  }

  /** All up to `position` is on its way and arrives in `latency` seconds. */
  send(position: number, latency: number): void {
    const one = position === this.sent + 1
    this.sent = position
    if (latency === 0) this.receive(position)
    else if (one) this.context.kernel.after(latency, this.arriveOne, this.epoch)
    else {
      const { epoch } = this
      this.context.kernel.after(
        latency,
        () => {
          if (epoch === this.epoch) this.receive(position)
        },
        null,
      )
    }
  }

  /** What is on its way is lost; it will be sent again. */
  disconnect(): void {
    this.epoch++
    this.sent = this.received
  }

  /** The process died: appliers begin again at the last write that was applied. */
  died(): void {
    this.begun = this.applied
    for (const job of this.jobs.splice(0)) {
      job.event?.cancel()
      job.event = null
      this.context.requests.release(job)
    }
  }

  /** The process is there again. */
  work(): void {
    while (this.jobs.length < this.threads && this.begun < this.received) {
      this.begun++
      const job = this.context.requests.take()
      this.jobs.push(job)
      job.at = this.replica
      job.key = this.begun
      this.cpu(job, this.law.sample(this.stream.at(this.begun, 0)), this.done)
    }
  }

  /** Follows from `position` on: a former primary that comes back. */
  rejoin(position: number): void {
    this.disconnect()
    this.sent = position
    this.received = position
    this.begun = position
    this.applied = position
    this.noted = position
  }

  restart(): void {
    this.lagSum = 0
    this.lagMax = 0
    this.lags = 0
  }

  private readonly arriveOne = (epoch: number): void => {
    if (epoch === this.epoch) this.receive(this.received + 1)
  }

  private receive(position: number): void {
    this.received = position
    this.work()
  }

  private readonly done = (job: Request): void => {
    const lag = this.context.kernel.now - this.times[job.key & (this.times.length - 1)]!
    this.lagSum += lag
    this.lags++
    if (lag > this.lagMax) this.lagMax = lag
    this.jobs.splice(this.jobs.indexOf(job), 1)
    this.context.requests.release(job)
    this.applied++
    this.replica.appliedOne()
    this.work()
  }

  private grow(): void {
    const times = new Float64Array(this.times.length * 2)
    for (let p = this.applied + 1; p <= this.noted; p++)
      times[p & (times.length - 1)] = this.times[p & (this.times.length - 1)]!
    this.times = times
  }
}
