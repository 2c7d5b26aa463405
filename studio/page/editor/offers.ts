import type { Catalog, OptionEntry } from '../../../sim/scenario/catalog.js'
import { type Known, optionAt, optionsAt } from './option-at.js'
import { metrics } from './sections.js'
import type { Spot } from './spot.js'
import type { Written } from './written.js'

/** Something that may stand at a place. */
export interface Offer {
  readonly label: string
  /** What the editor colours it as. */
  readonly type: 'key' | 'kind' | 'name' | 'value' | 'law'
  /** Beside the label: type and default. */
  readonly detail?: string
  readonly says?: string
  /** What is written, where it is not the label. */
  readonly apply?: string
}

/** What may stand where the cursor is. */
export function offersAt(spot: Spot, known: Known): Offer[] {
  if (spot.word.startsWith('*'))
    return known.anchors.map((anchor) => ({
      label: `*${anchor}`,
      type: 'name',
      says: `what &${anchor} stands at`,
    }))
  if (spot.what === 'key') return keysAt(spot.path, spot, known)
  if (spot.what === 'value') return valuesAt(spot.path, spot, known)
  // After a dash a map may begin, or a value.
  const values = valuesAt(spot.path.slice(0, -1), spot, known)
  const braces = spot.path.at(-2) === 'faults' && spot.path.length === 2
  return braces ? keysAt(spot.path, spot, known).filter(({ label }) => label === 'kind') : values
}

// ---- Keys -----------------------------------------------------------------------------------------------------------

function keysAt(path: readonly string[], { beside }: Spot, known: Known): Offer[] {
  const { written } = known
  const offers =
    path[0] === 'wires' && path.length === 1
      ? written.wires.map((label): Offer => ({ label, type: 'name', apply: `${label}: ` }))
      : path[0] === 'expect'
        ? metricsAt(path, written)
        : [...(optionsAt(path, beside, known) ?? []).map(keyOf), ...namedAt(path, beside, known)]
  const merging = path.length > 1 && !beside.has('<<') && known.anchors.length > 0
  const merge: Offer = { label: '<<', type: 'key', apply: '<<: *', says: 'takes over what another map says' }
  return [...offers, ...(merging ? [merge] : [])].filter(({ label }) => !beside.has(label))
}

const keyOf = ({ name, type, default: fallback, required, says }: OptionEntry): Offer => ({
  label: name,
  type: 'key',
  apply: `${name}: `,
  detail: `${type}${fallback === null ? (required ? ', must be there' : '') : `, default ${fallback}`}`,
  says,
})

/** Keys that are names of something: request classes. */
function namedAt(path: readonly string[], beside: Spot['beside'], known: Known): Offer[] {
  const option = optionAt(path, beside, known)
  const classes = known.written.classes.map((label): Offer => ({ label, type: 'name', apply: `${label}: ` }))
  if (path[0] === 'sizes' && path.length === 1) return classes
  if (option?.type === 'shares') return classes
  if (option === undefined || !option.type.includes('per class')) return []
  return [...classes, { label: 'default', type: 'key', apply: 'default: ', says: 'for all others' }]
}

/** Metrics, in one word or section by section. */
function metricsAt(path: readonly string[], { components, hosts, classes, users }: Written): Offer[] {
  if (path.length > 1) return []
  const shares = (group: string, names: Iterable<string>) =>
    [...names].map((name): Offer => {
      const label = `${group}.${name}.utilization`
      return { label, type: 'key', apply: `${label}: "<= 70%"`, says: 'share in use' }
    })
  const parts = (group: string, names: readonly string[]) =>
    names.flatMap((name) =>
      metrics.slice(0, 10).map(({ name: metric, condition, says }): Offer => {
        const label = `${group}.${name}.${metric}`
        return { label, type: 'key', apply: `${label}: ${condition}`, says }
      }),
    )
  return [
    ...metrics.map(
      ({ name, condition, says }): Offer => ({
        label: name,
        type: 'key',
        apply: `${name}: ${condition}`,
        detail: condition,
        says,
      }),
    ),
    ...shares('components', components.keys()),
    ...shares('hosts', hosts),
    ...parts('classes', classes),
    ...(users.length > 1 ? parts('users', users) : []),
  ]
}

// ---- Values ---------------------------------------------------------------------------------------------------------

function valuesAt(path: readonly string[], spot: Spot, known: Known): Offer[] {
  const { catalog, written } = known
  const option = optionAt(path, spot.beside, known)
  if (option === undefined) {
    // What is said of a request class, in a map.
    const above = optionAt(path.slice(0, -1), new Map(), known)
    if (above?.type.includes('law per class')) return lawsOf(catalog, spot.quoted, path)
    const metric = path[0] === 'expect' && metrics.find(({ name }) => name === path.at(-1))
    return metric ? [{ label: metric.condition, type: 'value', says: metric.says }] : []
  }
  const { type, role } = option
  if (type === 'component kind')
    return catalog.components.map(({ name, says }) => ({ label: name, type: 'kind', says }))
  if (type === 'fault kind')
    return catalog.faults.map(({ name, says }) => ({ label: name, type: 'kind', says }))
  if (path[0] === 'faults' && option.name === 'target') return targetsOf(spot.beside.get('kind'), known)
  if (role !== undefined || type === 'component') return componentsOf(written)
  if (type === 'host') return written.hosts.map((label) => ({ label, type: 'name', says: 'host' }))
  if (option.name === 'zone' && type === 'name')
    return written.zones.map((label) => ({ label, type: 'name', says: 'zone' }))
  if (type === 'arrival process') return catalog.arrivals.map(formed(spot.quoted, path))
  if (type === 'profile') return catalog.profiles.map(formed(spot.quoted, path))
  if (/\blaw\b/.test(type)) {
    const trace: Offer = { label: 'trace', type: 'value', says: 'as the recorded requests say' }
    return [...lawsOf(catalog, spot.quoted, path), ...(type.endsWith('or trace') ? [trace] : [])]
  }
  return wordsOf(option, written)
}

const componentsOf = ({ components, placed }: Written): Offer[] =>
  [...components].map(([label, kind]) => ({
    label,
    type: 'name',
    says: `${kind}${placed.has(label) ? ` on ${placed.get(label)}` : ''}`,
  }))

/** What a fault of this kind may strike; of any where it is not known. */
function targetsOf(kind: string | undefined, { catalog, written }: Known): Offer[] {
  const targets = catalog.faults.find(({ name }) => name === kind)?.targets
  const fits = (type: string) => targets === undefined || targets.includes(type)
  const named = (type: string, names: readonly string[]) =>
    fits(type) ? names.map((label): Offer => ({ label, type: 'name', says: type })) : []
  return [
    ...(fits('component') ? componentsOf(written) : []),
    ...named('host', written.hosts),
    ...named('zone', written.zones),
    ...named('wire', written.wires),
    ...named('users', written.users),
  ]
}

const lawsOf = (catalog: Catalog, quoted: boolean, path: readonly string[]): Offer[] =>
  catalog.laws.map(formed(quoted, path))

/** `name(arguments)`, in quotes where a comma would end it. */
const formed =
  (quoted: boolean, path: readonly string[]) =>
  ({ form, says }: { form: string; says: string }): Offer => ({
    label: form,
    type: 'law',
    says,
    apply: !quoted && form.includes(',') && path.length > 2 ? `"${form}"` : form,
  })

/** Words that an option knows. */
function wordsOf({ type, default: fallback }: OptionEntry, { classes }: Written): Offer[] {
  const words = type.includes(' | ')
    ? type.split(' | ')
    : /\bon or off\b/.test(type) || /^on, off\b/.test(type)
      ? ['on', 'off']
      : (/\bor (unlimited|none|auto)$/.exec(type)?.slice(1) ?? [])
  const own = words.map(
    (label): Offer => ({
      label,
      type: 'value',
      detail: label === fallback ? 'default' : undefined,
    }),
  )
  const named = /\bclass(es)?$/.test(type) && !type.includes('per class')
  return [
    ...own,
    ...(named ? classes.map((label): Offer => ({ label, type: 'name', says: 'request class' })) : []),
  ]
}

/** Options of components that name others. */
export function namingOptions({ components }: Catalog): Set<string> {
  const found = new Set<string>()
  for (const { options } of components)
    for (const { name, role } of options) if (role !== undefined) found.add(name)
  return found
}

export const anchorsIn = (text: string): string[] => [
  ...new Set([...text.matchAll(/(?<=^|[\s[{,])&([^\s,[\]{}]+)/gm)].map(([, name]) => name!)),
]
