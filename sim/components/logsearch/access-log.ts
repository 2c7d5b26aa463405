import type { Component } from '../../parts/component.js'
import type { Context } from '../../parts/context.js'
import { Outcome } from '../../parts/outcome.js'
import type { Journal } from '../../parts/process.js'
import type { Request } from '../../parts/request.js'
import { isBlameless } from '../monitor/counters.js'

/** The lines of one second: what their time stamps say is no finer (`$time_local` of nginx). */
export interface Second {
  /** When it begins. */
  readonly at: number
  lines: number
  /** Of these with a status of 500 and above. */
  errors: number
  /** Sum of the times that they took. */
  seconds: number
  /** Each of these times; empty where no search asks for them. */
  readonly took: number[]
}

/** What becomes of a file: a new one each `every` seconds, and so many old ones beside it. */
interface Rotation {
  readonly every: number
  readonly keep: number
}

/** Who has come, and gone again without a request that was completed: no line in the access log. */
const isUnlogged = (outcome: Outcome): boolean =>
  outcome === Outcome.reset ||
  outcome === Outcome.dropped ||
  outcome === Outcome.refused ||
  outcome === Outcome.connectTimeout ||
  outcome === Outcome.tlsFailed

/**
 * The access log of a box on its host's disk: a line when a request is completed, health checks and retries among them,
 * with the time from its coming to the beginning of its answer (an assumption: `$request_time` of nginx counts to the
 * last byte). Without a line: who was refused or dropped, who was inside when the process died, who never got a
 * handshake of TLS. Lines that nobody has read yet outlive the process and the host.
 */
export class AccessLog implements Journal {
  /** Of the whole run. */
  lines = 0
  /** Lines that were gone with their file before anybody had read them. */
  lost = 0
  private unread: Second[] = []
  private readonly came = new Map<Request, number>()

  /** @param timed whether each line's time is kept */
  constructor(
    private readonly context: Context,
    readonly target: Component,
    private readonly rotation: Rotation | null,
    private readonly timed: boolean,
  ) {}

  entered(request: Request): void {
    this.came.set(request, this.context.kernel.now)
  }

  left(request: Request): void {
    const came = this.came.get(request)
    this.came.delete(request)
    const outcome = request.outcome as Outcome
    if (came === undefined || isUnlogged(outcome)) return
    const { now } = this.context.kernel
    this.lines++
    const at = Math.floor(now)
    let second = this.unread.at(-1)
    if (second?.at !== at) {
      second = { at, lines: 0, errors: 0, seconds: 0, took: [] }
      this.unread.push(second)
    }
    second.lines++
    if (!isBlameless(outcome)) second.errors++
    second.seconds += now - came
    if (this.timed) second.took.push(now - came)
  }

  /** Lines that are there to be read. */
  get waiting(): number {
    return this.unread.reduce((sum, { lines }) => sum + lines, 0)
  }

  /** All that is there: whoever has read it moves his pointer. */
  read(): Second[] {
    const read = this.unread
    this.unread = []
    return read
  }

  /** It was read in vain: the pointer has not moved. */
  putBack(lines: readonly Second[]): void {
    this.unread.unshift(...lines)
  }

  /** Files that are too old are gone. */
  rotate(): void {
    if (this.rotation === null) return
    const { every, keep } = this.rotation
    const oldest = Math.floor(this.context.kernel.now / every) - keep
    while (this.unread.length > 0 && Math.floor(this.unread[0]!.at / every) < oldest)
      this.lost += this.unread.shift()!.lines
  }
}
