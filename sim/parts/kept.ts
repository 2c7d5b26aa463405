import type { Event } from '../kernel/event.js'
import type { Kernel } from '../kernel/kernel.js'
import { State } from './port.js'
import type { Wire } from './wire.js'

interface KeptOptions {
  /** Idle ones at most; one that comes back when there are so many is closed. */
  readonly most: number
  /** Seconds after which an idle one is closed; up to a tenth later. */
  readonly idle: number
  /** Requests that one carries at most. */
  readonly requests?: number
}

/**
 * The connections to one box that a caller keeps while they are idle: the last that came back is the next to be used.
 * Where the process at the other end dies, its machine closes them; where the machine dies, nobody does, and the next
 * request on one is sent into the void. The other side may close them too after a time (`idleTimeout`): a request that
 * meets its FIN on the way is reset.
 */
export class KeptConnections {
  /** When each became idle, and how many requests it has carried; the longest idle first. */
  private readonly since: number[] = []
  private readonly carried: number[] = []
  /** Seconds that the last one was idle that was taken. */
  pause = 0.5
  private expiry: Event | null = null
  private readonly most: number
  private readonly idle: number
  private readonly requests: number
  /** Whether the one that was taken last is being closed by the other side, which is not known here yet. */
  stale = false

  /** @param closed told of each that is closed, and whether this side did it first */
  constructor(
    private readonly kernel: Kernel,
    private readonly wire: Pick<Wire, 'to' | 'latency'>,
    options: KeptOptions,
    private readonly closed: (first: boolean) => void = nothing,
  ) {
    this.most = options.most
    this.idle = options.idle
    this.requests = options.requests ?? Number.POSITIVE_INFINITY
    const { to } = wire
    to.observe(() => {
      const told = to.state === State.gone && to.host.power.value > 0
      if (told || to.state === State.starting || to.state === State.serving) this.close(false)
    })
  }

  /** Takes one: how many requests it has carried. 0: none is kept. */
  take(): number {
    this.look()
    if (this.since.length === 0) return 0
    // The other side has been idle since a latency before, and what is sent now is there a latency later.
    const { latency, to } = this.wire
    this.pause = this.kernel.now - this.since.pop()!
    this.stale = this.pause > to.idleTimeout - 2 * latency.value
    return this.carried.pop()!
  }

  /** Whether one is kept that has carried so many. */
  has(carried: number): boolean {
    this.look()
    return this.carried.length > 0 && this.carried.at(-1)! >= carried
  }

  /** Those that the other side is known here to have closed are gone: all, where the youngest is. */
  private look(): void {
    const { length } = this.since
    if (length > 0 && this.kernel.now - this.since[length - 1]! >= this.wire.to.idleTimeout) this.close(false)
  }

  /** One that has carried `carried` requests is idle from now on, or closed. */
  give(carried: number): void {
    if (this.since.length >= this.most || carried >= this.requests) {
      this.closed(true)
      return
    }
    this.since.push(this.kernel.now)
    this.carried.push(carried)
    this.expiry ??= this.kernel.after(this.idle, this.expire, null)
  }

  /** All are closed. @param first whether by this side */
  close(first: boolean): void {
    for (let i = this.since.length; i > 0; i--) this.closed(first)
    this.forget()
  }

  /** They are gone, without a word. */
  forget(): void {
    this.since.length = 0
    this.carried.length = 0
  }

  /** Closes those that have been idle for so long, and looks again when the next will have been. */
  private readonly expire = (): void => {
    this.expiry = null
    const { kernel, since, carried, idle } = this
    let over = 0
    while (over < since.length && since[over]! + idle <= kernel.now) over++
    since.splice(0, over)
    carried.splice(0, over)
    for (let i = 0; i < over; i++) this.closed(true)
    if (since.length === 0) return
    // Not an event for each: now and then for all whose time has come.
    const next = Math.max(idle / 10, since[0]! + idle - kernel.now)
    this.expiry = kernel.after(next, this.expire, null)
  }
}

const nothing = () => {}
