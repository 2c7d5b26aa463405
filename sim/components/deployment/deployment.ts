import type { Event } from '../../kernel/event.js'
import type { Kernel } from '../../kernel/kernel.js'
import { Component } from '../../parts/component.js'
import { Dial } from '../../parts/dial.js'
import { kind, type Site } from '../../parts/kind.js'
import { Outcome } from '../../parts/outcome.js'
import type { Request } from '../../parts/request.js'
import { Level } from '../../stats/level.js'
import { Analysis } from './analysis.js'
import { deploymentFields } from './deployment-fields.js'
import { misfitsOf } from './deployment-misfits.js'
import { type DeploymentOptions, deploymentOptions, fenceposts, stepsOf } from './deployment-options.js'
import { type Answered, Instance, type Steward, type Version } from './instance.js'
import { planned } from './rollout-plan.js'
import { VersionSkew } from './version-skew.js'

/**
 * Brings a new version to its targets when it is told to (`rollout`, which the fault `deploy` turns), and the old one
 * back when that is taken back, or when what the new one answers is bad. At each change of a server it looks what is to
 * be done next (`reconcile`), as the controllers of Kubernetes do: so it goes on wherever a crash or a cut left it.
 */
class Deployment extends Component implements Steward {
  /** 1, or 0 while the new version is to be out. */
  override readonly rollout = new Dial(1)
  readonly kernel: Kernel
  readonly draws: Steward['draws']
  private readonly instances: readonly Instance[]
  private readonly fence: { unavailable: number; surge: number }
  private readonly steps: { fresh: number; pause: number }[]
  private readonly skew: VersionSkew
  /** What the servers are to have. */
  private wanted: Version = 'old'
  /** Of blue_green: what visitors get. */
  private shown: Version = 'old'
  /** Servers are not yet all as they are to be. */
  private underway = false
  /** Of canary: the step that it is at. */
  private step = 0
  private analysis: Analysis | null = null
  /** Measurements when all had it. */
  private whole = Number.NaN
  private readonly pending = new Map<'look' | 'pause' | 'deadline' | 'measure' | 'delay', Event>()
  /** When the group that gets nothing more may go. */
  private mayGo = Number.NaN
  private signature = ''
  private began = 0
  private readonly exposed = new Level()
  private readonly mixed = new Level()
  // Of the measured span:
  private rollouts = 0
  private rolledBack = 0
  private stuck = 0

  constructor(
    site: Site,
    readonly options: DeploymentOptions,
  ) {
    super(site)
    const { context, name } = site
    const { targets, spares = [] } = options
    this.kernel = context.kernel
    this.draws = {
      copy: context.stream(name, 'copy'),
      boot: context.stream(name, 'boot'),
      crash: context.stream(name, 'crash'),
    }
    this.instances = [...targets, ...spares].map(
      (one) => new Instance(this, site.component(one.name), site.wire(one.name)),
    )
    this.fence = fenceposts(options)
    this.steps = stepsOf(options)
    this.skew = new VersionSkew(this.instances, options.assets)
    this.rollout.watch(() => this.told())
    this.observe(() => this.look())
  }

  override assembled(): void {
    for (const one of this.instances.slice(this.options.targets.length)) one.clear()
    this.kernel.after(0, () => this.look(), null)
  }

  /** Someone asks how far it is. */
  accept(request: Request): void {
    request.reply(Outcome.ok)
  }

  // ---- What is wanted -----------------------------------------------------------------------------------------

  /** Somebody wants the new version out, or takes it back. */
  private told(): void {
    const wanted = this.rollout.value > 0 ? 'old' : 'new'
    if (wanted === this.wanted) return
    if (wanted === 'new') this.rollouts++
    this.want(wanted)
  }

  private want(wanted: Version): void {
    this.wanted = wanted
    this.underway = true
    this.began = this.kernel.now
    this.step = 0
    this.analysis = null
    this.whole = Number.NaN
    this.signature = ''
    this.rest()
    this.look()
  }

  /** It goes back by itself. */
  private abort(why: string): void {
    this.rolledBack++
    this.context.detected(this.name, `rolled back: ${why}`, this.began)
    this.want('old')
  }

  // ---- What is done -------------------------------------------------------------------------------------------

  /** Something has changed, perhaps: what is to be done is looked at in a moment, once for all that happens in this one. */
  look(): void {
    if (!this.pending.has('look')) this.after('look', 0, this.reconcile)
  }

  private after(what: Parameters<typeof this.pending.set>[0], seconds: number, then: () => void): void {
    this.pending.get(what)?.cancel()
    this.pending.set(
      what,
      this.kernel.after(
        seconds,
        () => {
          this.pending.delete(what)
          then()
        },
        null,
      ),
    )
  }

  /** What it waits for is no longer waited for. */
  private rest(): void {
    for (const [what, event] of this.pending) {
      if (what === 'look') continue
      event.cancel()
      this.pending.delete(what)
    }
  }

  private readonly reconcile = (): void => {
    this.note()
    if (!this.underway || !this.serves) return
    this.progress()
    if (this.analysis === null && this.wanted === 'new' && this.instances.some((one) => this.isMet(one)))
      this.analyse()
    if (this.options.strategy === 'blue_green') this.alternate()
    else this.advance()
  }

  private readonly isMet = (one: Instance): boolean => one.version === 'new' && one.isOpen

  private get fresh(): Instance[] {
    return this.instances.filter(({ heads }) => heads === this.wanted)
  }

  private get stale(): Instance[] {
    return this.instances.filter(({ heads }) => heads !== null && heads !== this.wanted)
  }

  private readonly isAvailable = (one: Instance): boolean => one.availableFor(this.options.min_ready_seconds)

  /** A few at a time, all at once, or up to the share of the step. */
  private advance(): void {
    const targets = this.options.targets.length
    const steps = this.wanted === 'new' ? this.steps : []
    const wanted = steps[this.step]?.fresh ?? targets
    const { fresh, stale } = this
    const reached = stale.filter(({ reachable }) => reachable)
    const broken = reached.filter(({ target, phase }) => phase !== 'there' || !target.serves)
    const free = this.instances.filter(({ phase, reachable }) => phase === 'empty' && reachable)
    const plan = planned({
      targets,
      wanted,
      fresh: fresh.length,
      stale: stale.length,
      broken: broken.length,
      available: this.instances.filter(this.isAvailable).length,
      empty: free.length,
      ...this.fence,
    })
    for (const one of free.slice(0, plan.start)) one.install(this.wanted, false)
    const going = [...broken, ...reached.filter((one) => !broken.includes(one))]
    for (const one of going.slice(0, plan.replace)) one.install(this.wanted, false)
    for (const one of going.slice(plan.replace, plan.replace + plan.remove)) one.remove()
    const ready = this.fresh.filter(this.isAvailable).length
    if (ready < wanted || this.stale.length > targets - wanted) return
    if (this.step < steps.length) this.pause(steps[this.step]!.pause)
    else this.completed()
  }

  /** A step of a canary is reached. */
  private pause(seconds: number): void {
    if (this.pending.has('pause')) return
    this.after('pause', seconds, () => {
      this.step++
      this.look()
    })
  }

  /** The other group is started, visitors are switched to it at one instant, and later this one goes. */
  private alternate(): void {
    const targets = this.options.targets.length
    if (this.shown !== this.wanted) {
      const free = this.instances.filter(({ phase, reachable }) => phase === 'empty' && reachable)
      for (const one of free.slice(0, Math.max(0, targets - this.fresh.length)))
        one.install(this.wanted, true)
      if (this.fresh.filter(this.isAvailable).length < targets) return
      this.shown = this.wanted
      for (const one of this.instances) one.show(one.version === this.shown)
      this.context.detected(this.name, `switched to the ${this.shown} version`, this.began)
      this.mayGo = this.kernel.now + this.options.scale_down_delay_seconds
      this.look()
      return
    }
    const { mayGo } = this
    if (this.kernel.now < mayGo) this.after('delay', mayGo - this.kernel.now, () => this.look())
    else if (this.isJudged) for (const one of this.stale) if (one.reachable) one.remove()
    if (this.stale.length === 0) this.completed()
  }

  /** All have what they are to have. */
  private completed(): void {
    if (!this.isJudged) return
    this.underway = false
    this.analysis = null
    this.rest()
    const says =
      this.wanted === 'new' ? 'has rolled out the new version' : 'has the old version back everywhere'
    this.context.detected(this.name, says, this.began)
  }

  // ---- What is watched ----------------------------------------------------------------------------------------

  private analyse(): void {
    const { analysis } = this.options
    if (analysis === undefined || this.wanted !== 'new') return
    this.analysis = new Analysis(analysis, this.answered)
    const measure = () => {
      this.after('measure', analysis.interval, measure)
      if (!this.serves) return
      const why = this.analysis!.measure(this.answered)
      if (why !== null) this.abort(why)
      else this.look()
    }
    this.after('measure', analysis.interval, measure)
  }

  /** Whether enough was measured since all had it. */
  private get isJudged(): boolean {
    const { analysis, options } = this
    if (analysis === null || options.analysis === undefined) return true
    if (Number.isNaN(this.whole)) this.whole = analysis.measurements
    return analysis.measurements - this.whole >= options.analysis.measurements
  }

  /** What the new version has answered in the measured span. */
  private get answered(): Answered {
    const all = { all: 0, bad: 0, seconds: 0 }
    for (const one of this.instances) {
      const own = one.answered()
      all.all += own.all
      all.bad += own.bad
      all.seconds += own.seconds
    }
    return all
  }

  /** The deadline begins anew whenever a server has got further. */
  private progress(): void {
    const signature = this.instances
      .map((one) => `${one.version}/${one.heads}/${this.isAvailable(one)}`)
      .join()
    if (signature === this.signature) return
    this.signature = signature
    this.after('deadline', this.options.progress_deadline_seconds, this.late)
  }

  private readonly late = (): void => {
    const { progress_deadline_seconds, progress_deadline_abort, targets } = this.options
    const waits = this.pending.has('pause') || this.fresh.filter(this.isAvailable).length >= targets.length
    if (waits) {
      this.after('deadline', progress_deadline_seconds, this.late)
      return
    }
    this.stuck++
    const why = 'no progress within the deadline'
    if (progress_deadline_abort && this.wanted === 'new') this.abort(why)
    else this.context.detected(this.name, why, this.began)
  }

  /** Who could be met from now on. */
  private note(): void {
    const open = this.instances.filter(({ isOpen }) => isOpen)
    const fresh = open.filter(({ version }) => version === 'new').length
    const { now } = this.kernel
    this.exposed.set(now, fresh > 0 ? 1 : 0)
    this.mixed.set(now, fresh > 0 && fresh < open.length ? 1 : 0)
    this.skew.turn()
  }

  // ---- What is counted ----------------------------------------------------------------------------------------

  private machines(now: number): number {
    return this.instances.reduce((sum, { runs }) => sum + runs.mean(now), 0)
  }

  override extra(now: number): Record<string, number> {
    const { all, bad } = this.answered
    return {
      rollouts: this.rollouts,
      rolled_back: this.rolledBack,
      stuck: this.stuck,
      new_version_answers: all,
      new_version_failures: bad,
      exposed_s: this.exposed.integral(now),
      mixed_s: this.mixed.integral(now),
      running_servers: this.machines(now),
      monthly_cost: this.instances.reduce(
        (sum, { runs, target }) => sum + target.host.cost * runs.mean(now),
        0,
      ),
    }
  }

  override restart(now: number): void {
    super.restart(now)
    for (const one of this.instances) one.restart(now)
    this.exposed.restart(now)
    this.mixed.restart(now)
    this.analysis?.restart(this.answered)
    this.rollouts = 0
    this.rolledBack = 0
    this.stuck = 0
  }
}

export const deployment = kind({
  kind: 'deployment',
  says: 'brings a new version to servers: rolling, all at once, canary or blue-green, and back',
  aliases: ['rollout', 'argo-rollouts', 'flagger', 'deployer', 'ci', 'cd', 'capistrano'],
  icon: 'M3 3h5v5h-5zM10 3h5v5h-5zM3 10h5v5h-5zM12.5 16v-6M10.5 12l2-2l2 2',
  example: `
    deployment: { kind: deployment, targets: [server], strategy: recreate, version: { errors: 5% } }
    server: { kind: service, servers: 4, service: exponential(20ms) }`,
  options: deploymentOptions,
  known: deploymentFields,
  misfits: misfitsOf,
  starts: ({ spares = [] }) => spares.map(({ name }) => name),
  counts: {
    rollouts: { unit: 'count', says: 'times that the new version was to go out' },
    rolled_back: { unit: 'count', says: 'times that it went back by itself' },
    stuck: { unit: 'count', says: 'times that there was no progress within the deadline' },
    new_version_answers: { unit: 'count', says: 'answers of the new version (to checks too)' },
    new_version_failures: { unit: 'count', says: 'of these neither ok nor 4xx' },
    exposed_s: { unit: 's', says: 'time in which visitors could meet the new version' },
    mixed_s: { unit: 's', says: 'time in which they could meet both' },
    running_servers: { unit: 'count', says: 'servers that ran in the mean' },
    monthly_cost: { unit: 'count', says: 'money a month for servers as long as they ran' },
  },
  build: (site, options) => new Deployment(site, options),
})
