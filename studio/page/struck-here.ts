import type { Blow, Text } from '../messages.js'
import type { Top, Written } from './editor-contract.js'
import { type FaultEntry, lineOf } from './fault-lines.js'
import type { Band } from './live-charts.js'
import type { LiveRun } from './live-run.js'
import { healedSentence, struckSentence } from './sentences.js'
import type { SideState, Strike } from './state.js'
import type { Series } from './window-series.js'

/** Some users come more or less often from a moment on. */
interface Turn {
  readonly users: string
  readonly factor: number
  readonly at: number
  readonly line: string | null
}

/** A line that is to be in the text as soon as there is a place to write. */
interface Waiting {
  readonly line: string
  readonly top: readonly Top[]
  /** What it is about, as sentences name it. */
  readonly name: string
}

interface ByHandHost {
  readonly state: SideState
  readonly run: LiveRun
  readonly series: Series
  /** Null until there is a place to write. */
  written(): Written | null
  scenario(): Text
  say(sentence: string): void
}

/**
 * What is done by hand, and the lines that it becomes in the text. A strike that the run does not know of, since it was
 * begun anew, is healed in the text, and the run begun anew once more.
 */
export class ByHand {
  /** What was asked of the worker, until it has said that it is done. */
  private readonly asked = new Map<number, Blow>()
  private turns: Turn[] = []
  /** What has healed again, since the run began. */
  private past: Band[] = []
  private waiting: readonly Waiting[] = []
  /** Whether the run has begun anew without the lines that wait. */
  private without = false

  constructor(private readonly host: ByHandHost) {}

  strike(fault: FaultEntry, target: string, options: Readonly<Record<string, string>>): void {
    const blow: Blow = { kind: fault.name, target, ...options }
    this.asked.set(this.host.run.strike(blow), blow)
  }

  struck(number: number, at: number): void {
    const blow = this.asked.get(number)
    if (blow === undefined) return
    const { state, series } = this.host
    this.asked.delete(number)
    series.forget(at)
    const line = lineOf(blow, at, null)
    state.strikes = [...state.strikes, { number, blow, at, line }]
    const missing = this.write(line, nameOf(blow))
    this.host.say(struckSentence(blow, at) + missing)
  }

  /** Gives a sentence where the text has no place for the line, and none else. */
  private write(line: string, name: string): string {
    const written = this.host.written()
    const top = this.host.state.loaded?.unsaid ?? []
    if (written !== null) return written.insertFault(line, top) ? '' : ` ${noPlace('it')}`
    this.waiting = [...this.waiting, { line, top, name }]
    return ''
  }

  private change(line: string, anew: string): void {
    const written = this.host.written()
    if (written !== null) written.changeFault(line, anew)
    else this.waiting = this.waiting.map((one) => (one.line === line ? { ...one, line: anew } : one))
  }

  /** There is a place to write from now on: what was done before is written. */
  canWrite(): void {
    const { run } = this.host
    const { waiting, without } = this
    this.waiting = []
    this.without = false
    for (const { line, top, name } of waiting)
      if (!this.host.written()!.insertFault(line, top)) this.host.say(noPlace(`the ${name}`))
    // What is being read, too, is the text without them.
    const anew = without || (waiting.length > 0 && !run.ready)
    if (anew && !run.stopped) run.seek(run.seeking?.to ?? run.now, this.host.scenario(), true)
  }

  refused(number: number, message: string): void {
    const blow = this.asked.get(number)
    this.asked.delete(number)
    this.host.say(blow === undefined ? message : `${blow.kind} of ${blow.target}: ${message}`)
  }

  heal(strike: Strike): void {
    const { run } = this.host
    if (strike.number > 0) run.heal(strike.number)
    else {
      this.healed(strike, Math.max(run.now, strike.at + 0.001) - strike.at)
      run.seek(run.now, this.host.scenario(), true)
    }
  }

  /** @param lasts seconds, as its line has to say them */
  healed(strike: Strike | number, lasts: number): void {
    const { state, series } = this.host
    const found = typeof strike === 'number' ? state.strikes.find(({ number }) => number === strike) : strike
    if (found === undefined) return
    const { blow, at, line } = found
    series.forget(at + lasts)
    state.strikes = state.strikes.filter((one) => one !== found)
    this.past.push({ name: nameOf(blow), from: at, to: at + lasts })
    this.change(line, lineOf(blow, at, lasts))
    this.host.say(healedSentence(blow, at, at + lasts, series.failedBetween(at, at + lasts)))
  }

  rated(users: string, factor: number, at: number): void {
    const { series } = this.host
    series.forget(at)
    const before = this.turns.findLast((turn) => turn.users === users && turn.at <= at)
    if (before !== undefined && before.line !== null) {
      const ended = lineOf(surge(before), before.at, at - before.at)
      this.change(before.line, ended)
      this.turns = this.turns.map((turn) => (turn === before ? { ...turn, line: ended } : turn))
    }
    const line = factor === 1 ? null : lineOf(surge({ users, factor }), at, null)
    this.turns = [...this.turns.filter((turn) => turn.at < at), { users, factor, at, line }]
    const missing = line === null ? '' : this.write(line, nameOf(surge({ users, factor })))
    this.host.say(
      factor === 1
        ? `${users} come as the text says again.`
        : `${users} come ${factor} times as often.${missing}`,
    )
  }

  factorOf(users: string): number {
    const { now } = this.host.run
    return this.turns.findLast((turn) => turn.users === users && turn.at <= now + 0.002)?.factor ?? 1
  }

  /** The run has begun anew with the text as it is: what is in it is not by hand any more, but can still be healed. */
  again(): void {
    const { text } = this.host.scenario()
    const { state } = this.host
    this.past = []
    this.without = this.waiting.length > 0
    // The reader may have taken lines away.
    const has = (line: string) => text.includes(line) || this.waiting.some((one) => one.line === line)
    this.turns = this.turns.filter(({ line }) => line === null || has(line))
    state.strikes = state.strikes.filter(({ line }) => has(line)).map((strike) => ({ ...strike, number: 0 }))
  }

  /** Another scenario. */
  clear(): void {
    this.asked.clear()
    this.turns = []
    this.past = []
    this.waiting = []
    this.without = false
    this.host.state.strikes = []
  }

  /** When faults strike: those of the text that was loaded, and those by hand since. */
  get bands(): readonly Band[] {
    const { loaded, strikes } = this.host.state
    const planned = (loaded?.planned ?? []).map(({ kind, target, at, lasts }) => ({
      name: nameOf({ kind, target }),
      from: at,
      to: at + lasts,
    }))
    const byHand = strikes
      .filter(({ number }) => number > 0)
      .map(({ blow, at }) => ({ name: nameOf(blow), from: at, to: loaded?.lasts ?? at }))
    return [...planned, ...this.past, ...byHand]
  }

  /** Those that strike at the moment that is shown. */
  get striking(): readonly Strike[] {
    const { state, run } = this.host
    const on = state.frame?.strikes ?? []
    return state.strikes.filter(
      ({ blow, at }) =>
        at <= run.now + 0.002 &&
        on.some(({ kind, targets }) => kind === blow.kind && targets.includes(blow.target)),
    )
  }
}

const surge = ({ users, factor }: { users: string; factor: number }): Blow => ({
  kind: 'surge',
  target: users,
  factor,
})

const nameOf = ({ kind, target }: Blow): string => `${kind} of ${target}`

const noPlace = (what: string): string =>
  `The text has no place for ${what}: as soon as the run begins anew, it is without.`
