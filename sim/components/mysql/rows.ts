import type { Request } from '../../parts/request.js'
import type { Stream } from '../../random/stream.js'
import { Zipf } from '../../random/zipf.js'
import { Trail } from './trail.js'

/** Draws of one row among several that are tried before the next that is free is taken. */
const DRAWS = 8

/** How writes take their rows. */
interface Taking {
  /** By request class: how many rows a write is about. */
  readonly each: readonly number[]
  /** The lowest first; else as they come. */
  readonly inOrder: boolean
}

/** The rows that requests are about: which of its writes does a replica not have yet? A read is about one. */
export class Rows {
  /** How many the largest write is about. */
  readonly most: number
  private readonly popularity: Zipf
  /** By row: its last write; 0 if there is none. */
  private readonly last: Float64Array
  private readonly trail: Trail
  /** Of the request that was asked for last, where it is about several. */
  private readonly several: number[] = []
  /** Who knows which row a request is about, where a cache has the rows as its objects. */
  private object: ((request: Request) => number) | null = null

  /**
   * @param zipf exponent of their popularity
   * @param draws which row a request is about
   */
  constructor(
    readonly count: number,
    readonly zipf: number,
    private readonly draws: Stream,
    head: () => number,
    private readonly taking: Taking,
  ) {
    this.most = Math.max(...taking.each)
    this.popularity = new Zipf(count, zipf)
    this.last = new Float64Array(count)
    this.trail = new Trail(head, this.most)
  }

  /** The row that a request is about is its object in a cache, as `object` has it: they are as many, and as popular. */
  tie(object: (request: Request) => number): void {
    this.object = object
  }

  /** The write `request` is committed at `position`. */
  written(request: Request, position: number): void {
    for (let place = 0; place < this.taking.each[request.class]!; place++) {
      const row = this.rowOf(request, place)
      this.last[row] = this.trail.follow(position, place, this.last[row]!)
    }
  }

  /** Whether the row of `request` was written after the position `applied` and up to `sent`. */
  changed(request: Request, applied: number, sent: number): boolean {
    return this.newest(request, sent) > applied
  }

  /** The last write of the row of `request` up to `position`; 0 if none is known. */
  newest(request: Request, position: number): number {
    return this.trail.positionOf(this.trail.upTo(position, this.last[this.of(request)]!))
  }

  /** Forgets what was committed after `position`. */
  truncate(position: number): void {
    for (let row = 0; row < this.last.length; row++)
      this.last[row] = this.trail.upTo(position, this.last[row]!)
  }

  /** The position of the last write before that at `position` which wrote one of its rows; 0 if none is known. */
  before(position: number): number {
    return this.trail.before(position)
  }

  /** The row that `request` is about, the first of several. */
  of(request: Request): number {
    if (this.object !== null) return this.object(request)
    return this.popularity.sample(request.draws(this.draws))
  }

  /** The row that the write `request` takes at `place`: 0 is the first. */
  rowOf(request: Request, place: number): number {
    return this.taking.each[request.class] === 1 ? this.of(request) : this.allOf(request)[place]!
  }

  /** How many rows a write like `request` takes. */
  countOf(request: Request): number {
    return this.taking.each[request.class]!
  }

  /** No row twice. */
  private allOf(request: Request): readonly number[] {
    const { several } = this
    several.length = 0
    for (let step = 0; several.length < this.taking.each[request.class]!; step++) {
      let row = step === 0 ? this.of(request) : this.popularity.sample(request.draws(this.draws, step))
      if (several.includes(row)) {
        if (step < DRAWS * this.most) continue
        while (several.includes(row)) row = (row + 1) % this.count
      }
      several.push(row)
    }
    return this.taking.inOrder ? several.sort((a, b) => a - b) : several
  }
}
