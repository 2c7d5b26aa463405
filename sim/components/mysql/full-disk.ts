import type { Handler } from '../../kernel/event.js'
import type { Kernel } from '../../kernel/kernel.js'
import type { DiskSpace } from '../../parts/disk-space.js'
import type { Request } from '../../parts/request.js'

/** Seconds: MY_WAIT_FOR_USER_TO_FIX_PANIC (mysys). */
const EVERY = 60

/**
 * Writes of a server whose disk is full. The first that finds no room waits, and looks again once every minute; all that
 * come meanwhile wait behind it, since it has the binlog to itself, whether or not there is room again (MySQL manual, How
 * MySQL Handles a Full Disk; mysys, wait_for_free_space). Who waits is not answered, and keeps its connection.
 */
export class FullDisk {
  private waiting: Request[] = []
  /** Of the process that is there now: who waited in another is gone. */
  private life = 0

  /** @param go continues with each when there is room */
  constructor(
    private readonly kernel: Kernel,
    private readonly space: DiskSpace,
    private readonly go: Handler<Request>,
  ) {}

  /** Whether `request` may be written; if not, it waits. */
  hasRoom(request: Request): boolean {
    if (this.waiting.length === 0 && !this.space.isFull) return true
    this.waiting.push(request)
    if (this.waiting.length === 1) this.kernel.after(EVERY, this.look, this.life)
    return false
  }

  private readonly look = (life: number): void => {
    if (life !== this.life) return
    if (this.space.isFull) {
      this.kernel.after(EVERY, this.look, life)
      return
    }
    const { waiting, go } = this
    this.waiting = []
    for (const request of waiting) go(request)
  }

  /** The process died. */
  clear(): void {
    this.waiting = []
    this.life++
  }
}
