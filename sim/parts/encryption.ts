import { type Place, Request } from './request.js'
import type { Station } from './station.js'

/** Of no request, so of no class: nobody calls for it, and nobody has it back. */
class Job extends Request {
  seconds = 0.5
}

/**
 * CPU time for bytes that are encrypted while they are passed on: no request waits for it, but it has its turn at the
 * threads and its share of the cores like others. What a process has not done when it dies is forgotten with it.
 */
export class Encryption {
  private readonly free: Job[] = []

  /** @param threads what gives none where there is one for each core */
  constructor(
    private readonly place: Place,
    private readonly threads: () => Station | null,
  ) {}

  spend(seconds: number): void {
    const job = this.free.pop() ?? this.job()
    job.seconds = seconds
    const threads = this.threads()
    if (threads === null) this.run(job)
    else threads.join(job)
  }

  /** `job` has its turn at a thread. Whether it is one of those from here. */
  begins(job: Request): boolean {
    const is = job instanceof Job
    if (is) this.run(job)
    return is
  }

  private run(job: Job): void {
    this.place.run(job, job.seconds, this.done as (job: Request) => void)
  }

  private readonly done = (job: Job): void => {
    this.free.push(job)
    this.threads()?.leave(job)
  }

  private job(): Job {
    const job = new Job()
    job.at = this.place
    job.health = true
    return job
  }
}
