import type { Request } from '../../parts/request.js'
import type { ObjectWrites } from '../mysql/object-writes.js'
import { visit } from '../mysql/visit.js'

/** Of what was read in no database: it misses nothing. */
const ALWAYS = Number.POSITIVE_INFINITY

/**
 * What an application keeps in its cache was there at a moment; whether something was written since is what its visitors
 * miss. What several queries found was there at the earliest of their moments.
 *
 * A lookup misses a write that was committed before it was sent, as a read at a replica does, whoever is to blame: a
 * replica that filled the cache, a delete that came before an older SET or not at all, or one that is still on its way.
 * Source: Nishtala et al. 2013, Scaling Memcache at Facebook, sections 3.2.1 (stale sets) and 5 (a replica that is behind).
 */
export class CachedMoments {
  /** Of a request: when it asked the cache; once that did not have it, the moment of what it has read, if anything. */
  private readonly moments = new Map<Request, number>()
  // In the measured span.
  private found = 0
  private stale = 0

  constructor(private readonly writes: ObjectWrites) {}

  /** `request` asks the cache now. */
  asks(request: Request): void {
    this.moments.set(request, this.writes.now)
  }

  /** It was there, as of `moment`. */
  finds(request: Request, moment: number): void {
    this.found++
    if (moment < ALWAYS && this.writes.changed(request, moment, this.moments.get(request)!)) this.stale++
  }

  /** It was not. */
  misses(request: Request): void {
    this.moments.set(request, ALWAYS)
  }

  /** A query that was to find it is answered. */
  read(request: Request, answer: Request): void {
    this.moments.set(request, Math.min(this.moments.get(request)!, answer[visit.sees]))
  }

  /** The moment of what `request` stores. */
  stored(request: Request): number {
    return this.moments.get(request)!
  }

  /** The measured span begins. */
  restart(): void {
    this.found = 0
    this.stale = 0
  }

  get extra(): { readonly stale_cache_reads: number; readonly stale_cache_share: number } {
    const { found, stale } = this
    return { stale_cache_reads: stale, stale_cache_share: found > 0 ? stale / found : Number.NaN }
  }
}
