import type { Catalog, OptionEntry } from '../../../sim/scenario/catalog.js'
import { sections } from './sections.js'
import type { Spot } from './spot.js'
import type { Written } from './written.js'

/** All that is known where something is offered. */
export interface Known {
  readonly catalog: Catalog
  readonly written: Written
  /** `&name` in the text. */
  readonly anchors: readonly string[]
}

/** Options of the map at `path`; null where its keys are names. */
export function optionsAt(
  path: readonly string[],
  beside: Spot['beside'],
  known: Known,
): readonly OptionEntry[] | null {
  const { catalog } = known
  const [section, name, ...inner] = path
  if (section === undefined) return sections
  if (section === 'repair') return within(catalog.repair, path.slice(1))
  if (name === undefined) return null
  if (section === 'hosts') return within(catalog.hosts, inner)
  if (section === 'users') return within(catalog.users, inner)
  if (section === 'wires') return within(catalog.wires, inner)
  if (section === 'sizes') return within(catalog.sizes, inner)
  if (section === 'faults') return inner.length === 0 ? faultOptionsOf(beside.get('kind'), catalog) : null
  if (section !== 'components') return null
  const kind = (inner.length === 0 ? beside.get('kind') : undefined) ?? known.written.components.get(name)
  const entry = catalog.components.find((one) => one.name === kind)
  return within([...everyComponent(kind), ...(entry?.options ?? []), ...catalog.every_component], inner)
}

const everyComponent = (kind: string | undefined): OptionEntry[] => [
  { name: 'kind', type: 'component kind', default: null, required: kind === undefined, says: 'what it is' },
  {
    name: 'host',
    type: 'host',
    default: null,
    required: false,
    says: 'the machine it runs on; default: CPU of its own',
  },
]

function faultOptionsOf(kind: string | undefined, { faults, every_fault }: Catalog): OptionEntry[] {
  const [first, target, ...rest] = every_fault.map((option) =>
    option.name === 'kind' ? { ...option, type: 'fault kind', says: 'what happens' } : option,
  )
  return [first!, target!, ...(faults.find(({ name }) => name === kind)?.options ?? []), ...rest]
}

/** Options of what an option holds: of a map, of the entries of a list, or of maps under names of the author's. */
function within(options: readonly OptionEntry[], path: readonly string[]): readonly OptionEntry[] | null {
  const [step, ...rest] = path
  if (step === undefined) return options
  const option = options.find(({ name }) => name === step)
  const items = rest[0] === '-'
  if (option?.options === undefined) return null
  if (option.type.endsWith(' by name'))
    return rest.length === 0 ? null : within(option.options, rest.slice(1))
  const name: OptionEntry = {
    name: 'name',
    type: 'component',
    default: null,
    required: true,
    says: 'the server',
  }
  return within(items ? [name, ...option.options] : option.options, items ? rest.slice(1) : rest)
}

/** The option whose value stands at `path`. */
export function optionAt(
  path: readonly string[],
  beside: Spot['beside'],
  known: Known,
): OptionEntry | undefined {
  const inner = path.at(-1) === '-' ? path.slice(0, -1) : path
  return optionsAt(inner.slice(0, -1), beside, known)?.find(({ name }) => name === inner.at(-1))
}
