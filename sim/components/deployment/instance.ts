import type { Kernel } from '../../kernel/kernel.js'
import type { Component } from '../../parts/component.js'
import type { Dial } from '../../parts/dial.js'
import { outcomeNames } from '../../parts/outcome.js'
import { UP } from '../../parts/transfer.js'
import type { Wire } from '../../parts/wire.js'
import type { Stream } from '../../random/stream.js'
import { Level } from '../../stats/level.js'
import type { DeploymentOptions } from './deployment-options.js'

export type Version = 'old' | 'new'

/** What an instance needs to know of its deployment. */
export interface Steward {
  readonly kernel: Kernel
  readonly options: DeploymentOptions
  readonly draws: { readonly copy: Stream; readonly boot: Stream; readonly crash: Stream }
  /** Whether its own process runs. */
  readonly serves: boolean
  /** Something of an instance has changed. */
  look(): void
}

/** What a version has answered: answers, those of them that say that it is at fault, and seconds that all took. */
export interface Answered {
  readonly all: number
  readonly bad: number
  readonly seconds: number
}

/** An answer is bad if it is neither ok nor 4xx: what `response_code!~"5.*"` leaves, and connections that broke. */
const BAD: readonly boolean[] = outcomeNames.map((name) => name !== 'ok' && !name.startsWith('4'))
const NOTHING: Answered = { all: 0, bad: 0, seconds: 0 }

/** The kubelet restarts at once, then after 10 s, twice as long each time, at most 300 s, and begins anew after 600 s. */
const BACK_OFF = { first: 10, most: 300, forgotten: 600 }

/**
 * A server of a deployment: files come to it, its process is stopped and started with them, and from then on it behaves
 * as that version does.
 */
export class Instance {
  /** `copying`: what is there goes on, `starting`: nobody listens yet, or again. */
  phase: 'empty' | 'copying' | 'draining' | 'starting' | 'there' = 'there'
  /** What runs on it. */
  version: Version | null = 'old'
  /** What is to run on it. */
  heads: Version | null = 'old'
  /** 1 while something runs on it, or comes to it. */
  readonly runs = new Level()
  /** While it is to get no visitors though it runs: the group behind which a switch stands. */
  private aside = false
  /** Since when it listens. */
  private since = Number.NEGATIVE_INFINITY
  /** Of what was begun, which is the last: what a later decision has overtaken does not happen. */
  private turn = 0
  /** Versions whose files it has: they are kept, so that it can go back at once (Capistrano: keep_releases, 5). */
  private readonly kept = new Set<Version>(['old'])
  /** Seconds until its process, which has died, is started again. */
  private backOff = 0
  private isOut = false
  private isDown = false
  /** Of the new version, until the last time that it came or went; and what all versions had answered then. */
  private stored = NOTHING
  private at = NOTHING

  constructor(
    private readonly of: Steward,
    readonly target: Component,
    private readonly wire: Wire,
  ) {
    this.runs.set(0, 1)
    target.observe(() => this.look())
    wire.open.watch(() => of.look())
  }

  // ---- What others ask ----------------------------------------------------------------------------------------

  /** Whether files can come to it, and somebody there can be told. */
  get reachable(): boolean {
    return this.wire.carries(UP) && this.target.host.power.value > 0
  }

  /** Whether it has what it is to have, listens, and has for so long. */
  availableFor(seconds: number): boolean {
    return (
      this.phase === 'there' &&
      this.heads === this.version &&
      this.target.serves &&
      this.since + seconds <= this.of.kernel.now
    )
  }

  /** Whether visitors can come to it. */
  get isOpen(): boolean {
    return this.version !== null && this.target.serves && this.target.inRotation
  }

  // ---- What is done to it -------------------------------------------------------------------------------------

  /** `version` is to run on it. */
  install(version: Version, aside: boolean): void {
    const { kernel, options, draws } = this.of
    const turn = ++this.turn
    this.heads = version
    this.backOff = 0
    this.runs.set(kernel.now, 1)
    if (this.version === null) this.aside = aside
    // What was about to go and is what is wanted stays.
    if (version === this.version && !this.isDown) {
      this.stay()
      return
    }
    this.phase = 'copying'
    const seconds = this.kept.has(version) ? 0 : options.copy.sample(draws.copy)
    kernel.after(seconds, () => turn === this.turn && this.copied(version), null)
  }

  private stay(): void {
    this.phase = 'there'
    this.turnOut(this.aside)
    this.of.look()
  }

  private copied(version: Version): void {
    if (!this.reachable || !this.of.serves) {
      this.interrupted()
      return
    }
    this.kept.add(version)
    if (!this.of.options.restarts && this.version !== null && !this.isDown) {
      this.become(this.heads)
      this.listens()
      this.stay()
    } else if (this.version === null || this.isDown) this.stopped()
    else this.leave()
  }

  /** The files did not come: it has what it had. */
  private interrupted(): void {
    this.heads = this.version
    if (this.version === null) this.empty()
    else if (this.isDown) this.boot()
    else this.stay()
  }

  /** Nothing is to run on it. */
  remove(): void {
    this.turn++
    this.heads = null
    if (this.isDown || this.version === null) this.stopped()
    else this.leave()
  }

  private leave(): void {
    const { kernel, options } = this.of
    const turn = this.turn
    this.phase = 'draining'
    if (options.drain) this.turnOut(true)
    this.of.look()
    kernel.after(options.termination_grace_period_seconds, () => turn === this.turn && this.stopped(), null)
  }

  private stopped(): void {
    const { kernel, options, draws } = this.of
    const turn = this.turn
    this.turnDown(true)
    if (this.heads === null) {
      this.empty()
      return
    }
    this.phase = 'starting'
    kernel.after(options.boot.sample(draws.boot), () => turn === this.turn && this.boot(), null)
    this.of.look()
  }

  /** From the start on nothing runs on it. */
  clear(): void {
    this.kept.clear()
    this.aside = true
    this.heads = null
    this.empty()
  }

  private empty(): void {
    this.phase = 'empty'
    this.become(null)
    this.runs.set(this.of.kernel.now, 0)
    this.target.absent = true
    this.turnOut(true)
    this.turnDown(true)
    this.of.look()
  }

  /** The process is started. */
  private boot(): void {
    const { kernel, options, draws } = this.of
    const turn = this.turn
    this.phase = 'starting'
    this.become(this.heads)
    const crash = this.version === 'new' ? options.version.crash : undefined
    const lives = crash === undefined ? Number.POSITIVE_INFINITY : crash.sample(draws.crash)
    if (lives > 0) this.turnDown(false)
    if (lives < Number.POSITIVE_INFINITY)
      kernel.after(lives, () => turn === this.turn && this.died(lives), null)
    this.look()
  }

  private died(lived: number): void {
    const { kernel } = this.of
    const turn = this.turn
    this.phase = 'starting'
    this.turnDown(true)
    if (lived >= BACK_OFF.forgotten) this.backOff = 0
    const pause = this.backOff
    this.backOff = Math.min(BACK_OFF.most, Math.max(BACK_OFF.first, 2 * pause))
    kernel.after(pause, () => turn === this.turn && this.boot(), null)
    this.of.look()
  }

  /** Its process came or went. */
  private look(): void {
    if (this.phase === 'starting' && this.target.serves) {
      this.phase = 'there'
      this.listens()
      this.target.absent = false
      this.turnOut(this.aside)
    } else if (!this.target.serves) this.since = Number.POSITIVE_INFINITY
    else if (this.since === Number.POSITIVE_INFINITY) this.listens()
    this.of.look()
  }

  /** It may be available from now on, or after a while. */
  private listens(): void {
    const { kernel, options } = this.of
    this.since = kernel.now
    if (options.min_ready_seconds > 0) kernel.after(options.min_ready_seconds, () => this.of.look(), null)
  }

  /** Visitors are sent to it from now on, or no more. */
  show(shown: boolean): void {
    this.aside = !shown
    if (this.phase === 'there' || this.phase === 'copying') this.turnOut(this.aside)
  }

  private turnOut(out: boolean): void {
    if (out === this.isOut) return
    this.isOut = out
    turn(this.target.rotation, 0, out)
  }

  private turnDown(down: boolean): void {
    if (down === this.isDown) return
    this.isDown = down
    turn(this.target.up, 0, down)
  }

  // ---- What it does -------------------------------------------------------------------------------------------

  /** It behaves as that version from now on. */
  private become(version: Version | null): void {
    if (version === this.version) return
    const now = this.answers()
    if (this.version === 'new') this.stored = added(this.stored, now, this.at)
    this.at = now
    if (this.version === 'new') this.bend(false)
    this.version = version
    if (version === 'new') this.bend(true)
  }

  private bend(on: boolean): void {
    const { errors, slow, class: some } = this.of.options.version
    const { soundness, soundnesses, speed, speeds } = this.target
    const dials = (all: Dial, of: { get(name: string): Dial }) =>
      some?.names.map((name) => of.get(name)) ?? [all]
    if (errors > 0) for (const dial of dials(soundness, soundnesses)) turn(dial, 1 - errors, on)
    if (slow !== 1) for (const dial of dials(speed, speeds)) turn(dial, 1 / slow, on)
  }

  /** What it has answered in the measured span, whatever its version. */
  private answers(): Answered {
    const { outcomes, inside } = this.target.probe
    let all = 0
    let bad = 0
    for (let i = 0; i < outcomes.length; i++) {
      all += outcomes[i]!
      if (BAD[i]) bad += outcomes[i]!
    }
    return { all, bad, seconds: inside.integral(this.of.kernel.now) }
  }

  /** What the new version has answered on it in the measured span. */
  answered(): Answered {
    return this.version === 'new' ? added(this.stored, this.answers(), this.at) : this.stored
  }

  /** The measured span begins: its target counts from zero. */
  restart(now: number): void {
    this.runs.restart(now)
    this.stored = NOTHING
    this.at = NOTHING
  }
}

const added = (sum: Answered, now: Answered, before: Answered): Answered => ({
  all: sum.all + now.all - before.all,
  bad: sum.bad + now.bad - before.bad,
  seconds: sum.seconds + now.seconds - before.seconds,
})

function turn(dial: Dial, by: number, on: boolean): void {
  if (on) dial.bend(by)
  else dial.unbend(by)
}
