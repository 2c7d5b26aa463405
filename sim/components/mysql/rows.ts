import type { Request } from '../../parts/request.js'
import type { Stream } from '../../random/stream.js'
import { Zipf } from '../../random/zipf.js'

/** Writes back from the last of which it is known which one wrote the same row before. */
const KEPT = 16384

/** The rows that requests are about, one each: which of its writes does a replica not have yet? */
export class Rows {
  private readonly popularity: Zipf
  /** By row: the position of its last write; 0 if there is none. */
  private readonly last: Float64Array
  /** By position modulo KEPT: that of the write before it of the same row. */
  private readonly before = new Float64Array(KEPT)

  /**
   * @param zipf exponent of their popularity
   * @param draws which row a request is about
   */
  constructor(
    count: number,
    zipf: number,
    private readonly draws: Stream,
    private readonly head: () => number,
  ) {
    this.popularity = new Zipf(count, zipf)
    this.last = new Float64Array(count)
  }

  /** The write `request` is committed at `position`. */
  written(request: Request, position: number): void {
    const row = this.rowOf(request)
    this.before[position % KEPT] = this.last[row]!
    this.last[row] = position
  }

  /** Whether the row of `request` was written after the position `applied` and up to `sent`. */
  changed(request: Request, applied: number, sent: number): boolean {
    let position = this.last[this.rowOf(request)]!
    while (position > sent) position = this.earlier(position)
    return position > applied
  }

  /** Forgets what was committed after `position`. */
  truncate(position: number): void {
    for (let row = 0; row < this.last.length; row++)
      while (this.last[row]! > position) this.last[row] = this.earlier(this.last[row]!)
  }

  private earlier(position: number): number {
    return position > this.head() - KEPT ? this.before[position % KEPT]! : 0
  }

  private rowOf(request: Request): number {
    return this.popularity.sample(request.draws(this.draws))
  }
}
