import type { Addresses } from './addresses.js'
import type { Request } from './request.js'

/** Sessions that are remembered however old they are. */
const FEW = 4096

/**
 * What the sessions of visitors say, wherever they are kept (a cookie, a store): all application servers read the same, at
 * once. A visitor who asks once has none.
 */
export class Sessions {
  /** By address: seconds. */
  private readonly written = new Map<number, number>()
  private longest = 0
  private most = FEW

  constructor(private readonly addresses: Addresses) {}

  /** Somebody asks for what was written less than `seconds` ago. */
  keep(seconds: number): void {
    this.longest = Math.max(this.longest, seconds)
  }

  /** The visitor of `request` has written. */
  wrote(request: Request, now: number): void {
    if (!this.addresses.again(request)) return
    this.written.set(this.addresses.of(request), now)
    if (this.written.size > this.most) this.forget(now)
  }

  /** Whether the visitor of `request` wrote less than `seconds` ago. */
  hasWritten(request: Request, now: number, seconds: number): boolean {
    if (!this.addresses.again(request)) return false
    const last = this.written.get(this.addresses.of(request))
    return last !== undefined && now - last < seconds
  }

  private forget(now: number): void {
    for (const [address, last] of this.written) if (now - last >= this.longest) this.written.delete(address)
    this.most = Math.max(FEW, 2 * this.written.size)
  }
}
