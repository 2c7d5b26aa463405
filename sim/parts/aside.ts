import { Dial } from './dial.js'

/**
 * The way of what two boxes tell one another aside from requests, as the adverts of VRRP: single packets, which nobody
 * sends again. Faults bend the same dials on it as on a wire.
 */
export class Aside {
  /** Packets sent on it. */
  sent = 0
  /** Seconds, one way. */
  readonly latency: Dial
  /** Share of packets that get through. */
  readonly delivery: Dial
  /** 1, or 0 while cut. */
  readonly open = new Dial(1)
  /** The same for what goes the other way alone. */
  readonly back = new Dial(1)

  constructor(
    readonly from: string,
    readonly towards: string,
    latency = 0,
    loss = 0,
  ) {
    this.latency = new Dial(latency, 'sum')
    this.delivery = new Dial(1 - loss)
  }

  get name(): string {
    return `${this.from} -> ${this.towards}`
  }
}
