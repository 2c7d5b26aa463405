import type { Request } from '../../parts/request.js'
import type { Stream } from '../../random/stream.js'
import { Zipf } from '../../random/zipf.js'
import { Trail } from './trail.js'

/** The rows that requests are about, one each: which of its writes does a replica not have yet? */
export class Rows {
  private readonly popularity: Zipf
  /** By row: the position of its last write; 0 if there is none. */
  private readonly last: Float64Array
  private readonly trail: Trail

  /**
   * @param zipf exponent of their popularity
   * @param draws which row a request is about
   */
  constructor(
    readonly count: number,
    zipf: number,
    private readonly draws: Stream,
    head: () => number,
  ) {
    this.popularity = new Zipf(count, zipf)
    this.last = new Float64Array(count)
    this.trail = new Trail(head)
  }

  /** The write `request` is committed at `position`. */
  written(request: Request, position: number): void {
    const row = this.of(request)
    this.trail.follow(position, this.last[row]!)
    this.last[row] = position
  }

  /** Whether the row of `request` was written after the position `applied` and up to `sent`. */
  changed(request: Request, applied: number, sent: number): boolean {
    return this.newest(request, sent) > applied
  }

  /** The last write of the row of `request` up to `position`; 0 if none is known. */
  newest(request: Request, position: number): number {
    return this.trail.upTo(position, this.last[this.of(request)]!)
  }

  /** Forgets what was committed after `position`. */
  truncate(position: number): void {
    for (let row = 0; row < this.last.length; row++)
      this.last[row] = this.trail.upTo(position, this.last[row]!)
  }

  /** The row that `request` is about. */
  of(request: Request): number {
    return this.popularity.sample(request.draws(this.draws))
  }
}
