import { crash } from '../faults/crash.js'
import type { Step, Target } from '../faults/fault.js'
import type { Event } from '../kernel/event.js'
import type { Kernel } from '../kernel/kernel.js'
import type { Dial } from '../parts/dial.js'
import type { Host } from '../parts/host.js'
import type { Stream } from '../random/stream.js'
import type { FaultSpec } from '../scenario/scenario.js'
import type { Model } from './model.js'
import { Repairs } from './repairs.js'

/** A fault that struck: for timelines. */
export interface Strike {
  /** Index in the scenario's list of faults; beyond its end for those struck by hand. */
  readonly fault: number
  /** Seconds from the start of the measured span. */
  readonly from: number
  /** `Infinity` if it had not healed by the end. */
  to: number
  /** It has not healed, and nothing will heal it. */
  forever: boolean
}

/** So many can be struck by hand. */
const MOST_BY_HAND = 10_000

/** What strikes, at whatever times. */
export type Blow = Pick<FaultSpec, 'kind' | 'targets' | 'options'>

/** The faults of a scenario at work: they bend dials at their times, or at times drawn from their own streams. */
export class FaultCalendar {
  readonly strikes: Strike[] = []
  /** Of each of these, what strikes what: of a fault by chance one of its targets. */
  readonly struck: { readonly kind: string; readonly targets: readonly string[] }[] = []
  private readonly repairs: Repairs
  private byHand = 0
  /** In the order of entry: where a scenario that has them would have entered those struck by hand. */
  private places = 0

  constructor(private readonly model: Model) {
    this.repairs = new Repairs(model)
  }

  begin(): void {
    for (const name of this.model.scenario.lost) {
      for (const { bends } of crash.steps([targetOf(this.model, name)], {}, Number.POSITIVE_INFINITY))
        for (const { dial, by } of bends) dial.bend(by)
    }
    const calendars = new Map<string, number>()
    this.model.scenario.faults.forEach((fault, index) => {
      const targets = this.targetsOf(fault)
      if (fault.timed !== null) {
        const { at, lasts } = fault.timed
        this.model.kernel.after(
          this.model.warmup + at,
          () => this.strike(index, fault, targets, lasts, () => {}),
          null,
        )
      } else {
        // One calendar for each fault and target, whatever the traffic: the same bad luck in every architecture.
        // Two faults of one kind on one target (seldom and long, often and short) strike independently.
        for (const target of targets) {
          const purpose = `fault/${fault.kind.kind}`
          const name = `${target.name}/${purpose}`
          const earlier = calendars.get(name) ?? 0
          calendars.set(name, earlier + 1)
          const stream = this.model.context.stream(
            target.name,
            earlier > 0 ? `${purpose}/${earlier}` : purpose,
          )
          this.awaitFailure(index, fault, target, stream)
        }
      }
    })
    this.places = this.model.kernel.keepPlaces(MOST_BY_HAND)
  }

  /**
   * A fault that is struck by hand at `at`, which is still to come: to the bit what the scenario would give with it as
   * the last of its faults. What it returns ends it, once it has begun, `lasts` seconds after it began, which is still
   * to come too: as if that had been known from the beginning.
   */
  strikeAt(blow: Blow, at: number, lasts: number): (lasts: number) => void {
    const { kernel, warmup, scenario } = this.model
    if (this.byHand === MOST_BY_HAND) throw new Error(`more than ${MOST_BY_HAND} faults were struck by hand`)
    const place = this.places + this.byHand
    const index = scenario.faults.length + this.byHand++
    let course: Course | null = null
    const start = () => {
      course = this.strike(index, blow, this.targetsOf(blow), lasts, () => {})
    }
    kernel.enter(warmup + at, place, start, null)
    return (after) => course?.endAfter(after)
  }

  /** A fault that is struck by hand, at the present time; what it returns heals it, if it has not healed by then. */
  strikeNow(blow: Blow, lasts: number): () => void {
    const { kernel, ledger, scenario } = this.model
    ledger.outages = true
    const index = scenario.faults.length + this.byHand++
    let course: Course | null = null
    const start = () => {
      course = this.strike(index, blow, this.targetsOf(blow), lasts, () => {})
    }
    kernel.after(0, start, null)
    return () => {
      kernel.after(0, () => course?.heal(), null)
    }
  }

  /** Whether the scenario has faults, or one was struck by hand. */
  get mayStrike(): boolean {
    return this.byHand > 0 || this.model.scenario.faults.length > 0
  }

  private targetsOf({ targets }: Blow): Target[] {
    return targets.map((name) => targetOf(this.model, name))
  }

  private awaitFailure(index: number, fault: FaultSpec, target: Target, stream: Stream): void {
    const { mtbf, mttr } = fault.random!
    const again = () => this.awaitFailure(index, fault, target, stream)
    this.model.kernel.after(
      mtbf.sample(stream),
      () => {
        const repair = mttr.sample(stream)
        if (this.repairs.areAtOnce) this.strike(index, fault, [target], repair, again)
        else {
          // How long it will be away nobody knows yet.
          const course = this.strike(index, fault, [target], Number.POSITIVE_INFINITY, again, false)
          this.repairs.ask(target.name, repair, () => course.heal())
        }
      },
      null,
    )
  }

  private strike(
    index: number,
    { kind, options }: Blow,
    targets: readonly Target[],
    lasts: number,
    healed: () => void,
    forever = lasts === Number.POSITIVE_INFINITY,
  ): Course {
    const { kernel, warmup } = this.model
    const steps = kind.together
      ? [kind.steps(targets, options, lasts)]
      : targets.map((target) => kind.steps([target], options, lasts))
    const strike: Strike = {
      fault: index,
      from: kernel.now - warmup,
      to: Number.POSITIVE_INFINITY,
      forever,
    }
    this.strikes.push(strike)
    this.struck.push({ kind: kind.kind, targets: targets.map(({ name }) => name) })
    return new Course(kernel, steps, () => {
      strike.to = kernel.now - warmup
      strike.forever = false
      healed()
    })
  }
}

/** A step that has begun and is not over. */
interface Begun {
  readonly step: Step
  /** Null where nothing ends it: yet, since its end has a place in the order of entry. */
  end: Event | null
  readonly place: number
}

/** A strike under way. Of its steps only the next ones are known: there may be no end of them. */
class Course {
  private readonly from: number
  /** For each part, the step that is to begin next. */
  private readonly coming = new Map<Iterator<Step>, Event>()
  private readonly begun = new Set<Begun>()

  /** @param healed called once, when all steps of all parts are over */
  constructor(
    private readonly kernel: Kernel,
    parts: readonly Iterable<Step>[],
    private readonly healed: () => void,
  ) {
    this.from = kernel.now
    for (const part of parts) this.pull(part[Symbol.iterator](), 0)
    if (this.over) healed()
  }

  private get over(): boolean {
    return this.coming.size === 0 && this.begun.size === 0
  }

  /** Ends it before its time, if it is not over. */
  heal(): void {
    if (this.over) return
    for (const event of this.coming.values()) event.cancel()
    for (const { step, end } of this.begun) {
      end?.cancel()
      unbend(step)
    }
    this.coming.clear()
    this.begun.clear()
    this.healed()
  }

  /** Ends it `lasts` seconds after it began: each of its steps by itself, where they are all there from the beginning. */
  endAfter(lasts: number): void {
    if (this.over) return
    const { kernel } = this
    const time = this.from + lasts
    const simple =
      this.coming.size === 0 && [...this.begun].every(({ step, end }) => step.after === 0 && !end)
    if (simple)
      for (const begun of this.begun) begun.end = kernel.enter(time, begun.place, () => this.end(begun), null)
    else kernel.enter(time, kernel.keepPlaces(1), () => this.heal(), null)
  }

  private pull(part: Iterator<Step>, after: number): void {
    const { done, value: step } = part.next()
    if (done) {
      this.coming.delete(part)
      return
    }
    if (step.after < after) throw new Error('the steps of a fault come in the order in which they begin')
    const { kernel } = this
    const delay = Math.max(0, step.after - (kernel.now - this.from))
    this.coming.set(
      part,
      kernel.after(delay, () => this.begin(step, part), null),
    )
  }

  private begin(step: Step, part: Iterator<Step>): void {
    for (const { dial, by } of step.bends) dial.bend(by)
    const forever = step.lasts === Number.POSITIVE_INFINITY
    const begun: Begun = { step, end: null, place: forever ? this.kernel.keepPlaces(1) : 0 }
    this.begun.add(begun)
    if (!forever) begun.end = this.kernel.after(step.lasts, () => this.end(begun), null)
    this.pull(part, step.after)
  }

  private end(begun: Begun): void {
    this.begun.delete(begun)
    unbend(begun.step)
    if (this.over) this.healed()
  }
}

function unbend({ bends }: Step): void {
  for (const { dial, by } of bends) dial.unbend(by)
}

/** Everything that a fault on `name` can bend. The name is known: the scenario was checked. */
export function targetOf(model: Model, name: string): Target {
  const wire = model.wires.filter((w) => w.name === name)
  if (wire.length > 0) return { name, type: 'wire', components: [], hosts: [], wires: wire, surges: [] }
  const users = model.users.find((u) => u.name === name)
  const surges: Dial[] = users ? [users.surge] : []
  const component = model.components.get(name)
  const host = model.hosts.get(name)
  const hosts: Host[] = host ? [host] : [...model.hosts.values()].filter((h) => h.zone === name)
  const components = component ? [component] : hosts.flatMap((h) => h.components)
  // A wire that begins and ends inside is not touched by a cut around it.
  const inside = (name: string) => components.some((c) => c.name === name && c.approaches === null)
  const wires = [
    ...model.wires.filter((w) => inside(w.towards) !== inside(w.from)),
    ...components.flatMap((c) => c.approaches ?? []),
  ]
  const type = users ? 'users' : component ? 'component' : host ? 'host' : 'zone'
  return { name, type, components, hosts, wires, surges }
}
