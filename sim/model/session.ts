import type { Loss, Observer } from '../parts/context.js'
import { Overload } from '../parts/request.js'
import { OpenUsers } from '../traffic/users.js'
import { blowOf, type HandMade, lastsAlone } from './by-hand.js'
import type { Blow, Strike, StruckAt } from './fault-calendar.js'
import type { Model } from './model.js'
import { accountsOf, componentsOf, hostsOf, legitimate, linesOf, type SessionRecord } from './record.js'
import { Entries, Flows, Insides, Uses, WINDOWS } from './series.js'
import { type Snapshot, snapshotOf } from './snapshot.js'

/** Parts of a window, over which numbers inside are averaged: finer, for the judgement of the warm-up. */
const BINS = 8
const ALL = WINDOWS * BINS

/** What is counted by the time at which it happens, not by who had arrived when. */
type PartsRecord = Pick<
  SessionRecord,
  'components' | 'hosts' | 'lines' | 'timeline' | 'inside' | 'warmBins' | 'used' | 'entered' | 'flows'
>

/** The strikes of faults, and answered writes that turned out to be lost. */
interface Blows {
  readonly strikes: readonly Strike[]
  readonly losses: readonly Loss[]
}

/** Seconds: a component that waits longer than this for another waits for ever, as far as visitors are concerned. */
const ENDLESS = 600

/** A fault that was struck by hand. */
export interface Struck {
  /** Heals it now; nothing happens if it has healed. */
  heal(): void
}

/**
 * A running replication: it goes on as far as it is told, may be looked at, and meddled with. Times are in seconds of
 * the measured span, as in a scenario and in the reports; below 0 in the warm-up.
 *
 * The warm-up, the measured span and its windows are kept here: a run in small pieces gives the same record as one
 * in one go, to the bit, and so does one at which somebody looks.
 */
export class Session {
  private readonly insides: Insides
  private readonly uses: Uses
  private readonly entries: Entries
  /** Null but in the first replication, at which people look. */
  private readonly flows: Flows | null
  /** Bins of the warm-up: as many as it is made of. */
  private readonly warmBins: number
  /** Bins that are over. */
  private bins = 0
  private measuring = false
  /** What parts did in the whole of the measured span; null before it is over. */
  private whole: PartsRecord | null = null
  private struck: Blows | null = null
  /** Everybody who came in the span has his answer, or will not get one. */
  private drained = false
  /** Of a bin, seconds; and the end of the last one, on the kernel's clock. */
  private readonly bin: number
  private readonly last: number
  /** By hand, on the rates of users. */
  private readonly factors = new Map<string, number>()

  constructor(readonly model: Model) {
    const { warmup, ledger, scenario } = model
    this.bin = scenario.lasts / WINDOWS / BINS
    this.last = warmup + (scenario.lasts * ALL) / ALL
    this.insides = new Insides(model)
    this.uses = new Uses(model, ledger.timeline.length)
    this.entries = new Entries(model)
    this.flows = model.replication === 0 ? new Flows(model) : null
    this.warmBins = Math.floor(warmup / this.bin + 1e-9)
    for (const users of model.users) users.begin()
    model.faultCalendar.begin()
    if (warmup === 0) this.measure()
  }

  // ---- How far it is ----------------------------------------------------------------------------------------

  get time(): number {
    return this.model.kernel.now - this.model.warmup
  }

  /** Events served since the start of the run. */
  get events(): number {
    return this.model.kernel.served
  }

  /** Where the measured span ends: `advance` goes no further. */
  get end(): number {
    return this.model.scenario.lasts
  }

  /** Runs up to and including `until`, or to the end. Returns whether it came that far: false if it was stopped. */
  advance(until = this.end): boolean {
    if (this.whole !== null) return true
    const { kernel, warmup } = this.model
    const target = until < this.end ? warmup + until : this.last
    // What happens at the very end of a bin belongs to it: it is over once something later is looked for.
    while (this.boundary < target) {
      if (!kernel.run(this.boundary)) return false
      this.turn()
    }
    if (target >= kernel.now && !kernel.run(target)) return false
    if (target === this.last) this.catchUp()
    return true
  }

  /**
   * After the end: goes on until everybody who came in the measured span has his answer or has given up. Others go on
   * coming, so that the load stays what it was, but are not counted. It lasts at most as long again as was measured,
   * or as the longest timeout if that is longer (a visitor's with all his tries, a proxy's, the 127 s of a connection
   * that nobody answers; a timeout of a day, as PHP has it for its database, is none that anybody waits for); who has no answer by then is not answered. Where more requests come under way than can be
   * simulated, it is over. Returns whether it is over: false if it was stopped.
   */
  drain(): boolean {
    if (this.drained) return true
    if (!this.advance()) return false
    const { kernel, ledger } = this.model
    this.whole ??= this.parts()
    this.struck = this.blows
    const awaited = legitimate(this.model).reduce((n, own) => n + own.awaited, 0)
    this.drained = awaited === 0
    ledger.close(awaited, () => {
      this.drained = true
      kernel.stop()
    })
    if (!this.drained && this.goesOn(this.last + this.longest)) this.drained = true
    return this.drained
  }

  /** Seconds that somebody may wait for an answer, and no less than was measured. */
  private get longest(): number {
    const { kernel, users, scenario } = this.model
    const patience = users.map(({ longest }) => longest).filter(Number.isFinite)
    const timeouts = [...kernel.timeouts].filter((seconds) => seconds <= ENDLESS)
    return Math.max(scenario.lasts, ...timeouts, ...patience)
  }

  /** Returns whether it came to `until`, or as far as can be simulated. */
  private goesOn(until: number): boolean {
    try {
      return this.model.kernel.run(until)
    } catch (error) {
      if (!(error instanceof Overload)) throw error
      return true
    }
  }

  /** After the event that is being served: for observers. */
  stop(): void {
    this.model.kernel.stop()
  }

  // ---- Meddling -----------------------------------------------------------------------------------------------

  /**
   * Strikes a fault now: what follows is what follows in a scenario that has it, `at:` this time.
   * @param lasts seconds; `Infinity` until it is healed by hand
   * @throws Error that says what is wrong with the fault
   */
  strike(fault: HandMade, lasts = Number.POSITIVE_INFINITY): Struck {
    const heal = this.model.faultCalendar.strikeNow(this.blowNow(fault, lasts), lasts)
    this.settle()
    return {
      heal: () => {
        heal()
        this.settle()
      },
    }
  }

  /**
   * Strikes a fault at `at`: to the bit what a scenario gives that has it as the last of its faults, where it lasts
   * `lasts` seconds, or as long as it then is made to last by hand.
   * @param at seconds; later than now
   * @throws Error that says what is wrong with the fault
   */
  strikeAt(fault: HandMade, at: number, lasts = Number.POSITIVE_INFINITY): StruckAt {
    const blow = this.blowNow(fault, lasts)
    if (!(at > this.time)) throw new Error(`nothing can be struck at ${at} s: it is ${this.time} s by now`)
    const forever = lasts === Number.POSITIVE_INFINITY
    return this.model.faultCalendar.strikeAt(blow, at, forever ? lastsAlone(this.model, blow) : lasts)
  }

  private blowNow(fault: HandMade, lasts: number): Blow {
    if (this.model.chronicle === null)
      throw new Error('nothing can be struck by hand in a model that was built without')
    return blowOf(this.model, fault, lasts)
  }

  /** Open users come `factor` times as often as the scenario says, from now on. */
  rate(users: string, factor: number): void {
    const own = this.model.users.find(({ name }) => name === users)
    if (!(own instanceof OpenUsers)) throw new Error(`no open users are named "${users}"`)
    if (!(factor >= 0 && factor < Number.POSITIVE_INFINITY))
      throw new Error(`a factor is a number from 0, not ${factor}`)
    const before = this.factors.get(users)
    if (before !== undefined) own.surge.unbend(before)
    own.surge.bend(factor)
    this.factors.set(users, factor)
  }

  /** What was done by hand happens before anybody looks. */
  private settle(): void {
    const { kernel } = this.model
    kernel.run(kernel.now)
  }

  // ---- Looking ------------------------------------------------------------------------------------------------

  /** Shows `observer` what happens from now on. Returns what ends it. */
  observe(observer: Observer): () => void {
    return this.model.context.observe(observer)
  }

  /** What everything does now. */
  snapshot(): Snapshot {
    return snapshotOf(this.model)
  }

  /** What was counted in the measured span so far. */
  record(): SessionRecord {
    const { model } = this
    return {
      replication: model.replication,
      ...accountsOf(model),
      ...(this.whole ?? this.parts()),
      events: model.kernel.served,
    }
  }

  /** What struck and was lost in the measured span so far. */
  get blows(): Blows {
    const { faultCalendar, context } = this.model
    return (
      this.struck ?? {
        strikes: faultCalendar.strikes.map((strike) => ({ ...strike })),
        losses: [...context.losses],
      }
    )
  }

  private parts(): PartsRecord {
    const { model } = this
    this.catchUp()
    return {
      components: componentsOf(model, this.end),
      hosts: hostsOf(model),
      ...linesOf(model),
      timeline: [...model.ledger.timeline.windows],
      inside: this.insides.record(),
      warmBins: Math.min(this.bins, this.warmBins),
      used: this.uses.record(),
      entered: this.entries.record(),
      ...(this.flows !== null && { flows: this.flows.record() }),
    }
  }

  // ---- Bins and windows ---------------------------------------------------------------------------------------

  /** Where the present bin ends, on the kernel's clock; never, after the last one. */
  private get boundary(): number {
    const { warmup, scenario } = this.model
    const left = this.warmBins - this.bins
    if (left > 0) return warmup - (left - 1) * this.bin
    if (!this.measuring) return warmup
    const next = 1 - left
    return next > ALL ? Number.POSITIVE_INFINITY : warmup + (scenario.lasts * next) / ALL
  }

  private catchUp(): void {
    if (this.boundary <= this.model.kernel.now) this.turn()
  }

  /** The present bin is over, or what there was of the warm-up before the first. */
  private turn(): void {
    const { kernel, ledger } = this.model
    if (!this.measuring) {
      if (this.bins < this.warmBins) this.over()
      if (this.bins === this.warmBins) this.measure()
      return
    }
    this.over()
    if ((this.bins - this.warmBins) % BINS > 0) return
    ledger.timeline.turn()
    this.uses.turn(kernel.now)
    this.entries.turn()
    this.flows?.turn()
  }

  private over(): void {
    this.bins++
    this.insides.turn(this.model.kernel.now)
  }

  /** The measured span begins. */
  private measure(): void {
    this.measuring = true
    this.model.measure()
  }
}
