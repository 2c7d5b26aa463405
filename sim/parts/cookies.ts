import type { Addresses } from './addresses.js'
import type { Request } from './request.js'

/** Of those who come once, so many are remembered: for what belongs to their page, and for their further tries. */
const ONCE = 100_000

/** One cookie, as visitors have it: a value or none. */
export class Cookie {
  private readonly kept = new Map<number, string>()
  /** Of those who come once, the latest last. */
  private readonly once = new Map<number, string>()

  constructor(private readonly addresses: Addresses) {}

  /** What comes with `request`; undefined: nothing. */
  of(request: Pick<Request, 'key' | 'family'>): string | undefined {
    const browser = this.addresses.browserOf(request)
    return this.kept.get(browser) ?? this.once.get(browser)
  }

  /** The answer to `request` sets it, or (null) takes it away. */
  set(request: Pick<Request, 'key' | 'family'>, value: string | null): void {
    const browser = this.addresses.browserOf(request)
    if (browser < 0) return
    const all = this.addresses.returns(request) ? this.kept : this.once
    all.delete(browser)
    if (value === null) return
    all.set(browser, value)
    if (this.once.size > ONCE) this.once.delete(this.once.keys().next().value!)
  }
}

/**
 * What visitors carry from one request to the next: closed users each for himself, else all who share an address
 * (`addresses:`), else what belongs to one visit. Whoever sets a cookie of one name, all boxes are sent it.
 *
 * Assumption: a visitor has it as soon as the answer leaves the box that sets it.
 */
export class Cookies {
  private readonly byName = new Map<string, Cookie>()

  constructor(private readonly addresses: Addresses) {}

  named(name: string): Cookie {
    const known = this.byName.get(name) ?? new Cookie(this.addresses)
    this.byName.set(name, known)
    return known
  }
}
