import { assetsOf } from '../parts/addresses.js'
import type { Line } from '../parts/line.js'
import { Outcome } from '../parts/outcome.js'
import { type Port, whenBroken } from '../parts/port.js'
import type { Batch, Request, Way } from '../parts/request.js'
import { Account, type Ledger } from './ledger.js'

/** What belongs to a page beside itself, and how it is fetched. */
export interface PageOptions {
  readonly assets: number
  /** Index of their request class. */
  readonly class: number
  /** So many at a time. */
  readonly atOnce: number
  /** They all come on the page's own connection (HTTP/2); else one at a time on each connection (HTTP/1.1). */
  readonly multiplexed: boolean
}

/** Who loads the pages: a crowd of visitors. */
export interface Browser {
  readonly name: string
  /** The next asset, on no connection yet. @param key its own, of `family` */
  asset(key: number, family: number, kind: number): Request
  /** It is sent. @param way null: as every request of a visitor */
  fetch(asset: Request, way: Way | null): void
  /** It needs a connection beside those that load the page: a new one, or one that was kept. */
  connectFor(asset: Request): void
  /** Where those go by themselves who came to `answer` by being told so; null: nowhere. */
  toldBy(answer: Request): Way | null
  /** The connection of the number `route` that `way` leads to is not needed any more. */
  letGo(way: Way, route: number): void
  /** A visitor has his page, or what there will be of it. */
  loaded(page: Load): void
}

/** A page that is being loaded. */
export class Load implements Batch {
  readonly arrived: number
  readonly malicious: boolean
  number = 0
  outcome: Outcome = Outcome.ok
  /** Assets that were asked for, and those that have no outcome. */
  asked = 0
  left = 0
  /** Where the connection leads that carries all at once; null: there is none, or none any more. */
  way: Way | null = null
  /** The number of that connection, if it has one. */
  route = 0
  /** Where the visitor was told to go, who goes there by himself from now on; null: nowhere else. */
  told: Way | null = null
  readonly lines: [Line | null, Line | null] = [null, null]

  constructor(
    readonly key: number,
    request: Request,
    readonly streams: number,
    readonly multiplexed: boolean,
  ) {
    this.arrived = request.arrived
    this.malicious = request.malicious
  }
}

/**
 * Pages and their assets, as browsers load them. When the page itself was answered ok its assets are asked for: with
 * HTTP/1.1 one at a time on each of a few connections, the first of which is the page's own; with HTTP/2 all at once on
 * that one. Each is a request of its own. The page is loaded when all have been answered ok; where one was not, it
 * ends as the first of these did.
 *
 * Sources: RFC 9112, 9.4 (no number; Chrome and Firefox open six to a host); RFC 9113, 5.1.2 (100 streams at a time:
 * `tune.h2.max-concurrent-streams` of HAProxy; nginx has 128).
 * Assumptions: all that belongs to a page is known when it is there, and comes from the same site. What is tried again
 * has a new connection, with HTTP/2 one of its own.
 */
export class Pages {
  readonly account = new Account()
  /** Those of the assets. */
  private readonly family: number
  /** By the key of the page. */
  private readonly loads = new Map<number, Load>()
  /** Where connections lead that are seen to break. */
  private readonly watched = new Set<Port>()

  constructor(
    private readonly browser: Browser,
    private readonly ledger: Ledger,
    private readonly options: PageOptions,
  ) {
    // A name has no end of a line in it: no other users have this one.
    this.family = assetsOf(browser.name)
  }

  /** A census: the pages of the measured span that are being loaded. */
  get underWay(): number {
    return [...this.loads.values()].filter(({ number }) => number > 0).length
  }

  /** Rounds in which a page is loaded, each of them a request long. */
  get rounds(): number {
    return 1 + Math.ceil(this.options.assets / this.options.atOnce)
  }

  /** A visitor asks for a page, by `request`. */
  begin(request: Request): void {
    const { atOnce, assets, multiplexed } = this.options
    const load = new Load(request.key, request, multiplexed ? Math.min(atOnce, assets) : 1, multiplexed)
    this.ledger.beginPage(this.account, load)
    this.loads.set(load.key, load)
  }

  /** Whether the connection of `request`, which opens one, is to stay for what follows. */
  reuses(request: Request): boolean {
    return request.batch === null || !this.options.multiplexed
  }

  /** A page, or an asset, has its final answer. */
  answered(request: Request, now: number): void {
    const { batch } = request
    if (batch === null) this.opened(this.loads.get(request.key)!, request, now)
    else this.got(batch as Load, request, now)
  }

  // ---- The life of a load ---------------------------------------------------------------------------------------

  /** The page itself is there, or will not come. */
  private opened(load: Load, page: Request, now: number): void {
    if (page.outcome !== Outcome.ok) {
      load.outcome = page.outcome
      this.end(load, now)
      return
    }
    const { assets, atOnce } = this.options
    load.left = assets
    load.told = this.browser.toldBy(page)
    const own = isFree(page) ? page.wire : null
    if (own !== null && load.multiplexed) this.hold(load, own, page.route)
    this.ask(load, own, page.route)
    while (load.asked < Math.min(atOnce, assets)) this.ask(load, load.way, load.route)
  }

  private hold(load: Load, way: Way, route: number): void {
    load.way = way
    load.route = route
    if (this.watched.has(way.to)) return
    this.watched.add(way.to)
    whenBroken(way.to, () => {
      for (const one of this.loads.values()) if (one.way?.to === way.to) this.drop(one)
    })
  }

  /** The connection that carries all at once is broken. */
  private drop(load: Load): void {
    load.way?.to.connectionClosed(load.route)
    load.way = null
  }

  /** Whether what carries all at once leads on to nobody any more. */
  private isBroken({ way, route }: Load): boolean {
    return way?.to.pins === true && !way.to.leadsOn(route)
  }

  /** Asks for the next asset. @param on the connection that is free for it, of that number; null: it needs one */
  private ask(load: Load, on: Way | null, route: number): void {
    const { assets, class: kind } = this.options
    const asset = this.browser.asset(load.key * assets + load.asked++, this.family, kind)
    asset.batch = load
    if (on !== null) {
      asset.ride(false, route)
      asset.warm = !load.multiplexed && on.staysWarm(0)
      asset.keeps = !load.multiplexed
    } else if (load.multiplexed) asset.open()
    else this.browser.connectFor(asset)
    this.browser.fetch(asset, on ?? load.told)
  }

  /** An asset has its final answer. */
  private got(load: Load, asset: Request, now: number): void {
    load.left--
    if (load.outcome === Outcome.ok) load.outcome = asset.outcome
    const free = isFree(asset) ? asset.wire : null
    // What is asked for may be answered at once, and be the last: nothing follows here.
    if (load.asked < this.options.assets) {
      if (this.isBroken(load)) this.drop(load)
      if (load.multiplexed) this.ask(load, load.way, load.route)
      else this.ask(load, free, asset.route)
      return
    }
    if (free !== null) this.browser.letGo(free, asset.route)
    if (load.left === 0) this.end(load, now)
  }

  private end(load: Load, now: number): void {
    if (load.way !== null) this.browser.letGo(load.way, load.route)
    this.loads.delete(load.key)
    this.ledger.endPage(this.account, load, now)
    this.browser.loaded(load)
  }
}

/** Its connection is open, and carries nothing else. */
const isFree = ({ outcome, keeps }: Request): boolean => keeps && outcome === Outcome.ok
