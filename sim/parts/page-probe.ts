import type { Deadlines } from '../kernel/deadlines.js'
import type { Component } from './component.js'
import type { Site } from './kind.js'
import type { Process } from './process.js'
import { checkersOf, Request } from './request.js'
import type { Wire } from './wire.js'

/** Asks a box for a page as a visitor would, over no network: on a connection of its own, and TLS with it where that ends there. */
export class PageProbe {
  /** What it asks with, a request that never ends. */
  readonly round = new Request()
  private readonly wire: Wire
  private readonly page: number
  private readonly askers: number

  /**
   * @param process that asks, and whose `resume` gets the answer
   * @param timers until one that gets no answer is given up
   * @param asksFor the request class
   */
  constructor(
    site: Site,
    private readonly process: Process,
    private readonly timers: Deadlines<Request>,
    readonly target: Component,
    readonly asksFor: string,
  ) {
    this.wire = site.outside(site.name, target)
    this.page = site.classes.indexOf(asksFor)
    this.askers = checkersOf(site.name)
    this.round.at = process
    this.round.health = true
  }

  /** Asks, unless the last one is under way. */
  ask(): void {
    const { round } = this
    if (round.child !== null) return
    round.tryAgain()
    const child = this.process.attempt(round, 0, 0)
    child.open()
    child.checkFor(this.page, this.askers)
    child.deadline = this.timers.set(child)
    this.wire.send(child)
  }
}
