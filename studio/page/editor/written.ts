import { parseDocument } from 'yaml'
import { besideOf } from '../../../sim/scenario/paths.js'
import type { Text } from '../../messages.js'

/** What a scenario names, as far as it can be read while it is being written. */
export interface Written {
  /** Kinds of components, by name; empty where none is said. */
  readonly components: ReadonlyMap<string, string>
  /** Where a component stands, by its name. */
  readonly placed: ReadonlyMap<string, string>
  readonly hosts: readonly string[]
  readonly zones: readonly string[]
  readonly users: readonly string[]
  readonly classes: readonly string[]
  /** `from -> to`, for all that call one another. */
  readonly wires: readonly string[]
}

type Tree = Readonly<Record<string, unknown>>

/** Files that extend one another. */
const MOST_DEEP = 20
/** Aliases that are followed: a few lines of aliases of aliases can mean billions. */
const MOST_ALIASES = 10_000

/**
 * @param names options of components that name others
 * @returns null where the text cannot be read: then what was known before is better
 */
export function writtenIn(scenario: Text, names: ReadonlySet<string>): Written | null {
  const whole = wholeOf(scenario)
  if (whole === null) return null
  const [hosts, users, components] = [mapOf(whole.hosts), mapOf(whole.users), mapOf(whole.components)]
  const wires = new Set<string>()
  for (const [from, options] of Object.entries(components))
    for (const [option, value] of Object.entries(mapOf(options)))
      if (names.has(option)) for (const to of namesIn(value)) wires.add(`${from} -> ${to}`)
  for (const [from, { to }] of mapsIn(users)) if (typeof to === 'string') wires.add(`${from} -> ${to}`)
  const placed = mapsIn(components).flatMap(([name, { host }]): [string, string][] =>
    typeof host === 'string' ? [[name, host]] : [],
  )
  return {
    components: new Map(mapsIn(components).map(([name, { kind }]) => [name, textOf(kind)])),
    placed: new Map(placed),
    hosts: Object.keys(hosts),
    zones: [...new Set(mapsIn(hosts).map(([, { zone }]) => textOf(zone)))].filter((zone) => zone !== ''),
    users: Object.keys(users),
    classes: [...new Set(mapsIn(users).flatMap(([, { mix }]) => Object.keys(mapOf(mix))))],
    wires: [...wires],
  }
}

/** With what it extends; null where it is not YAML. */
function wholeOf({ text, file, files }: Text, deep = 0): Tree | null {
  let tree: Tree
  try {
    const document = parseDocument(text, { merge: true, logLevel: 'silent' })
    if (document.errors.length > 0) return null
    tree = mapOf(document.toJS({ maxAliasCount: MOST_ALIASES }))
  } catch {
    // Too many aliases, or brackets in brackets without end.
    return null
  }
  if (typeof tree.extends !== 'string' || deep === MOST_DEEP) return tree
  const base = besideOf(file, tree.extends)
  if (!Object.hasOwn(files, base)) return tree
  return over(wholeOf({ text: files[base]!, file: base, files }, deep + 1) ?? {}, tree)
}

/** Maps are merged, everything else is replaced; but by nothing, which is still to be written. */
function over(base: Tree, own: Tree): Tree {
  const all: Record<string, unknown> = { ...base }
  for (const [name, value] of Object.entries(own))
    all[name] = isMap(all[name]) && isMap(value) ? over(all[name], value) : (value ?? all[name])
  return all
}

/** Names in a value: one, several, maps with a name, or maps with servers under names of the author's. */
function namesIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (Array.isArray(value)) return value.flatMap(namesIn)
  if (!isMap(value)) return []
  return namesIn(value.name ?? mapsIn(value).map(([, { servers }]) => servers))
}

const isMap = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const mapOf = (value: unknown): Tree => (isMap(value) ? value : {})

const mapsIn = (value: Tree): [string, Tree][] =>
  Object.entries(value).map(([name, inner]) => [name, mapOf(inner)])

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')
