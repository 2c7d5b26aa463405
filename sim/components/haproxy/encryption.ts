import { type Place, Request } from '../../parts/request.js'
import type { Station } from '../../parts/station.js'

/**
 * CPU time for bytes that are encrypted while they are passed on: no request waits for it, but it has its turn at the
 * threads and its share of the cores like others.
 */
export class Encryption {
  /** Seconds that jobs take which have not begun, or run. */
  private readonly due = new Map<Request, number>()
  private readonly free: Request[] = []

  /** @param threads null where there is one for each core */
  constructor(
    private readonly place: Place,
    private readonly threads: () => Station | null,
  ) {}

  spend(seconds: number): void {
    const job = this.free.pop() ?? this.job()
    this.due.set(job, seconds)
    const threads = this.threads()
    if (threads === null) this.begin(job)
    else threads.join(job)
  }

  /** Whether it is one of its jobs that has its turn at the threads. */
  has(job: Request): boolean {
    return this.due.has(job)
  }

  begin(job: Request): void {
    this.place.run(job, this.due.get(job)!, this.done)
  }

  private readonly done = (job: Request): void => {
    this.due.delete(job)
    this.free.push(job)
    this.threads()?.leave(job)
  }

  /** The process died, and its jobs with it. */
  crashed(): void {
    this.due.clear()
  }

  private job(): Request {
    const job = new Request()
    job.at = this.place
    // Of no class.
    job.health = true
    return job
  }
}
