import * as z from 'zod'
import { count, refsWith } from '../../options/types.js'
import { Component } from '../../parts/component.js'
import { kind, type Site } from '../../parts/kind.js'
import { Outcome } from '../../parts/outcome.js'
import type { Request } from '../../parts/request.js'
import type { Wire } from '../../parts/wire.js'

const MOST = 1000

const fanoutOptions = z.strictObject({
  to: refsWith({ times: count(1, MOST).prefault(1).describe('how many calls') })
    .refine(
      (list) => list.reduce((sum, { times }) => sum + times, 0) <= MOST,
      `expected at most ${MOST} calls for one request`,
    )
    .describe('what it calls, all at once'),
})

/**
 * Calls several boxes at once and answers when all of them have answered: a page made of parts, a search over
 * shards. If one fails, so does the whole, once the last has answered.
 */
class Fanout extends Component {
  private readonly wires: readonly Wire[]
  /** Calls that have not been answered yet. */
  private readonly open = new Map<Request, Set<Request>>()

  constructor(site: Site, options: z.output<typeof fanoutOptions>) {
    super(site)
    this.wires = options.to.flatMap(({ name, times }) => new Array<Wire>(times).fill(site.wire(name.name)))
  }

  accept(request: Request): void {
    const calls = this.wires.map((_, i) => this.attempt(request, i))
    this.open.set(request, new Set(calls))
    request.outcome = Outcome.ok
    calls.forEach((call, i) => {
      this.wires[i]!.send(call)
    })
  }

  override resume(request: Request, answer: Request): void {
    const open = this.open.get(request)!
    open.delete(answer)
    if (request.outcome === Outcome.ok) request.outcome = answer.outcome
    if (open.size > 0) return
    this.open.delete(request)
    request.reply(request.outcome)
  }

  /** All that is still open is given up. */
  override forget(request: Request): void {
    for (const call of this.open.get(request) ?? []) {
      // An answer that the process had not read yet is gone with it.
      if (call.parent !== request) continue
      request.child = call
      super.forget(request)
    }
    this.open.delete(request)
  }
}

export const fanout = kind({
  kind: 'fanout',
  composes: () => true,
  joins: true,
  says: 'calls several boxes at once and waits for all of their answers',
  example: `
    fanout: { kind: fanout, to: [shard-1, shard-2] }
    shard-1: { kind: service, servers: 8, service: exponential(20ms) }
    shard-2: { kind: service, servers: 8, service: exponential(20ms) }`,
  options: fanoutOptions,
  calls: ({ to }) => new Map(to.map(({ name, times }) => [name.name, times])),
  build: (site, options) => new Fanout(site, options),
})
