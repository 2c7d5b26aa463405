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

/** A fault that was struck by hand at a time of its own. */
export interface StruckAt {
  /** `beginning`: some of it comes later, as the stop after a drain. */
  readonly state: 'coming' | 'beginning' | 'there' | 'over'
  /** When the last of it began that has begun: seconds after the first. */
  readonly begun: number
  /**
   * While all of it is there: it lasts `lasts` seconds (`for:`), as if that had been known from the beginning. Its end is
   * still to come then.
   */
  endAfter(lasts: number): void
}

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
      for (const { bends } of crash.steps(
        [targetOf(this.model, name)],
        { address: 'kept' },
        Number.POSITIVE_INFINITY,
      ))
        for (const { dial, by } of bends) dial.bend(by)
    }
    const calendars = new Map<string, number>()
    this.model.scenario.faults.forEach((fault, index) => {
      const targets = this.targetsOf(fault)
      if (fault.timed !== null) {
        const { at, lasts } = fault.timed
        for (const target of targets) fault.kind.foretells?.(target, this.model.warmup + at)
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
   * the last of its faults.
   */
  strikeAt(blow: Blow, at: number, lasts: number): StruckAt {
    const { kernel, warmup, scenario } = this.model
    if (this.byHand >= MOST_BY_HAND) throw new Error(`more than ${MOST_BY_HAND} faults were struck by hand`)
    const place = this.places + this.byHand
    const index = scenario.faults.length + this.byHand++
    let course: Course | null = null
    const start = () => {
      course = this.strike(index, blow, this.targetsOf(blow), lasts, () => {})
    }
    kernel.enter(warmup + at, place, start, null)
    return {
      get state() {
        return course?.state ?? 'coming'
      },
      get begun() {
        return course?.last ?? 0
      },
      endAfter: (lasts) => course?.endAfter(lasts),
    }
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

  private targetsOf({ targets }: Blow): Target[] {
    return targets.map((name) => targetOf(this.model, name))
  }

  private awaitFailure(index: number, fault: FaultSpec, target: Target, stream: Stream): void {
    const { mtbf, mttr } = fault.random!
    const again = () => {
      // Whoever repairs it starts it, however often that has failed before.
      if (fault.kind === crash) for (const { supervisor } of target.components) supervisor?.repaired()
      this.awaitFailure(index, fault, target, stream)
    }
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
    const stepsFor = (lasts: number) =>
      kind.together
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
    return new Course(kernel, stepsFor, lasts, () => {
      // Nobody starts again what was started too often.
      strike.forever = kind === crash && targets.some(staysDown)
      if (!strike.forever) strike.to = kernel.now - warmup
      healed()
    })
  }
}

const staysDown = ({ components }: Target): boolean => components.some((one) => one.supervisor?.gaveUp)

/** A step that has begun and is not over. */
interface Begun {
  readonly step: Step
  /** Which part it is of, and the how manieth step of that. */
  readonly of: Part
  readonly number: number
  /** When it began, on the kernel's clock. */
  readonly at: number
  /** Null where nothing ends it: yet, since its end has a place in the order of entry. */
  end: Event | null
  readonly place: number
}

/** The steps of one target, or of all together. */
interface Part {
  readonly index: number
  readonly steps: Iterator<Step>
  /** Those that have begun. */
  count: number
}

/** A strike under way. Of its steps only the next ones are known: there may be no end of them. */
class Course {
  private readonly from: number
  /** For each part, the step that is to begin next. */
  private readonly coming = new Map<Part, Event>()
  private readonly begun = new Set<Begun>()

  /**
   * @param stepsFor the steps of each part, if it lasts so long
   * @param healed called once, when all steps of all parts are over
   */
  constructor(
    private readonly kernel: Kernel,
    private readonly stepsFor: (lasts: number) => readonly Iterable<Step>[],
    lasts: number,
    private readonly healed: () => void,
  ) {
    this.from = kernel.now
    for (const [index, part] of stepsFor(lasts).entries())
      this.pull({ index, steps: part[Symbol.iterator](), count: 0 }, 0)
    if (this.over) healed()
  }

  get state(): StruckAt['state'] {
    return this.over ? 'over' : this.coming.size > 0 ? 'beginning' : 'there'
  }

  /** When the last of the steps that are there began: seconds after the first. */
  get last(): number {
    return Math.max(0, ...[...this.begun].map(({ step }) => step.after))
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

  /** It lasts so long: each step that is there ends as it would have. Nothing happens once it is over. */
  endAfter(lasts: number): void {
    if (this.coming.size > 0) throw new Error('a fault is ended when all of it has begun')
    const { kernel } = this
    const parts = this.stepsFor(lasts).map((part) => [...part])
    for (const begun of this.begun) {
      const { lasts } = parts[begun.of.index]![begun.number]!
      begun.end?.cancel()
      begun.end = kernel.enter(begun.at + lasts, begun.place, () => this.end(begun), null)
    }
  }

  private pull(part: Part, after: number): void {
    const { done, value: step } = part.steps.next()
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

  private begin(step: Step, of: Part): void {
    const { kernel } = this
    for (const { dial, by } of step.bends) dial.bend(by)
    const forever = step.lasts === Number.POSITIVE_INFINITY
    const place = kernel.keepPlaces(1)
    const begun: Begun = { step, of, number: of.count++, at: kernel.now, end: null, place }
    this.begun.add(begun)
    if (!forever) begun.end = kernel.enter(kernel.now + step.lasts, place, () => this.end(begun), null)
    this.pull(of, step.after)
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
  const ways = [...model.wires, ...model.asides.values()]
  const wire = ways.filter((w) => w.name === name)
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
    ...ways.filter((w) => inside(w.towards) !== inside(w.from)),
    ...components.flatMap((c) => c.approaches ?? []),
  ]
  const type = users ? 'users' : component ? 'component' : host ? 'host' : 'zone'
  return { name, type, components, hosts, wires, surges }
}
