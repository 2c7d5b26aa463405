import type { Handler } from '../../kernel/event.js'
import { type Place, Request } from '../../parts/request.js'
import type { Link } from '../mysql/link.js'

/** How long a commit waits for a standby (synchronous_commit, without those that do not). */
export type Wait = 'remote_write' | 'on' | 'remote_apply'

interface Home {
  readonly process: Place
  /** An fsync of the WAL for `job`, then `then`; null where it takes no time. */
  readonly sync: ((job: Request, then: Handler<Request>) => void) | null
  /** What the primary waits for. */
  wait(): Wait
  /** Up to where the WAL is replayed. */
  replayed(): number
}

/** Something that a standby has, and on which connection it came. */
interface Received {
  readonly position: number
  readonly link: Link
}

/**
 * What a standby tells its primary of the WAL that has come: at once (remote_write), once it is on the disk, all that has
 * come while one fsync runs with the next (on), or once it is replayed after that (remote_apply).
 * Source: PostgreSQL 15 manual, synchronous_commit; src/backend/replication/walreceiver.c (XLogWalRcvFlush).
 */
export class WalReceiver {
  private job: Request | null = null
  private flushing: Received | null = null
  private next: Received | null = null
  /** What is on the disk, and not replayed. */
  private waiting: Received[] = []

  constructor(private readonly home: Home) {}

  receive(position: number, link: Link): void {
    if (this.home.wait() === 'remote_write') link.tell(position)
    else if (this.home.sync === null) this.flushed({ position, link })
    else if (this.flushing !== null) this.next = { position, link }
    else this.flush({ position, link })
  }

  private flush(received: Received): void {
    this.flushing = received
    this.job = new Request()
    this.job.at = this.home.process
    this.home.sync!(this.job, this.synced)
  }

  private readonly synced = (job: Request): void => {
    if (job !== this.job) return
    const { flushing, next } = this
    this.flushing = null
    this.next = null
    this.flushed(flushing!)
    if (next !== null) this.flush(next)
  }

  private flushed(received: Received): void {
    if (this.home.wait() === 'on' || this.home.replayed() >= received.position)
      received.link.tell(received.position)
    else this.waiting.push(received)
  }

  /** Up to where it can vouch for what came by an earlier connection; it tells more when it can. */
  vouches(position: number, link: Link): number {
    const replayed = this.home.replayed()
    if (this.home.wait() !== 'remote_apply' || replayed >= position) return position
    this.waiting.push({ position, link })
    return replayed
  }

  /** Some more is replayed. */
  replayed(): void {
    const to = this.home.replayed()
    while (this.waiting.length > 0 && this.waiting[0]!.position <= to) {
      const { position, link } = this.waiting.shift()!
      link.tell(position)
    }
  }

  /** The process died. */
  clear(): void {
    if (this.job !== null) {
      this.job.event?.cancel()
      this.job.at = null
      this.job = null
    }
    this.flushing = null
    this.next = null
    this.waiting = []
  }
}
