import type { Addresses } from './addresses.js'
import { Remembered } from './remembered.js'
import type { Request } from './request.js'

/**
 * What the sessions of visitors say, wherever they are kept (a cookie, a store): all application servers read the same, at
 * once. A visitor who asks once has none.
 */
export class Sessions {
  /** By address: seconds. */
  private readonly written = new Remembered<number>((last, now) => now - last >= this.longest)
  private longest = 0

  constructor(private readonly addresses: Addresses) {}

  /** Somebody asks for what was written less than `seconds` ago. */
  keep(seconds: number): void {
    this.longest = Math.max(this.longest, seconds)
  }

  /** The visitor of `request` has written. */
  wrote(request: Request, now: number): void {
    if (this.addresses.again(request)) this.written.keep(this.addresses.of(request), now, now)
  }

  /** Whether the visitor of `request` wrote less than `seconds` ago. */
  hasWritten(request: Request, now: number, seconds: number): boolean {
    if (!this.addresses.again(request)) return false
    const last = this.written.get(this.addresses.of(request))
    return last !== undefined && now - last < seconds
  }
}
