import { refsIn } from '../../options/walk.js'
import type { ComponentSpec, Scenario } from '../../scenario/scenario.js'
import { asWritten, type Entry, type Written } from '../../scenario/variant.js'

/** Sections of a scenario in which some components stand a second time. */
interface Copied {
  readonly sections: Written
  /** The copy of each component, by its name. */
  readonly copies: ReadonlyMap<string, string>
}

/**
 * A scenario as it is written with copies of some components, on new machines like those of the originals. Copies call copies where there are some, and whoever has a list of components in which one stands has its copy
 * there too. Wires of copies are like those of the originals.
 */
export function withCopies(scenario: Scenario, names: readonly string[]): Copied {
  const written = asWritten(scenario)
  const taken = new Set([
    ...Object.keys(written.components),
    ...Object.keys(written.users),
    ...Object.keys(written.hosts ?? {}),
  ])
  const fresh = (name: string): string => {
    const next = nextTo(name, taken)
    taken.add(next)
    return next
  }
  const copies = new Map(names.map((name) => [name, fresh(name)]))
  const machines = new Map<string, string>()
  for (const name of names) {
    const { host } = specOf(scenario, name)
    if (host !== null && !machines.has(host)) machines.set(host, fresh(host))
  }
  const components = { ...written.components }
  for (const spec of scenario.components)
    if (!copies.has(spec.name)) components[spec.name] = withBoth(spec, components[spec.name]!, copies)
  for (const [name, copy] of copies) {
    const spec = specOf(scenario, name)
    const own = renamed(spec, written.components[name]!, copies)
    components[copy] = spec.host === null ? own : { ...own, host: machines.get(spec.host) }
  }
  const sections: Written = {
    users: written.users,
    components,
    ...(machines.size === 0 ? {} : { hosts: withMachines(written.hosts!, machines) }),
    ...(written.wires ? { wires: wiresOf(written.wires, copies) } : {}),
  }
  return { sections, copies }
}

const withMachines = (hosts: NonNullable<Written['hosts']>, machines: ReadonlyMap<string, string>) => ({
  ...hosts,
  ...Object.fromEntries([...machines].map(([host, machine]) => [machine, hosts[host] ?? null])),
})

/** A name beside `name` that nobody has: `app-3` beside `app-2`, `web-2` beside `web`. */
export function nextTo(name: string, taken: ReadonlySet<string>): string {
  const [, stem, number] = /^(.+?)(?:-?(\d+))?$/s.exec(name)!
  for (let next = number === undefined ? 2 : Number(number) + 1; ; next++) {
    const one = `${stem}-${next}`
    if (!taken.has(one)) return one
  }
}

const specOf = ({ components }: Scenario, name: string): ComponentSpec =>
  components.find((one) => one.name === name)!

/** The entry of a component with `change` made where its options name components that serve, watch or are copied to. */
function changed(
  { options }: ComponentSpec,
  entry: NonNullable<Entry>,
  change: (value: unknown) => unknown,
): NonNullable<Entry> {
  return Object.fromEntries(
    Object.entries(entry).map(([key, value]) => [
      key,
      refsIn(options[key]).some(({ role }) => role === 'serves') ? change(value) : value,
    ]),
  )
}

/** What calls originals calls copies. */
const renamed = (spec: ComponentSpec, entry: Entry, copies: ReadonlyMap<string, string>) =>
  changed(spec, entry!, (value) => renamedIn(value, copies))

function renamedIn(value: unknown, copies: ReadonlyMap<string, string>): unknown {
  if (typeof value === 'string') return copies.get(value) ?? value
  if (Array.isArray(value)) return value.map((one) => renamedIn(one, copies))
  return isEntry(value) ? { ...value, name: renamedIn(value.name, copies) } : value
}

/** Where one of a list is copied, the copy stands in the list too. */
const withBoth = (spec: ComponentSpec, entry: Entry, copies: ReadonlyMap<string, string>) =>
  changed(spec, entry!, (value) => {
    const list = Array.isArray(value) ? value : [value]
    const more = list.filter((one) => copies.has(nameIn(one))).map((one) => renamedIn(one, copies))
    return more.length === 0 ? value : [...list, ...more]
  })

const nameIn = (one: unknown): string => String(isEntry(one) ? one.name : one)

const isEntry = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function wiresOf(
  wires: NonNullable<Written['wires']>,
  copies: ReadonlyMap<string, string>,
): Record<string, Entry> {
  const more = Object.entries(wires).flatMap(([wire, entry]) => {
    const [from, to] = wire.split(' -> ') as [string, string]
    const copy = `${copies.get(from) ?? from} -> ${copies.get(to) ?? to}`
    return copy === wire ? [] : [[copy, entry] as const]
  })
  return { ...wires, ...Object.fromEntries(more) }
}
