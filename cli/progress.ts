import { Presets, SingleBar } from 'cli-progress'
import { replicationsIn } from '../sim/experiments/groups.js'
import type { Job, Pool } from '../sim/experiments/jobs.js'

/** A progress bar on standard error, where that is a terminal and nobody asked for quiet. */
export class Progress {
  private readonly bar: SingleBar | null
  private asked = 0
  private done = 0
  /** Jobs that are under way, and how many of its replications each has done. */
  private readonly partly = new Map<Job, number>()

  /** @param planned replications, as far as one knows */
  constructor(
    private planned: number,
    quiet: boolean,
  ) {
    this.bar =
      quiet || !process.stderr.isTTY
        ? null
        : new SingleBar(
            {
              format: '{bar} {percentage}%  {done}/{total} replications  {eta_formatted} left',
              stream: process.stderr,
              clearOnComplete: true,
              hideCursor: true,
              barsize: 30,
              // The last so many count for the time that is left: what a resumed sweep finds done came in no time.
              etaBuffer: 30,
            },
            Presets.shades_classic,
          )
    this.bar?.start(planned, 0, { done: 0 })
  }

  /** Counts what a pool finishes. Longer warm-ups and precision ask for more replications than were planned. */
  watch(pool: Pool): Pool {
    return {
      run: (jobs, done, finished) => {
        this.asked += replicationsIn(jobs)
        if (this.asked > this.planned) this.bar?.setTotal((this.planned = this.asked))
        return pool.run(
          jobs,
          () => {
            this.done++
            this.show()
            done()
          },
          (job, record) => {
            this.partly.delete(job)
            finished?.(job, record)
          },
        )
      },
      close: () => pool.close(),
    }
  }

  /** A job is done to that share. */
  readonly partlyDone = (job: Job, share: number): void => {
    this.partly.set(job, share * replicationsIn([job]))
    this.show()
  }

  private show(): void {
    const partly = [...this.partly.values()]
    const under = partly.reduce((sum, replications) => sum + replications, 0)
    const whole = partly.reduce((sum, replications) => sum + Math.floor(replications), 0)
    this.bar?.update(this.done + under, { done: this.done + whole })
  }

  /** Writes a line to standard error, above the bar. */
  readonly say = (message: string): void => {
    process.stderr.write(this.bar === null ? `${message}\n` : `\r\x1b[K${message}\n`)
  }

  end(): void {
    this.bar?.stop()
  }
}
