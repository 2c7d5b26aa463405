import type { Deadlines } from '../../kernel/deadlines.js'
import type { Component } from '../../parts/component.js'
import type { Site } from '../../parts/kind.js'
import type { Process } from '../../parts/process.js'
import { checkersOf, Request } from '../../parts/request.js'
import type { Wire } from '../../parts/wire.js'

/**
 * A probe from outside, as the blackbox exporter of Prometheus makes it (prober http, module http_2xx): each
 * `scrape_interval` a visitor's page is asked for, on a connection of its own, and TLS with it where that ends there.
 * `probe_success` is 1 if it is answered within `scrape_timeout`, else 0. It stands outside of all machines, and stops
 * with its monitor only (an assumption: as a service that is bought).
 */
export class Probe {
  /** What it asks with, a request that never ends. */
  readonly round = new Request()
  /** The last of them, 1 or 0; NaN before the first. */
  success = Number.NaN
  private readonly wire: Wire
  private readonly page: number
  private readonly askers: number

  /** @param asksFor the request class */
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
