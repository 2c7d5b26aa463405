import type { Role } from '../../sim/options/types.js'
import { refsIn } from '../../sim/options/walk.js'
import { calledBy } from '../../sim/scenario/called.js'
import type { Scenario } from '../../sim/scenario/scenario.js'

/** An arrow of a drawing, and what the one at its end is for. */
export interface Link {
  readonly from: string
  readonly to: string
  /** `informs`: something aside, on a way of its own. */
  readonly role: Role | 'informs'
}

/**
 * Who asks, copies to and watches whom: users first, then components in the order in which they are called; then who tells
 * whom something aside, where the scenario says something of that way.
 */
export const linksOf = (scenario: Scenario, components = scenario.components): Link[] => [
  ...scenario.users.map(({ name, to }): Link => ({ from: name, to, role: 'serves' })),
  ...components.flatMap((spec) =>
    refsIn(spec.options).flatMap(({ name: to, role }): Link[] => {
      const called = role === 'serves' ? calledBy(spec, to, components) : [to]
      // Who asks for a name goes on to its addresses.
      const all = called.includes(to) ? called : [to, ...called]
      return all.map((one) => ({ from: spec.name, to: one, role }))
    }),
  ),
  ...asidesOf(scenario),
]

function asidesOf({ components, wires, faults }: Scenario): Link[] {
  const said = new Set([
    ...wires.map(({ from, to }) => `${from} -> ${to}`),
    ...faults.flatMap(({ targets }) => targets),
  ])
  const ways = components.flatMap(({ kind, options }) => kind.asides?.(options) ?? [])
  return [...new Map(ways.map((way) => [way.join(' -> '), way]))].flatMap(([name, [from, to]]): Link[] =>
    said.has(name) ? [{ from, to, role: 'informs' }] : [],
  )
}

/** The same in the order of the file. */
export const linksAsWritten = (scenario: Scenario): Link[] =>
  linksOf(
    scenario,
    scenario.order.map((name) => scenario.components.find((one) => one.name === name)!),
  )

/** Components by what they stand in, in the order of the file. */
interface Frames {
  /** Each with its hosts. */
  readonly zones: readonly { readonly name: string; readonly hosts: readonly string[] }[]
  /** Hosts that are in no zone. */
  readonly hosts: readonly string[]
  /** Names of the components on a host; of those on none for null. */
  on(host: string | null): string[]
}

export function framesOf({ hosts, order, components }: Scenario): Frames {
  const zones = [...new Set(hosts.flatMap(({ zone }) => (zone === null ? [] : [zone])))]
  const within = (zone: string | null) => hosts.filter((host) => host.zone === zone).map(({ name }) => name)
  return {
    zones: zones.map((name) => ({ name, hosts: within(name) })),
    hosts: within(null),
    on: (host) => order.filter((name) => components.find((one) => one.name === name)!.host === host),
  }
}
