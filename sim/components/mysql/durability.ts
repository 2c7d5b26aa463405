/** What is on the disk of what was committed at a server, if its process dies, or its machine. */
export class Durability {
  /** Writes committed since the start, and how many of them would be there after a loss of power. */
  private written = 0
  private safe = 0
  /** Those that were committed when the last fsync of the redo log began. */
  private begun = 0
  /** When the first one was committed that is not safe, or not in that fsync; NaN if there is none. */
  private unsafeFrom = Number.NaN
  private afterBegun = Number.NaN
  private second = 0
  private runs = true

  /**
   * innodb_flush_log_at_trx_commit 0 and 2: all until the last flush of the log in the background is safe, one a second
   * (innodb_flush_log_at_timeout 1; the disk time of that is not simulated).
   *
   * 1: what is prepared is on the disk, and after a crash it is committed if it is in the binlog, and rolled back if not.
   * So with a binlog that is not synced those are lost whose commit no later fsync of the redo log has taken along (MariaDB,
   * Binary Log Group Commit and InnoDB Flushing Performance: "not guaranteed durable").
   *
   * @param flush innodb_flush_log_at_trx_commit
   * @param binlog whether the server writes one
   * @param phase when in a period that is
   * @param period seconds from one flush in the background to the next
   */
  constructor(
    private readonly flush: number,
    private readonly binlog: () => boolean,
    private readonly phase: number,
    private readonly period = 1,
  ) {}

  /** A write is committed at `now`. */
  committed(now: number): void {
    this.tick(now)
    this.written++
    if (this.flush === 1 && !this.binlog()) {
      this.safe = this.written
      return
    }
    if (Number.isNaN(this.unsafeFrom)) this.unsafeFrom = now
    if (Number.isNaN(this.afterBegun)) this.afterBegun = now
  }

  /** An fsync of the redo log begins. */
  redoBegins(): void {
    this.begun = this.written
    this.afterBegun = Number.NaN
  }

  /** It has ended. */
  redoSynced(): void {
    if (this.begun <= this.safe) return
    this.safe = this.begun
    this.unsafeFrom = this.afterBegun
  }

  /** All that is committed is in the binlog on the disk. */
  binlogSynced(): void {
    if (this.flush === 1) this.allSafe()
  }

  /**
   * The process dies, or (`power`) its machine. Returns how many of the last writes are gone, and when the first of them
   * was committed.
   */
  dies(now: number, power: boolean): { writes: number; from: number } {
    this.turn(now, false)
    // What was written to the file is the kernel's: it lives on.
    const gone = power || this.flush === 0
    const lost = { writes: gone ? this.written - this.safe : 0, from: this.unsafeFrom }
    if (gone) this.allSafe()
    return lost
  }

  /** The process runs from `now` on, or (hung, dead) does not: nothing is flushed in the background. */
  turn(now: number, runs: boolean): void {
    this.tick(now)
    this.runs = runs
  }

  private tick(now: number): void {
    const second = Math.floor(now / this.period + this.phase)
    if (second > this.second && this.runs) this.allSafe()
    this.second = second
  }

  private allSafe(): void {
    this.safe = this.written
    this.unsafeFrom = Number.NaN
  }
}
