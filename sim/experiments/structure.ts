import { needs } from '../components/needed.js'
import type { TargetType } from '../faults/fault.js'
import { isBeside } from '../options/types.js'
import { refsIn } from '../options/walk.js'
import { type Neighbour, neighbourOf } from '../parts/kind.js'
import { calledBy } from '../scenario/called.js'
import { madeOf } from '../scenario/made-of.js'
import type { Scenario } from '../scenario/scenario.js'
import { sparesOf } from '../scenario/spare-copies.js'

/** Something that can be lost. */
export interface Part {
  readonly name: string
  readonly what: Exclude<TargetType, 'users'>
}

/** What one kind of users asks for: the requests of one class. */
export interface Account {
  readonly users: string
  readonly class: string
}

export const isAmong = (accounts: readonly Account[], { users, class: named }: Account): boolean =>
  accounts.some((one) => one.users === users && one.class === named)

/**
 * The structure function of a scenario: what is still there when parts of it are lost. It sees the wiring, and neither
 * time nor load: who takes over counts from the first moment on, and whoever is left is enough for all. What a
 * simulation finds beyond it is what the drawing does not show. Of copies that come and go those count that are there
 * when there are fewest.
 *
 * A box is there if neither it nor its host nor its zone is lost; a request is answered if the box that visitors ask is
 * there, and of each list of boxes that it needs (sim/components/needed.ts) one to which a wire leads, and that can answer it.
 * Source: Barlow & Proschan, Statistical Theory of Reliability, chapter 1.
 */
export class Structure {
  /** In the order of the file: zones, hosts, components, wires along which somebody calls or copies. */
  readonly parts: readonly Part[]
  /** What is asked for, attackers left out: in the order of the users, and of the scenario's classes. */
  readonly accounts: readonly Account[]
  private readonly all: readonly Neighbour[]
  private readonly spares: ReadonlyMap<string, string>
  private readonly entries: readonly { from: string; to: string; classes: readonly string[] }[]
  /** By component: the part that takes it along, outermost first. */
  private readonly carriers: ReadonlyMap<string, readonly string[]>

  constructor(private readonly scenario: Scenario) {
    const { components, hosts, users, order, classes } = scenario
    this.all = components.map(neighbourOf)
    this.spares = sparesOf(components)
    this.entries = users
      .filter(({ malicious }) => !malicious)
      .map(({ name, to, mix }) => ({
        from: name,
        to,
        classes: classes.filter((one) => (mix.get(one) ?? 0) > 0),
      }))
    this.accounts = this.entries.flatMap(({ from, classes: own }) =>
      own.map((one) => ({ users: from, class: one })),
    )
    const zones = new Map(hosts.map(({ name, zone }) => [name, zone]))
    this.carriers = new Map(
      components.map(({ name, host }) => [
        name,
        [host === null ? null : (zones.get(host) ?? null), host, name].filter((one) => one !== null),
      ]),
    )
    const calls = order.flatMap((name) => {
      const spec = components.find((one) => one.name === name)!
      const refs = refsIn(spec.options).filter(({ role }) => !isBeside(role))
      return [...new Set(refs.flatMap((to) => calledBy(spec, to.name, components)))].map((to) =>
        wireOf(name, to),
      )
    })
    this.parts = [
      ...[...new Set(zones.values())].filter((zone) => zone !== null).map(as('zone')),
      ...hosts.map(({ name }) => name).map(as('host')),
      ...order
        .filter((name) => madeOf(components.find((one) => one.name === name)!) === null)
        .map(as('component')),
      ...[...users.map(({ name, to }) => wireOf(name, to)), ...calls].map(as('wire')),
    ]
  }

  /** The request classes, of those that somebody asks for, that are answered to all who ask when `lost` are lost. */
  answered(lost: ReadonlySet<string>): string[] {
    const without = new Set(this.unserved(lost).map((one) => one.class))
    return this.asked.filter((named) => !without.has(named))
  }

  /** Who is answered no more when `lost` are lost. */
  unserved(lost: ReadonlySet<string>): Account[] {
    const served = this.served(lost)
    return this.accounts.filter((one) => !served.has(keyOf(one.users, one.class)))
  }

  /** The same by who asks: keys (`keyOf`) of users and classes that are answered to them. */
  served(lost: ReadonlySet<string>): ReadonlySet<string> {
    const serves = this.serving(lost)
    return new Set(
      this.entries.flatMap(({ from, to, classes }) =>
        lost.has(wireOf(from, to))
          ? []
          : classes.filter((one) => serves(to, one)).map((one) => keyOf(from, one)),
      ),
    )
  }

  /** The request classes that somebody asks for. */
  get asked(): string[] {
    return this.scenario.classes.filter((one) => this.entries.some(({ classes }) => classes.includes(one)))
  }

  /**
   * The smallest sets of hosts and components, of at most `most` of them, without which somebody is not answered what he
   * asks for. A component that stands alone on its host is left out: its host stands for both.
   * @param most 1 or 2
   */
  cutSets(most: 1 | 2): string[][] {
    const parts = this.parts
      .filter(({ name, what }) => what === 'host' || (what === 'component' && !this.isAlone(name)))
      .map(({ name }) => name)
    const cuts = (lost: readonly string[]) => this.unserved(new Set(lost)).length > 0
    const single = parts.filter((one) => cuts([one]))
    const rest = parts.filter((one) => !single.includes(one))
    const pairs =
      most === 1
        ? []
        : rest.flatMap((a, i) =>
            rest
              .slice(i + 1)
              // Who falls with the other is none beside it.
              .filter((b) => !this.falls(a, b) && !this.falls(b, a) && cuts([a, b]))
              .map((b) => [a, b]),
          )
    return [...single.map((one) => [one]), ...this.smallest(pairs)]
  }

  /** The wires that a box is at. */
  wiresAt(name: string): string[] {
    const ends = (wire: string) => wire.split(' -> ').includes(name)
    return this.parts.filter((part) => part.what === 'wire' && ends(part.name)).map((part) => part.name)
  }

  /** Of pairs that say the same with a host and with a component on it: the one with the components. */
  private smallest(pairs: readonly string[][]): string[][] {
    const within = (inner: readonly string[], outer: readonly string[]) =>
      inner.every((one) => outer.some((other) => one === other || this.falls(one, other)))
    return pairs.filter((pair) => !pairs.some((other) => other !== pair && within(other, pair)))
  }

  /** Whether `one` is a component on the host `other`. */
  private falls(one: string, other: string): boolean {
    return one !== other && (this.carriers.get(one)?.includes(other) ?? false)
  }

  private isAlone(name: string): boolean {
    const { components } = this.scenario
    const { host } = components.find((one) => one.name === name)!
    return host !== null && components.every((one) => one.name === name || one.host !== host)
  }

  private serving(lost: ReadonlySet<string>): (name: string, named: string) => boolean {
    const known = new Map<string, boolean>()
    const serves = (name: string, named: string): boolean => {
      const key = JSON.stringify([name, named])
      const there = known.get(key)
      if (there !== undefined) return there
      // Boxes may need one another, as the nodes of a cluster do: until the contrary is found, it serves.
      known.set(key, true)
      const is =
        this.isThere(name, lost) && this.needsOf(name, named).every((some) => some.some(reached(name, named)))
      known.set(key, is)
      return is
    }
    const reached = (from: string, named: string) => (to: string) =>
      !lost.has(wireOf(from, to)) && serves(to, named)
    return serves
  }

  private isThere(name: string, lost: ReadonlySet<string>): boolean {
    if (this.spares.has(name)) return false
    const { kind, options } = this.scenario.components.find((one) => one.name === name)!
    return (
      kind.survives?.(options as never) === true || !this.carriers.get(name)!.some((one) => lost.has(one))
    )
  }

  /** A name that it resolves itself is those that it leads to: to these it has wires. */
  private needsOf(name: string, named: string): readonly (readonly string[])[] {
    const { components } = this.scenario
    const spec = components.find((one) => one.name === name)!
    const called = (some: readonly string[]) => some.flatMap((to) => calledBy(spec, to, components))
    return this.namedBy(name, named).map(called)
  }

  private namedBy(name: string, named: string): readonly (readonly string[])[] {
    const { kind, options } = this.scenario.components.find((one) => one.name === name)!
    const self = this.all.find((one) => one.name === name)!
    if (Object.hasOwn(needs, kind.kind)) return needs[kind.kind]!(self, named, this.all)
    return Object.values(options)
      .map((option) => refsIn(option).filter(({ role }) => role === 'serves'))
      .filter((refs) => refs.length > 0)
      .map((refs) => refs.map((ref) => ref.name))
  }
}

/** Of a class of requests that some users make. */
export const keyOf = (users: string, named: string): string => JSON.stringify([users, named])

const wireOf = (from: string, to: string): string => `${from} -> ${to}`

const as =
  (what: Part['what']) =>
  (name: string): Part => ({ name, what })
