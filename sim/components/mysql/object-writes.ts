import type { Request } from '../../parts/request.js'
import type { Moments } from './moments.js'
import type { Rows } from './rows.js'
import { Trail } from './trail.js'

/** What a cache before a replication asks of it. */
interface Log {
  /** The position of the last write, and of the last that readers at the primary see. */
  readonly head: number
  readonly shown: number
  readonly rows: Rows | null
  readonly moments: Moments
}

/**
 * When each object that is kept in a cache was written last in the databases behind it: what was read there at one moment
 * misses whatever was committed after it. A write is of the object that its request is about, and of its rows where these
 * are the objects.
 */
export class ObjectWrites {
  /** By object: its last write. */
  private readonly last = new Map<number, number>()
  private readonly trail: Trail

  /**
   * @param of the object that a request is about; -1: none that anybody else asks for
   * @param areRows whether the rows of the database are the objects
   */
  constructor(
    readonly of: (request: Request) => number,
    private readonly log: Log,
    private readonly areRows: boolean,
  ) {
    this.trail = new Trail(() => log.head, areRows ? log.rows!.most : 1)
  }

  /** The write `request` is committed at `position`. */
  written(request: Request, position: number): void {
    const { rows } = this.log
    const count = this.areRows ? rows!.countOf(request) : 1
    for (let place = 0; place < count; place++) {
      const object = this.areRows ? rows!.rowOf(request, place) : this.of(request)
      if (object < 0) continue
      this.last.set(object, this.trail.follow(position, place, this.last.get(object) ?? 0))
    }
  }

  /** All that readers at the primary see now. */
  get now(): number {
    return this.log.moments.at(this.log.shown)
  }

  /** Whether the object of `request` was written after the moment `from` and up to the moment `to`. */
  changed(request: Request, from: number, to: number): boolean {
    const { moments } = this.log
    const last = this.trail.upTo(moments.positionOf(to), this.last.get(this.of(request)) ?? 0)
    return this.trail.positionOf(last) > moments.positionOf(from)
  }

  /** Forgets what was committed after `position`. */
  truncate(position: number): void {
    for (const [object, last] of this.last) this.last.set(object, this.trail.upTo(position, last))
  }
}
