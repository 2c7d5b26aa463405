import type { Handler } from '../kernel/event.js'
import type { Context } from './context.js'
import type { Request } from './request.js'

/** The rest of a request that has begun to come in. */
export interface Body {
  readonly request: Request
  /** What it waits for: its own bytes, and those of the request that it passes on. */
  missing: number
  /** What the box does when all is there; null while it has other things to do. */
  next: Handler<Request> | null
  /** When the latest of it came over this wire, or will have: seconds; 0 where it takes no time here. */
  heard: number
  /** Who is told beside, and does nothing then but to look at the clock. */
  told: Handler<Request> | null
}

/**
 * Requests that have come in over one wire, and not to their ends: a server accepts a connection and reads the head of a
 * request while its sender is still busy with the rest.
 */
export class Bodies {
  private readonly bodies = new Map<Request, Body>()

  constructor(private readonly context: Pick<Context, 'tap'>) {}

  begin(request: Request, missing: number): Body {
    const body = { request, missing, next: null, heard: 0, told: null }
    this.bodies.set(request, body)
    return body
  }

  of(request: Request): Body | undefined {
    return this.bodies.get(request)
  }

  /** Whether it still belongs to a request that is in the box. */
  has(body: Body): boolean {
    return this.bodies.get(body.request) === body
  }

  /** Whether all of `request` is there; if not, `then` continues when it is. */
  isWhole(request: Request, then: Handler<Request>): boolean {
    const body = this.bodies.get(request)
    if (body === undefined) return true
    body.next = then
    if (request.traced) this.context.tap?.reads(request)
    return false
  }

  /** Something of what it waits for is there, or will not come any more. */
  readonly finish = (body: Body): void => {
    body.missing--
    if (body.missing > 0 || !this.has(body)) return
    const { request, next, told } = body
    this.bodies.delete(request)
    if (request.traced) this.context.tap?.reads(request)
    if (told !== null) told(request)
    if (next !== null) request.at!.proceed(next, request)
  }

  /** Nothing more comes: the box does without. */
  finishAll(body: Body): void {
    body.missing = 1
    this.finish(body)
  }

  /** The box has done with `request`: nobody reads the rest. */
  stop(request: Request): void {
    this.bodies.delete(request)
  }
}
