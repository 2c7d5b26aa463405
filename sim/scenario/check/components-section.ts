import { composeKeys } from '../../components/compose-keys.js'
import { kinds } from '../../components/registry.js'
import { hint } from '../../options/nearest.js'
import { shown } from '../../options/shown.js'
import { listed } from '../../options/spell.js'
import { Ref } from '../../options/types.js'
import { refsIn, walk } from '../../options/walk.js'
import { everyComponent } from '../../parts/every-component.js'
import { type Kind, neighbourOf } from '../../parts/kind.js'
import type { Document, Path } from '../document.js'
import { orderOf, rolesOf } from '../graph.js'
import { madeOf } from '../made-of.js'
import type { ComponentSpec, HostSpec } from '../scenario.js'
import { ofKind } from './kinds.js'
import type { Known } from './known.js'
import { parseNaming } from './naming.js'
import type { Given } from './top.js'

/**
 * Gives the components that are sound in themselves, in the order of the file: of a known kind, with options that
 * fit it, files read, and references that lead to components, of whatever kind and soundness these are.
 */
export function checkComponents(document: Document, given: Given, known: Known): ComponentSpec[] {
  if (known.components.length === 0 && document.isMap(['components']))
    document.complain(['components'], 'expected at least one component')
  return Object.entries(given.components).flatMap(([component, value]) => {
    const spec = checkComponent(document, component, value, known)
    return spec === null ? [] : [spec]
  })
}

function checkComponent(
  document: Document,
  component: string,
  value: unknown,
  known: Known,
): ComponentSpec | null {
  const at: Path = ['components', component]
  const found = ofKind<Kind>(document, value, at, kinds, 'component')
  if (found === null) return null
  const { host, ...others } = found.rest
  if (host !== undefined && !(typeof host === 'string' && known.hosts.includes(host)))
    document.complain([...at, 'host'], `there is no host ${shown(host)}${hint(String(host), known.hosts)}`)
  const shared = Object.keys(everyComponent.shape)
  const isShared = ([option]: [string, unknown]) => shared.includes(option)
  const every = document.parse(
    everyComponent,
    Object.fromEntries(Object.entries(others).filter(isShared)),
    at,
  )
  const rest = Object.fromEntries(Object.entries(others).filter((one) => !isShared(one)))
  const told = { also: ['kind', 'host', ...shared], real: { ...composeKeys, ...found.kind.known } }
  const options = parseNaming(document, found.kind.options, rest, at, known, told)
  if (options === null || every === null) return null
  return {
    name: component,
    kind: found.kind,
    options: { ...options, ...every },
    host: typeof host === 'string' ? host : null,
    role: component,
    refs: refsIn(options).map((ref) => ref.name),
  }
}

/** Guarantees that components that are sound in themselves fit together: what they refer to is of the kind they need. */
export function checkTogether(
  document: Document,
  specs: readonly ComponentSpec[],
  hosts: readonly HostSpec[],
): void {
  for (const spec of specs) {
    walk(spec.options, ['components', spec.name], (part, where) => {
      if (!(part instanceof Ref) || part.kind === null) return
      const found = specs.find((s) => s.name === part.name)
      if (found === undefined || found.kind.kind === part.kind) return
      document.complain(
        document.said(where),
        `expected a component of kind ${part.kind}, and ${found.name} is of kind ${found.kind.kind}`,
      )
    })
  }
  for (const spec of specs) {
    const others = madeOf(spec)
    const does = others === null ? '' : `what it does ${listed(others)} ${others.length > 1 ? 'do' : 'does'}`
    if (others !== null)
      for (const option of Object.keys(everyComponent.shape))
        if (spec.options[option] !== undefined)
          document.complain(['components', spec.name, option], `has no process: ${does}`)
    if (others !== null && spec.host !== null)
      document.complain(['components', spec.name, 'host'], `stands on no machine: ${does}`)
  }
  const disks = hosts.flatMap(({ name, disk_size }) => (disk_size === undefined ? [] : [name]))
  const hasDisk = ({ host }: ComponentSpec) => host !== null && disks.includes(host)
  for (const spec of specs)
    if (hasDisk(spec) && spec.kind.keepsData === true && spec.kind.knowsFullDisk !== true)
      document.complain(
        ['components', spec.name, 'host'],
        `${spec.host} has a disk_size:, and what ${spec.kind.kind} does on a full disk is not simulated`,
      )
  const neighbours = specs.map((spec) => ({ ...neighbourOf(spec), hasDisk: hasDisk(spec) }))
  specs.forEach(({ name, kind }, i) => {
    for (const { path, message } of kind.misfits?.(neighbours[i]!, neighbours) ?? [])
      document.complain(['components', name, ...path], message)
  })
}

/** Peers may name one another: who of them is built first is all the same. */
const neededBy = (options: unknown): string[] =>
  refsIn(options).flatMap(({ name, role }) => (role === 'peers' ? [] : [name]))

/** The components with their roles, those that are called before those that call. Guarantees that there is no circle. */
export function checkOrder(document: Document, specs: readonly ComponentSpec[]): ComponentSpec[] {
  const { order, cycle } = orderOf(specs.map(({ name, options }) => ({ name, refs: neededBy(options) })))
  if (cycle !== null) {
    document.complain(
      ['components', cycle[0]!],
      `components call one another in a circle: ${[...cycle, cycle[0]].join(' -> ')}`,
    )
  }
  const roles = rolesOf(specs)
  return order.map((component) => {
    const spec = specs.find((s) => s.name === component)!
    return { ...spec, role: roles.get(component)! }
  })
}
