import * as z from 'zod'
import { count, law, period, refs, share } from '../../options/types.js'
import { Component } from '../../parts/component.js'
import type { Findings } from '../../parts/count.js'
import { kind, type Site } from '../../parts/kind.js'
import { Outcome } from '../../parts/outcome.js'
import type { Request } from '../../parts/request.js'
import type { Distribution } from '../../random/distribution.js'
import type { Stream } from '../../random/stream.js'
import { Tally } from '../../stats/tally.js'

const hotlineOptions = z.strictObject({
  targets: refs({ role: 'watches' }).describe('the boxes that visitors ask first who call here'),
  share: share().prefault('1%').describe('of those who failed, who call (an assumption)'),
  delay: law()
    .prefault('5min')
    .describe('from the failure until somebody has heard the call (an assumption)'),
  enough: count(1)
    .prefault(3)
    .describe('calls heard within range, which it takes until somebody believes them (an assumption)'),
  range: period()
    .prefault('15min')
    .describe(
      'so long calls count, and after so long without any failure it is another trouble (an assumption)',
    ),
})

type HotlineOptions = z.output<typeof hotlineOptions>

/** A call on its way. */
interface Call {
  /** When the trouble began that it is about. */
  readonly onset: number
}

/**
 * Visitors who call since they failed: nobody's monitor, and what is left where no monitor noticed. Of each trouble, visitors
 * who failed one after the other, people are told once. All its figures are assumptions; nothing here is measured.
 */
class Hotline extends Component {
  private readonly targets: ReadonlySet<string>
  private readonly share: number
  private readonly delay: Distribution
  private readonly needed: number
  private readonly range: number
  private readonly calling: Stream
  private readonly waiting: Stream
  /** When the trouble began that there is, and when somebody failed last. */
  private onset = 0
  private last = Number.NEGATIVE_INFINITY
  /** When calls were heard, of those that count still; and of which trouble people have been told. */
  private heard: number[] = []
  private told = Number.NaN
  // Of the measured span:
  private since = 0
  private calls = 0
  private alerts = 0
  private readonly detection = new Tally()

  constructor(site: Site, options: HotlineOptions) {
    super(site)
    const { context, name } = site
    this.targets = new Set(options.targets.map((target) => target.name))
    this.share = options.share
    this.delay = options.delay
    this.needed = options.enough
    this.range = options.range
    this.calling = context.stream(name, 'call')
    this.waiting = context.stream(name, 'delay')
    context.observe({ ended: (request) => this.ended(request) })
  }

  /** A person at a desk, who answers at once. */
  accept(request: Request): void {
    request.reply(Outcome.ok)
  }

  private ended(request: Request): void {
    if (request.outcome === Outcome.ok || request.malicious) return
    if (request.wire !== null && !this.targets.has(request.wire.towards)) return
    const { kernel } = this.context
    if (kernel.now - this.last > this.range) this.onset = kernel.now
    this.last = kernel.now
    if (request.draws(this.calling).next() >= this.share) return
    const call: Call = { onset: this.onset }
    kernel.after(this.delay.sample(this.waiting), this.hear, call)
  }

  private readonly hear = ({ onset }: Call): void => {
    if (!this.serves) return
    const { now } = this.context.kernel
    this.calls++
    this.heard = [...this.heard.filter((at) => at > now - this.range), now]
    if (this.heard.length < this.needed || this.told === onset) return
    this.told = onset
    this.alerts++
    if (onset < this.since) return
    this.detection.record(now - onset)
    this.context.detected(this.name, 'told people that visitors call', onset)
  }

  override restart(now: number): void {
    super.restart(now)
    this.since = now
    this.calls = 0
    this.alerts = 0
    this.detection.restart()
  }

  override extra(): Record<string, number> {
    return { calls: this.calls, believed: this.alerts, time_to_detect_s: this.detection.mean }
  }
}

function calling({ name, value, shown, digits, replications }: Findings): string[] {
  const [calls, believed] = [value('calls') ?? 0, value('believed') ?? 0]
  if (calls === 0) return []
  const per = replications > 1 ? ' a run' : ''
  const heard = `${name} heard ${digits(calls)} call${calls === 1 ? '' : 's'}${per}`
  return believed > 0
    ? [
        `${heard}, and somebody believed them ${shown('time_to_detect_s')} after the first visitor had failed.`,
      ]
    : [`${heard}, too few for anybody to believe them.`]
}

export const hotline = kind({
  kind: 'hotline',
  says: 'visitors who failed and call: who notices where no monitor does',
  aliases: ['support', 'helpdesk', 'help-desk', 'callcenter', 'call-center', 'phone', 'servicedesk'],
  icon: 'M4 2c2-1 3 3 3 4l-2 2c1 3 3 4 5 5l2-2c1 0 5 1 4 3c-1 3-4 3-7 1c-4-2-7-7-7-10c0-2 1-3 2-3z',
  example: `
    hotline: { kind: hotline, targets: [server] }
    server: { kind: service, servers: 4, service: exponential(20ms) }`,
  options: hotlineOptions,
  tellsPeople: true,
  counts: {
    calls: { unit: 'count', says: 'calls of visitors that were heard' },
    believed: { unit: 'count', says: 'troubles that somebody believed them', zeroBeside: 'calls' },
    time_to_detect_s: { unit: 's', says: 'time from the first failure until somebody believed them' },
  },
  remarks: calling,
  build: (site, options) => new Hotline(site, options),
})
