import { Component } from '../../parts/component.js'
import { kind, type Site } from '../../parts/kind.js'
import { Outcome } from '../../parts/outcome.js'
import type { Request } from '../../parts/request.js'
import type { Stream } from '../../random/stream.js'
import { misfitsOf } from './autoscaler-misfits.js'
import { type AutoscalerOptions, autoscalerOptions, mostOf, utilizationOf } from './autoscaler-options.js'
import { hpaFields } from './hpa-fields.js'
import { proposed } from './recommendation.js'
import { Replica } from './replica.js'
import { Scaling } from './scaling.js'

/**
 * An autoscaling group after the model of the HorizontalPodAutoscaler of Kubernetes: it looks at its copies every
 * `sync_period`, finds how many there should be (`recommendation.ts`, `scaling.ts`), starts the first of those that are
 * not there, and takes away the last of those that are. A copy that dies is not counted, so that another is started in
 * its place if there would be too few (as a ReplicaSet does).
 *
 * Assumptions: metrics are of the last `sync_period`, and known at its end; a copy is measured once it has been there
 * for so long.
 */
class Autoscaler extends Component {
  private readonly copies: readonly Replica[]
  private readonly scaling: Scaling
  private readonly boots: Stream
  // Of the measured span:
  private scaledOut = 0
  private scaledIn = 0
  private highest = 0

  constructor(
    site: Site,
    private readonly options: AutoscalerOptions,
  ) {
    super(site)
    const { context, name } = site
    const { targets, scale_up, scale_down, min_replicas, sync_period } = options
    this.copies = targets.map((one) => new Replica(context.kernel, site.component(one.name)))
    this.scaling = new Scaling(scale_up, scale_down, min_replicas, mostOf(options))
    this.boots = context.stream(name, 'boot')
    // When it looks, seen from whatever happens, is chance.
    context.kernel.after(context.stream(name, 'sync').next() * sync_period, this.sync, null)
  }

  override assembled(): void {
    for (const one of this.copies.slice(this.options.replicas ?? this.options.min_replicas)) one.stop()
    this.highest = this.machines
  }

  /** Someone asks how many there are. */
  accept(request: Request): void {
    request.reply(Outcome.ok)
  }

  // ---- A look -----------------------------------------------------------------------------------------------

  private readonly sync = (): void => {
    const { kernel } = this.context
    kernel.after(this.options.sync_period, this.sync, null)
    const proposal = this.proposal()
    if (!this.serves) return
    const present = this.present.length
    const wanted = this.scaling.decide(kernel.now, present, proposal)
    if (wanted > present) this.add(wanted - present)
    if (wanted < present) this.remove(present - wanted)
  }

  /** Those that are to be there, and are not dead. */
  private get present(): Replica[] {
    return this.copies.filter(({ lives }) => lives)
  }

  /** What the metrics ask for, of several the one that asks for most. */
  private proposal(): number {
    const { options, present } = this
    const { sync_period, tolerance, average_value } = options
    // All are looked at, so that each is seen from one look to the next.
    const seen = this.copies.map((copy) => ({ copy, ...copy.measure() }))
    const ready = seen.filter(({ copy }) => copy.lives && copy.isReady(sync_period))
    const counts = { ready: ready.length, unready: present.length - ready.length }
    const mean = (of: (one: (typeof ready)[number]) => number) =>
      ready.reduce((sum, one) => sum + of(one), 0) / ready.length
    const ask = (usage: number, target: number) => proposed({ usage, target }, counts, tolerance)
    const cpu = utilizationOf(options)
    return Math.max(
      ...(cpu === null
        ? []
        : [
            ask(
              mean((one) => one.cpu),
              cpu,
            ),
          ]),
      ...(average_value === undefined ? [] : [ask(mean((one) => one.requests) / sync_period, average_value)]),
    )
  }

  private add(count: number): void {
    const chosen = this.copies.filter(({ isSpare }) => isSpare).slice(0, count)
    for (const one of chosen) one.start(this.options.boot.sample(this.boots))
    this.scaledOut += chosen.length
    this.highest = Math.max(this.highest, this.machines)
    if (chosen.length > 0) this.tell('started', chosen)
  }

  private remove(count: number): void {
    const chosen = this.present.slice(-count)
    for (const one of chosen) one.leave(this.options.termination_grace_period_seconds)
    this.scaledIn += chosen.length
    this.tell('took away', chosen)
  }

  private tell(did: string, copies: readonly Replica[]): void {
    const { now } = this.context.kernel
    for (const { target } of copies) this.context.detected(this.name, `${did} ${target.name}`, now)
  }

  override crashed(): void {
    this.scaling.forget()
  }

  // ---- What is counted --------------------------------------------------------------------------------------

  /** Machines of its copies that run. */
  private get machines(): number {
    return this.copies.filter(({ stage }) => stage !== 'absent').length
  }

  /** Share of its copies whose machines run. */
  override utilization(now: number): number {
    return this.replicas(now) / this.copies.length
  }

  private replicas(now: number): number {
    return this.copies.reduce((sum, { runs }) => sum + runs.mean(now), 0)
  }

  override extra(now: number): Record<string, number> {
    return {
      running_replicas: this.replicas(now),
      most_replicas: this.highest,
      scaled_out: this.scaledOut,
      scaled_in: this.scaledIn,
      monthly_cost: this.copies.reduce((sum, { runs, target }) => sum + target.host.cost * runs.mean(now), 0),
    }
  }

  override restart(now: number): void {
    super.restart(now)
    for (const { runs } of this.copies) runs.restart(now)
    this.scaledOut = 0
    this.scaledIn = 0
    this.highest = this.machines
  }
}

export const autoscaler = kind({
  kind: 'autoscaler',
  says: 'adds copies of a server as their load grows, and takes them away',
  aliases: [
    'hpa',
    'asg',
    'autoscaling',
    'autoscaling-group',
    'auto-scaling-group',
    'horizontal-pod-autoscaler',
  ],
  icon: 'M2 12h4v4h-4zM10 8h6v8h-6zM4 9v-6M2 5l2-2l2 2',
  example: `
    autoscaler: { kind: autoscaler, targets: [server], average_value: 100/s }
    server: { kind: service, servers: 4, service: exponential(20ms) }`,
  options: autoscalerOptions,
  known: hpaFields,
  misfits: misfitsOf,
  starts: ({ targets, min_replicas }) => targets.slice(min_replicas).map(({ name }) => name),
  counts: {
    running_replicas: { unit: 'count', says: 'copies whose machines ran' },
    most_replicas: { unit: 'count', says: 'most of them at a time' },
    scaled_out: { unit: 'count', says: 'copies that it started' },
    scaled_in: { unit: 'count', says: 'copies that it took away' },
    monthly_cost: { unit: 'count', says: 'money a month for machines as long as they ran' },
  },
  periodic: ({ sync_period }) => 1 / sync_period,
  build: (site, options) => new Autoscaler(site, options),
})
