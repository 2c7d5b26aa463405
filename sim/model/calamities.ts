import type { Step, Target } from '../faults/fault.js'
import type { Dial } from '../parts/dial.js'
import type { Host } from '../parts/host.js'
import type { Stream } from '../random/stream.js'
import type { FaultSpec } from '../scenario/scenario.js'
import type { Model } from './model.js'

/** A fault that struck: for timelines. */
export interface Strike {
  /** Index in the scenario's list of faults. */
  readonly fault: number
  /** Seconds from the start of the measured span. */
  readonly from: number
  /** `Infinity` if it had not healed by the end. */
  to: number
}

/** The faults of a scenario at work: they bend dials at their times, or at times drawn from their own streams. */
export class Calamities {
  readonly strikes: Strike[] = []

  constructor(private readonly model: Model) {}

  begin(): void {
    const calendars = new Map<string, number>()
    this.model.scenario.faults.forEach((fault, index) => {
      const targets = fault.targets.map((name) => targetOf(this.model, name))
      if (fault.timed !== null) {
        const { at, lasts } = fault.timed
        this.model.kernel.after(this.model.warmup + at, () => this.strike(index, fault, targets, lasts), null)
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
  }

  private awaitFailure(index: number, fault: FaultSpec, target: Target, stream: Stream): void {
    const { mtbf, mttr } = fault.random!
    this.model.kernel.after(
      mtbf.sample(stream),
      () => {
        const repair = mttr.sample(stream)
        this.strike(index, fault, [target], repair, () => this.awaitFailure(index, fault, target, stream))
      },
      null,
    )
  }

  private strike(
    index: number,
    fault: FaultSpec,
    targets: readonly Target[],
    lasts: number,
    healed: () => void = () => {},
  ): void {
    const { kernel, warmup } = this.model
    const steps = fault.options.rolling
      ? fault.kind.steps(targets, fault.options, lasts)
      : targets.flatMap((target) => fault.kind.steps([target], fault.options, lasts))
    const strike: Strike = { fault: index, from: kernel.now - warmup, to: Number.POSITIVE_INFINITY }
    this.strikes.push(strike)
    let open = steps.length
    for (const step of steps) {
      kernel.after(
        step.after,
        () =>
          this.bend(step, () => {
            if (--open > 0) return
            strike.to = kernel.now - warmup
            healed()
          }),
        null,
      )
    }
  }

  private bend(step: Step, healed: () => void): void {
    for (const { dial, by } of step.bends) dial.bend(by)
    if (step.lasts === Number.POSITIVE_INFINITY) return
    this.model.kernel.after(
      step.lasts,
      () => {
        for (const { dial, by } of step.bends) dial.unbend(by)
        healed()
      },
      null,
    )
  }
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
