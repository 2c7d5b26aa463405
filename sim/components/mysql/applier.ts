import type { Handler } from '../../kernel/event.js'
import type { Demand } from '../../parts/demand.js'
import type { Limit } from '../../parts/limit.js'
import { type Place, Request } from '../../parts/request.js'
import { Histogram } from '../../stats/histogram.js'
import { Level } from '../../stats/level.js'
import type { BinaryLog } from './binlog.js'
import type { Rows } from './rows.js'

/** What an applier needs of its server. */
interface Home {
  readonly process: Place
  /** Seconds. */
  now(): number
  /** Gives `job` so many seconds of CPU, or of disk, then continues with `then`. */
  cpu(job: Request, seconds: number, then: Handler<Request>): void
  /** Seconds that a core takes for work of so many, for `job`. */
  slowed(job: Request, seconds: number): number
  disk(job: Request, seconds: number, then: Handler<Request>): void
  /** Makes what `job` did durable: `committed` continues. Null: that takes no time. */
  readonly durable: Handler<Request> | null
  /** Of the replication that the server belongs to: of itself alone until a primary takes it as its replica. */
  log(): BinaryLog
  /** What writes are about there; null: not known. */
  rows(): Rows | null
  /** A write has become visible here. */
  applied(): void
  /** A thread begins to apply the write at `position`. */
  begins?(position: number): void
  /** Whether there is no room on its disk: then nothing more is begun. */
  isFull?(): boolean
}

/**
 * A replica's relay log, and the threads that apply it on the replica's CPU and disk, among its queries. A serial
 * applier (slave_parallel_threads 0) is one FIFO server fed by all writes of the primary; several threads work in
 * parallel and commit in order.
 *
 * With slave_parallel_mode=conservative a write is begun when all of the groups before its own have done their work, but
 * for the commit (sql/rpl_parallel.cc: a group_commit_orderer waits until those of the one before it begin to commit): so
 * threads gain nothing over one where writes are not committed together. With optimistic a free thread begins the next
 * write, whatever it is; one of a row that another has written which is not committed yet waits for that, and holds its
 * thread (an assumption: the earlier one has the row first; if not, it is rolled back and begun again). How long both
 * take was measured on MariaDB 10.11 (test/components/mysql/parallel-appliers.test.ts): there five such restarts cost a
 * fifteenth.
 */
export class Applier {
  /** The position up to which the relay log has everything. */
  received = 0
  /** The position up to which everything is visible to reads. */
  applied = 0
  /** Time from commit to visible of the writes applied in the measured span, seconds. */
  lags = 0
  lagSum = 0
  lagMax = 0
  /** How they are spread; null until there is one. */
  lagSpread: Histogram | null = null
  /** How far behind it was when it was back from the dead, at most: negative if it never was. */
  lagBack = -1
  /** When that was last. */
  private back = Number.NEGATIVE_INFINITY
  /** Threads that have a write to apply, and what had been received and applied when the measured span began. */
  private readonly busy = new Level()
  /** Seconds of cores that it took in the measured span. */
  cpuTime = 0
  /** Writes that it applied since the start. */
  stored = 0
  private receivedBefore = 0
  private appliedBefore = 0
  /** The last position that a thread has taken. */
  private taken = 0
  private working = false
  /** One for each thread; the thread of a position is the position modulo their number. */
  private jobs: Request[] = []
  private readonly finished: boolean[]
  /** All up to here have done their work, but for the commit. */
  private worked = 0
  private readonly hasWorked: boolean[]
  /** Of each thread: the position that must be visible before its write gets its row; 0 if it has it. */
  private readonly awaited: number[]
  private waiting = 0
  private freeing = false

  constructor(
    private readonly home: Home,
    private readonly threads: number,
    private readonly cpu: Demand,
    private readonly io: Demand,
    readonly conservative: boolean,
  ) {
    this.finished = new Array(threads).fill(false)
    this.hasWorked = new Array(threads).fill(false)
    this.awaited = new Array(threads).fill(0)
    this.hire()
  }

  /** The relay log has everything up to `position`. */
  receive(position: number): void {
    if (position <= this.received) return
    this.received = position
    this.work()
  }

  /** Its threads, by what has come into the relay log over what has been applied. */
  get limit(): Limit {
    const used = (now: number) => this.busy.mean(now)
    return {
      says: this.threads === 1 ? 'applier' : 'appliers (slave_parallel_threads)',
      capacity: this.threads,
      used,
      aside: () => true,
      load: (now) => {
        const came = this.received - this.receivedBefore
        const done = Math.max(1, this.applied - this.appliedBefore)
        return (used(now) / this.threads) * (came > done ? came / done : 1)
      },
    }
  }

  /** Every thread that has nothing to do takes the next write. */
  work(): void {
    // A write that takes no time ends within `begin`: go round again here, not deeper.
    if (this.working) return
    this.working = true
    while (
      this.taken < this.received &&
      this.taken - this.applied < this.threads &&
      this.mayBegin &&
      this.home.isFull?.() !== true
    )
      this.begin(++this.taken)
    this.working = false
  }

  /** Whether the next write may be begun before those that are. */
  private get mayBegin(): boolean {
    return !this.conservative || this.worked >= this.log.groupOf(this.taken + 1) - 1
  }

  private begin(position: number): void {
    this.busy.set(this.home.now(), this.taken - this.applied)
    const job = this.jobs[position % this.threads]!
    job.key = position
    job.class = this.log.classOf(position)
    if (this.threads > 1) {
      const before = this.home.rows()?.before(position) ?? 0
      if (before > this.applied) {
        this.awaited[position % this.threads] = before
        this.waiting++
        return
      }
    }
    this.apply(job)
  }

  private apply(job: Request): void {
    this.home.begins?.(job.key)
    const demand = this.cpu.of(job)
    this.cpuTime += this.home.slowed(job, demand)
    this.home.cpu(job, demand, this.flush)
  }

  private readonly flush = (job: Request): void => {
    this.home.disk(
      job,
      this.io.of(job),
      this.conservative ? this.toCommit : (this.home.durable ?? this.committed),
    )
  }

  private readonly toCommit = (job: Request): void => {
    if (this.jobs[job.key % this.threads] !== job) return
    this.hasWorked[job.key % this.threads] = true
    while (this.worked < this.taken && this.hasWorked[(this.worked + 1) % this.threads]) {
      this.worked++
      this.hasWorked[this.worked % this.threads] = false
    }
    if (this.home.durable === null) this.committed(job)
    else {
      this.home.durable(job)
      this.work()
    }
  }

  /** What `job` did is on the disk, as far as it will be. */
  readonly committed = (job: Request): void => {
    if (this.jobs[job.key % this.threads] !== job) return
    this.finished[job.key % this.threads] = true
    while (this.applied < this.taken && this.finished[(this.applied + 1) % this.threads]) {
      this.applied++
      this.stored++
      this.finished[this.applied % this.threads] = false
      this.countLag(this.log.timeOf(this.applied))
    }
    this.busy.set(this.home.now(), this.taken - this.applied)
    this.home.applied()
    if (this.waiting > 0) this.free()
    this.work()
  }

  /** Those go on that waited for a row that nobody has any more. */
  private free(): void {
    // What takes no time ends within `apply`: go round again here, not deeper.
    if (this.freeing) return
    this.freeing = true
    for (let position = this.applied + 1; position <= this.taken && this.waiting > 0; position++) {
      const place = position % this.threads
      if (this.awaited[place] === 0 || this.awaited[place]! > this.applied) continue
      this.awaited[place] = 0
      this.waiting--
      this.apply(this.jobs[place]!)
    }
    this.freeing = false
  }

  /** A dead server has no lag: what was written before it was back is told apart, by its lag when it was. */
  private countLag(committed: number): void {
    if (committed < this.back) return
    const lag = this.home.now() - committed
    this.lags++
    this.lagSum += lag
    if (lag > this.lagMax) this.lagMax = lag
    this.lagSpread ??= new Histogram()
    this.lagSpread.record(lag)
  }

  /** The server is back after it was dead. */
  revive(): void {
    this.back = this.home.now()
    this.lagBack = Math.max(this.lagBack, this.behind)
  }

  /** The process died: what was not committed is begun again. The relay log is on disk. */
  stop(): void {
    this.taken = this.applied
    this.worked = this.applied
    this.busy.set(this.home.now(), 0)
    this.finished.fill(false)
    this.hasWorked.fill(false)
    this.awaited.fill(0)
    this.waiting = 0
    for (const job of this.jobs) {
      job.event?.cancel()
      // What it has on a disk finds nobody.
      job.entry = -1
    }
    this.hire()
  }

  /** Has nothing of what was committed after `position`. */
  truncate(position: number): void {
    if (this.taken > position) this.stop()
    this.received = Math.min(this.received, position)
    this.applied = Math.min(this.applied, position)
    this.taken = Math.min(this.taken, position)
    this.worked = Math.min(this.worked, position)
  }

  /** Has everything up to `position`: it was the primary. */
  follow(position: number): void {
    this.received = position
    this.applied = position
    this.taken = position
    this.worked = position
    this.busy.set(this.home.now(), 0)
  }

  /** Seconds since the commit of the oldest write that is not visible here; 0 if none is missing. */
  get behind(): number {
    return this.applied < this.log.head ? this.home.now() - this.log.timeOf(this.applied + 1) : 0
  }

  /** The measured span begins. */
  restart(): void {
    this.lags = 0
    this.lagSum = 0
    this.lagMax = 0
    this.lagSpread?.restart()
    this.lagBack = -1
    this.busy.restart(this.home.now())
    this.cpuTime = 0
    this.receivedBefore = this.received
    this.appliedBefore = this.applied
  }

  private get log(): BinaryLog {
    return this.home.log()
  }

  /** New threads: what the old ones have begun on the CPU is nobody's any more. */
  private hire(): void {
    this.jobs = Array.from({ length: this.threads }, () => {
      const job = new Request()
      job.at = this.home.process
      return job
    })
  }
}
