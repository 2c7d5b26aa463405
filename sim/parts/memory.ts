import type { Kernel } from '../kernel/kernel.js'
import { Level } from '../stats/level.js'
import type { Dial } from './dial.js'

/** Bytes of a host. */
interface MemoryOptions {
  readonly memory: number
  readonly swap: number
  /** How many times as long work takes of whose memory all is in swap. */
  readonly slowdown: number
}

/** A process that has some of it. */
export interface Tenant {
  /** Bytes that it has now. */
  readonly resident: number
  /** Of these, what the largest of its processes has: the OOM killer judges each by itself. */
  readonly largest: number
  /** oom_score_adj, -1000 to 1000. */
  readonly adjust: number
  /** The OOM killer kills it. */
  kill(): void
}

/** Seconds between two looks at who has how much (an assumption: a kernel sees it at once). */
const LOOK = 0.1

/** OOM_SCORE_ADJ_MIN: never killed. */
const NEVER = -1000

/**
 * The memory of a machine, and its swap. What the processes have is looked at ten times a second, so that no request has
 * to count it.
 *
 * What does not fit into memory is in swap, and all that runs there is slower, by 1 + slowdown * the share that is in swap
 * (an assumption: what is touched is as often in swap as anything, and disk time passes as CPU time). What fits into
 * neither has the OOM killer kill one process after the other, the one of the highest score first: pages of memory and
 * swap, plus oom_score_adj thousandths of all there are (oom_badness, select_bad_process of Linux, mm/oom_kill.c; of equals
 * the last). systemd then stops all of the service (OOMPolicy=stop, its default), so that the component dies with it. If
 * none may be killed nothing happens (an assumption: Linux panics). Page tables and the page cache are not simulated.
 */
export class Memory {
  /** Bytes in use, of memory and swap together; of swap alone. */
  readonly used = new Level()
  readonly swapped = new Level()
  /** Of the measured span. */
  kills = 0
  private readonly tenants: Tenant[] = []
  private factor = 1

  /**
   * @param speed of the cores of the machine
   * @param phase share of the time between two looks that passes before the first
   */
  constructor(
    private readonly kernel: Kernel,
    private readonly speed: Dial,
    readonly options: MemoryOptions,
    phase: number,
  ) {
    kernel.after(LOOK * phase, this.look, null)
  }

  get now(): number {
    return this.kernel.now
  }

  add(tenant: Tenant): void {
    this.tenants.push(tenant)
  }

  /** The measured span begins. */
  restart(now: number): void {
    this.used.restart(now)
    this.swapped.restart(now)
    this.kills = 0
  }

  private readonly look = (): void => {
    const { memory, swap, slowdown } = this.options
    this.kernel.after(LOOK, this.look, null)
    let used = this.inUse()
    // Each at most once.
    for (let left = this.tenants.length; left > 0 && used > memory + swap; left--) {
      const victim = this.worst()
      if (victim === null) break
      this.kills++
      victim.kill()
      used = this.inUse()
    }
    const swapped = Math.min(swap, Math.max(0, used - memory))
    this.used.set(this.kernel.now, used)
    this.swapped.set(this.kernel.now, swapped)
    this.slow(swapped === 0 ? 1 : 1 / (1 + (slowdown * swapped) / used))
  }

  private inUse(): number {
    let sum = 0
    for (const tenant of this.tenants) sum += tenant.resident
    return sum
  }

  private worst(): Tenant | null {
    const thousandth = (this.options.memory + this.options.swap) / 1000
    let worst: Tenant | null = null
    let most = Number.NEGATIVE_INFINITY
    for (const tenant of this.tenants) {
      const score = tenant.largest + tenant.adjust * thousandth
      if (tenant.resident === 0 || tenant.adjust === NEVER || score < most) continue
      worst = tenant
      most = score
    }
    return worst
  }

  private slow(factor: number): void {
    if (factor === this.factor) return
    if (this.factor !== 1) this.speed.unbend(this.factor)
    this.factor = factor
    if (factor !== 1) this.speed.bend(factor)
  }
}
