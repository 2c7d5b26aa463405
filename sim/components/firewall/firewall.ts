import * as z from 'zod'
import { duration, flag, limit, oneOf, ref, servicePerClass, share } from '../../options/types.js'
import { Component } from '../../parts/component.js'
import type { Demand } from '../../parts/demand.js'
import type { Dial } from '../../parts/dial.js'
import { kind, type Site } from '../../parts/kind.js'
import type { Limit } from '../../parts/limit.js'
import { notes } from '../../parts/notes.js'
import { Outcome } from '../../parts/outcome.js'
import { Syn } from '../../parts/port.js'
import type { Request } from '../../parts/request.js'
import type { Wire } from '../../parts/wire.js'
import type { Stream } from '../../random/stream.js'
import { Conntrack } from './conntrack.js'
import { SourceLimits, sourceLimitOptions } from './source-limits.js'

const firewallOptions = z.strictObject({
  to: ref().describe('what stands behind it'),
  mode: oneOf('packet', 'waf')
    .prefault('packet')
    .describe('a packet filter that forwards, or a web application firewall: a proxy that reads requests'),
  service: servicePerClass()
    .prefault('0s')
    .describe('CPU time to look at a request; a WAF needs 0.1 ms to several ms'),
  detect: share()
    .prefault('100%')
    .describe('malicious requests that it recognises (an assumption: depends on the rules)'),
  false_positives: share()
    .prefault('0%')
    .describe('legitimate requests that it takes for malicious (0.1% is a common assumption for a WAF)'),
  action: oneOf('drop', 'reject', 'log')
    .optional()
    .describe(
      'drop: silence (a WAF closes the connection); reject: a refusal (a WAF answers 403); log: lets it pass (DetectionOnly). Default drop, of a WAF reject',
    ),
  fail_open: flag().prefault('off').describe('while it is dead or hangs all traffic passes unfiltered'),
  // Linux: default from memory, 262144 from 4 GB on.
  nf_conntrack_max: limit(1).prefault(262144).describe('connections tracked; one more is dropped silently'),
  nf_conntrack_tcp_timeout_time_wait: duration()
    .prefault('120s')
    .describe('how long a finished connection stays in the table'),
  nf_conntrack_tcp_timeout_syn_recv: duration()
    .prefault('60s')
    .describe('how long one stays that nobody completes (kind: syn_flood)'),
  ...sourceLimitOptions,
  requests_per_connection: limit(1).prefault(1).describe('requests that share one tracked connection'),
})

/** What it notes on a request: 1 if it has a place in the table. */
const visit = notes({ tracked: 'note1' })

/**
 * A firewall in series: what it does not pass does not exist behind it, and when it is down nothing passes.
 *
 * A packet filter forwards: whoever connects through it sees the port of what stands behind, and when it dies or
 * hangs there is silence. A WAF is a process that accepts and calls; when it dies its port refuses. Whether a
 * request is taken for malicious depends on the visitor and the firewall: a retry meets the same verdict.
 *
 * Source: Linux Documentation/networking/nf_conntrack-sysctl ("nf_conntrack: table full, dropping packet").
 */
class Firewall extends Component {
  override readonly quiet: boolean
  override readonly forwards: boolean
  override readonly readsBodies = true
  override readonly survives: boolean
  private readonly next: Wire
  private readonly service: Demand
  private readonly detect: number
  private readonly falsePositives: number
  private readonly verdicts: Stream
  private readonly action: 'drop' | 'reject' | 'log'
  private readonly waf: boolean
  private readonly table: Conntrack
  private readonly halfOpenStay: number
  /** Null: none is set. */
  private readonly sources: SourceLimits | null
  /** What passes on of floods of SYNs: bends of what stands behind. */
  private passing: { dial: Dial; by: number }[] = []
  /** Share of the requests that open a connection. */
  private readonly opening: number
  private readonly openings: Stream
  private detected = 0
  private passed = 0
  private suspected = 0
  private overflowed = 0

  constructor(site: Site, options: z.output<typeof firewallOptions>) {
    super(site)
    this.waf = options.mode === 'waf'
    this.quiet = !this.waf
    this.forwards = !this.waf
    this.next = site.wire(options.to.name)
    this.service = site.demand(options.service, 'service')
    this.detect = options.detect
    this.falsePositives = options.false_positives
    this.verdicts = site.context.stream(site.role, 'verdict')
    this.action = options.action ?? (this.waf ? 'reject' : 'drop')
    this.survives = options.fail_open
    this.table = new Conntrack(options.nf_conntrack_max, options.nf_conntrack_tcp_timeout_time_wait)
    this.halfOpenStay = options.nf_conntrack_tcp_timeout_syn_recv
    const limited = options.hashlimit_upto !== undefined || options.connlimit_above !== undefined
    this.sources = limited ? new SourceLimits(site.context, options) : null
    const draws = site.context.stream(site.role, 'flood')
    this.process.floods.watch(() => this.flooded(draws))
    this.process.interrupts.watch(() => this.flooded(draws))
    this.opening = 1 / options.requests_per_connection
    this.openings = site.context.stream(site.role, 'connection')
    const rate = site.expected.reduce((sum, one) => sum + one, 0) * this.opening * site.openingShare
    if (Number.isFinite(rate)) this.table.remember(rate, site.context.stream(site.role, 'past').next())
  }

  // ---- The life of a request ------------------------------------------------------------------------------

  accept(request: Request): void {
    if (this.bypassed) {
      this.forward(request, this.next)
      return
    }
    // Of several requests on one connection one takes a place in the table.
    const opens = this.opening === 1 || request.draws(this.openings).next() < this.opening
    if (opens && !request.rides) {
      if (this.sources !== null && !this.sources.lets(request)) {
        this.ignore(request)
        return
      }
      if (!this.table.open(this.context.kernel.now)) {
        this.overflowed++
        this.ignore(request)
        return
      }
      request[visit.tracked] = 1
      this.sources?.opened(request)
    }
    this.run(request, this.service.of(request), this.judge)
  }

  private readonly judge = (request: Request): void => {
    const suspicion = request.malicious ? this.detect : this.falsePositives
    // Who blocked the checks of his own load balancer would notice.
    const caught = suspicion > 0 && !request.check && request.visitorDraws(this.verdicts).next() < suspicion
    const passes = !caught || this.action === 'log'
    if (request.malicious) {
      if (caught) this.detected++
      if (passes) this.passed++
    } else if (caught) {
      this.suspected++
    }
    if (passes) this.forward(request, this.next)
    else this.block(request)
  }

  private block(request: Request): void {
    if (this.waf) {
      this.end(request)
      request.reply(this.action === 'drop' ? Outcome.reset : Outcome.forbidden)
      return
    }
    if (request[visit.tracked] === 1) {
      this.table.discard(this.context.kernel.now)
      this.sources?.closed(request)
    }
    // Filtered, not turned away for want of a place.
    if (this.action === 'drop') this.dropSyn(request)
    else this.reject(request)
  }

  override resume(request: Request, answer: Request): void {
    this.end(request)
    super.resume(request, answer)
  }

  /** The visitor's machine ends the connection, and with it the one behind. */
  override hungUp(request: Request): void {
    if (!this.serves && !this.bypassed) return
    this.forget(request)
    this.end(request)
    request.reply(Outcome.timeout)
  }

  private end(request: Request): void {
    if (request[visit.tracked] !== 1) return
    this.table.close(this.context.kernel.now)
    this.sources?.closed(request)
  }

  override crashed(): void {
    this.table.clear(this.context.kernel.now)
    this.sources?.clear()
  }

  /**
   * Floods of SYNs have grown or become less. Each that gets an entry goes on; of a table that is full so many do as
   * entries end, which are taken to come as a Poisson process too.
   */
  private flooded(draws: Stream): void {
    const { floods, interrupts } = this.process
    const { halfOpenStay: stay, sources: limits, context } = this
    const all = floods.all.map(({ sources, rate }) => ({
      sources,
      rate: limits === null ? rate : limits.passing(sources, rate),
      most: limits === null || rate === 0 ? Number.POSITIVE_INFINITY : limits.most(sources),
    }))
    const rate = all.reduce((sum, one) => sum + one.rate, 0)
    const most = Math.min(...all.map((one) => one.most))
    this.table.floods(context.kernel.now, rate, most, stay, draws)
    for (const { dial, by } of this.passing) dial.unbend(by)
    this.passing = []
    if (!this.forwards || rate === 0) return
    const share = Math.min(1, Math.min(most, this.table.places) / stay / rate)
    const { process } = this.next.to
    this.passing = all.map((one) => ({ dial: process.floods.from(one.sources), by: one.rate * share }))
    const cores = (interrupts.value * share * rate) / floods.rate
    this.passing.push({ dial: process.interrupts, by: cores })
    for (const { dial, by } of this.passing) dial.bend(by)
  }

  // ---- What others see of it ------------------------------------------------------------------------------

  /** Whether it is out of order and traffic goes around it. */
  private get bypassed(): boolean {
    return this.survives && !this.serves
  }

  override get syn(): Syn {
    // What is forwarded is answered by the machine behind, or not.
    const forwards = this.bypassed || (!this.waf && super.syn === Syn.accepted)
    return forwards ? this.next.synPastQueue : super.syn
  }

  override get idleTimeout(): number {
    return this.next.to.idleTimeout
  }

  override get pins(): boolean {
    return this.forwards && this.next.to.pins
  }

  override leadsOn(route: number): boolean {
    return this.next.to.leadsOn(route)
  }

  override connectionClosed(route = 0): void {
    if (this.forwards) this.next.to.connectionClosed(route)
  }

  override get inRotation(): boolean {
    return super.inRotation && this.next.to.inRotation
  }

  override watchRotation(watcher: () => void): void {
    super.watchRotation(watcher)
    this.next.to.watchRotation(watcher)
  }

  /** Packets go to an address behind it. */
  override get movedAt(): number {
    return this.forwards ? Math.max(super.movedAt, this.next.to.movedAt) : super.movedAt
  }

  override watchAddress(watcher: () => void): void {
    super.watchAddress(watcher)
    if (this.forwards) this.next.to.watchAddress(watcher)
  }

  override get lacks(): 'place' | 'entry' {
    return this.table.lingers ? 'entry' : 'place'
  }

  override limits(): readonly Limit[] {
    return this.table.limits
  }

  override restart(now: number): void {
    super.restart(now)
    this.table.restart(now)
    this.detected = 0
    this.passed = 0
    this.suspected = 0
    this.overflowed = 0
    this.sources?.restart()
  }

  /** Counts of requests; SYNs that found the table full; entries in it now. */
  override extra(now: number): Record<string, number> {
    return {
      malicious_detected: this.detected,
      malicious_passed: this.passed,
      legitimate_suspected: this.suspected,
      conntrack_dropped: this.overflowed,
      conntrack_entries: this.table.entries(now),
      ...(this.sources !== null && {
        hashlimit_dropped: this.sources.hashDropped,
        connlimit_dropped: this.sources.connDropped,
      }),
    }
  }
}

type Options = z.output<typeof firewallOptions>

const isLimited = ({ options }: { options: Options }) =>
  options.hashlimit_upto !== undefined || options.connlimit_above !== undefined

export const firewall = kind({
  kind: 'firewall',
  passesOn: true,
  forwards: ({ mode }) => mode === 'packet',
  says: 'filters malicious requests, costs time, and is in series',
  aliases: ['waf', 'iptables', 'nftables', 'ufw'],
  icon: 'M2 3.5h14v11h-14zM2 7.2h14M2 10.8h14M9 3.5v3.7M5.5 7.2v3.6M12.5 7.2v3.6M9 10.8v3.7',
  example: `
    firewall: { kind: firewall, to: server, service: 0.1ms }
    server: { kind: service, servers: 8, service: exponential(20ms) }`,
  options: firewallOptions,
  survives: ({ fail_open }) => fail_open,
  counts: {
    malicious_detected: { unit: 'count', says: 'malicious requests recognised' },
    malicious_passed: { unit: 'count', says: 'malicious requests let pass' },
    legitimate_suspected: { unit: 'count', says: 'legitimate requests taken for malicious' },
    conntrack_dropped: { unit: 'count', says: 'dropped for want of room in the connection table' },
    conntrack_entries: { unit: 'count', says: 'entries in the connection table at the end' },
    hashlimit_dropped: {
      unit: 'count',
      says: 'SYNs of visitors dropped by hashlimit',
      when: isLimited,
    },
    connlimit_dropped: {
      unit: 'count',
      says: 'SYNs of visitors dropped by connlimit',
      when: isLimited,
    },
  },
  remarks: ({ name, value, digits }) => {
    const detected = value('malicious_detected') ?? 0
    const passed = value('malicious_passed') ?? 0
    return detected > 0
      ? [`${name} recognised ${digits(detected)} malicious requests and let ${digits(passed)} pass.`]
      : []
  },
  build: (site, options) => new Firewall(site, options),
})
