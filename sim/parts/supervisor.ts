import type { Event } from '../kernel/event.js'
import type { Kernel } from '../kernel/kernel.js'
import { Dial } from './dial.js'
import { policyOf, type RestartOptions, type RestartPolicy } from './restart-policies.js'

/**
 * Who starts the process of a component again when it died: the manager of services of its machine. What is stopped on
 * purpose (maintenance, a deployment, an autoscaler) it leaves alone, and what is started then is started by hand. It dies
 * with its machine, and when that is back it starts the process at once, and has forgotten what was before.
 *
 * A process that cannot run (`able`) dies as soon as it is started (an assumption: before it listens), and each such
 * start counts.
 */
export class Supervisor {
  /** 1, or 0 while the process dies as soon as it is started. */
  readonly able = new Dial(1)
  /** In the measured span: starts after a death, and those of them that failed. */
  starts = 0
  failed = 0
  /** It has given up: nothing starts the process but a person. */
  gaveUp = false
  /** It is dead, and waits to be started. */
  private held = false
  private timer: Event | null = null
  private started = Number.NEGATIVE_INFINITY
  private readonly policy: RestartPolicy

  /**
   * @param alive of the process, which it starts
   * @param up of the process: 0 while it is stopped on purpose
   * @param power of its machine
   */
  constructor(
    private readonly kernel: Kernel,
    private readonly alive: Dial,
    private readonly up: Dial,
    private readonly power: Dial,
    options: RestartOptions,
  ) {
    this.policy = policyOf(options)
    this.able.watch(() => {
      if (this.able.value === 0) this.kill()
    })
    for (const dial of [power, up]) dial.watch(() => (this.mayRun ? this.startAnew() : this.rest()))
  }

  private get mayRun(): boolean {
    return this.power.value > 0 && this.up.value > 0
  }

  /** The process dies, if it is there. */
  kill(): void {
    if (this.held) return
    this.held = true
    this.alive.bend(0)
    if (this.mayRun) this.await()
  }

  /** A person has repaired what was wrong, and starts it. */
  repaired(): void {
    if (this.mayRun) this.startAnew()
  }

  /** The measured span begins. */
  restart(): void {
    this.starts = 0
    this.failed = 0
  }

  private await(): void {
    const delay = this.policy.delay(this.kernel.now - this.started)
    this.timer = this.kernel.after(delay, this.start, null)
  }

  private readonly start = (): void => {
    this.timer = null
    const { now } = this.kernel
    if (!this.policy.mayStart(now)) {
      this.gaveUp = true
      return
    }
    this.starts++
    this.started = now
    if (this.able.value === 0) {
      this.failed++
      this.await()
    } else {
      this.held = false
      this.alive.unbend(0)
    }
  }

  private startAnew(): void {
    this.rest()
    this.policy.forget()
    if (this.held) this.start()
    else {
      this.policy.mayStart(this.kernel.now)
      this.started = this.kernel.now
    }
  }

  private rest(): void {
    this.timer?.cancel()
    this.timer = null
    this.gaveUp = false
  }
}
