import { z } from 'zod'
import { Deadlines } from '../kernel/deadlines.js'
import { duration, limit, oneOf, perClass, ref, share } from '../options/types.js'
import type { Stream } from '../random/stream.js'
import { Component } from './component.js'
import type { Demand } from './demand.js'
import { kind, type Site } from './kind.js'
import { Outcome } from './outcome.js'
import type { Request } from './request.js'
import type { Wire } from './wire.js'

const firewallOptions = z.strictObject({
  to: ref().describe('what stands behind it'),
  service: perClass().prefault('0s').describe('CPU time to look at a request'),
  detect: share().prefault('100%').describe('malicious requests that it recognises (an assumption: depends on the rules)'),
  false_positives: share().prefault('0%').describe('legitimate requests that it takes for malicious'),
  action: oneOf('drop', 'reject', 'forbid').prefault('drop').describe('silence, a refusal, or 403 as from a web application firewall'),
  nf_conntrack_max: limit(1).prefault(262144).describe('connections tracked; one more is dropped silently'),
  // Linux: nf_conntrack_tcp_timeout_time_wait.
  nf_conntrack_tcp_timeout_time_wait: duration().prefault('120s').describe('how long a finished connection stays in the table'),
  requests_per_connection: limit(1).prefault(1).describe('requests that share one tracked connection'),
})

/**
 * A packet filter in series: what it does not pass does not exist behind it, and when it is down nothing passes.
 * Source: Linux Documentation/networking/nf_conntrack-sysctl ("nf_conntrack: table full, dropping packet").
 */
class Firewall extends Component {
  private readonly service: Demand
  private readonly next: Wire
  private readonly detect: number
  private readonly falsePositives: number
  private readonly action: 'drop' | 'reject' | 'forbid'
  private readonly verdicts: Stream
  private readonly places: number
  private readonly perConnection: number
  private readonly ending: Deadlines<Firewall> | null
  private tracked = 0
  private filtered = 0
  private mistaken = 0
  private overflowed = 0

  constructor(site: Site, options: z.output<typeof firewallOptions>) {
    super(site)
    this.service = site.demand(options.service, 'service')
    this.next = site.wire(options.to.name)
    this.detect = options.detect
    this.falsePositives = options.false_positives
    this.action = options.action
    this.verdicts = site.context.stream(site.name, 'verdict')
    this.places = options.nf_conntrack_max
    this.perConnection = options.requests_per_connection
    const linger = options.nf_conntrack_tcp_timeout_time_wait
    this.ending =
      linger > 0 && this.places < Number.POSITIVE_INFINITY
        ? new Deadlines<Firewall>(site.context.kernel, linger, (_, epoch) => epoch > this.epoch, this.expire)
        : null
  }

  /** A connection attempt through it reaches what stands behind, or not. */
  override get connects(): boolean {
    return super.connects && this.next.connects
  }

  protected accept(request: Request): void {
    // Of several requests on one connection only the first takes a place in the table.
    const opens = this.perConnection === 1 || this.verdicts.at(request.key, 1_000_000 + request.attempt).next() * this.perConnection < 1
    if (opens) {
      if (this.tracked >= this.places) {
        this.overflowed++
        this.drop(request)
        return
      }
      this.tracked++
      request.note = 1
    }
    this.run(request, this.service.of(request), this.judge)
  }

  private readonly judge = (request: Request): void => {
    const suspicion = request.malicious ? this.detect : this.falsePositives
    if (suspicion > 0 && !request.health && this.verdicts.at(request.key, request.attempt).next() < suspicion) this.block(request)
    else this.call(request, this.next)
  }

  private block(request: Request): void {
    if (request.malicious) this.filtered++
    else this.mistaken++
    this.end(request)
    if (this.action === 'drop') this.drop(request)
    else if (this.action === 'reject') request.reply(Outcome.refused)
    else request.reply(Outcome.forbidden)
  }

  protected override resume(request: Request, answer: Request): void {
    this.end(request)
    request.reply(answer.outcome)
  }

  /** The connection is over; its entry stays for a while. */
  private end(request: Request): void {
    if (request.note === 0) return
    if (this.ending === null) this.tracked--
    else this.ending.set(this)
  }

  private readonly expire = (): void => {
    this.tracked--
  }

  // Entries from before a crash are gone with the table: their tickets are no longer living.
  private epoch = 0

  protected override crashed(): void {
    this.tracked = 0
    this.epoch = this.context.kernel.ticket()
  }

  override restart(now: number): void {
    super.restart(now)
    this.filtered = 0
    this.mistaken = 0
    this.overflowed = 0
  }

  override extra(): Record<string, number> {
    return {
      malicious_filtered: this.filtered,
      legitimate_filtered: this.mistaken,
      conntrack_dropped: this.overflowed,
      conntrack_entries: this.tracked,
    }
  }
}

export const firewall = kind({
  kind: 'firewall',
  says: 'filters malicious requests, costs time, and is in series',
  options: firewallOptions,
  build: (site, options) => new Firewall(site, options),
})
