import type { Event } from '../../kernel/event.js'
import type { Kernel } from '../../kernel/kernel.js'

/** Something that is done once, after a while, unless it is called off before. */
export class Alarm {
  private event: Event | null = null

  constructor(
    private readonly kernel: Kernel,
    private readonly ring: () => void,
  ) {}

  get isSet(): boolean {
    return this.event !== null
  }

  /** Seconds from now; whatever was set before is called off. */
  set(seconds: number): void {
    this.stop()
    this.event = this.kernel.after(seconds, this.rings, null)
  }

  stop(): void {
    this.event?.cancel()
    this.event = null
  }

  private readonly rings = (): void => {
    this.event = null
    this.ring()
  }
}
