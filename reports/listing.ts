import { ROLES } from '../sim/options/types.js'
import { UNITS } from '../sim/parts/count.js'
import type {
  Catalog,
  CatalogEntry,
  ComponentEntry,
  CountEntry,
  OptionEntry,
  Written,
} from '../sim/scenario/catalog.js'
import { WIDTH, wrap } from './text.js'

/** What `nines list` prints: all names with a line each; or, for one name, its options. */
export function catalogText(catalog: Catalog, only: string | undefined, width = WIDTH): string {
  if (only !== undefined) return one(catalog, only, width)
  const section = (title: string, entries: readonly [string, string][]) => sectionOf(title, entries, width)
  return [
    section(
      'component kinds (kind:)',
      catalog.components.map((c) => [c.name, c.says]),
    ),
    section(
      'faults (faults:)',
      catalog.faults.map((f) => [f.name, `${f.says} [${f.targets.join(', ')}]`]),
    ),
    section('arrivals (arrive:)', forms(catalog.arrivals)),
    section('profiles (profile:)', forms(catalog.profiles)),
    section('laws (wherever a duration or a size is drawn)', forms(catalog.laws)),
    `${wrap('nines list NAME shows the options of one of these, and of users, hosts, sizes, wires, repair.', width)}\n`,
  ].join('\n')
}

/** Everything written as `name(arguments)`, and what it is. */
const written = ({ arrivals, profiles, laws }: Catalog): (Written & { what: string })[] =>
  Object.entries({ arrival: arrivals, profile: profiles, law: laws }).flatMap(([what, entries]) =>
    entries.map((e) => ({ ...e, what })),
  )

/** The part of the catalog that is about one name: lists without it are not there. */
export function only(catalog: Catalog, name: string): Partial<Catalog> {
  const own = Object.entries(catalog).flatMap(([section, entries]) => {
    if (section === name) return [[section, entries]]
    const named = OF_OPTIONS.includes(section) ? [] : entries.filter((e: { name: string }) => e.name === name)
    if (named.length === 0) return []
    const every = section === 'faults' ? 'every_fault' : section === 'components' ? 'every_component' : null
    return every === null
      ? [[section, named]]
      : [
          [section, named],
          [every, catalog[every]],
        ]
  })
  return Object.fromEntries(own)
}

/** Sections of the catalog that are options themselves, and are named like that. */
const OF_OPTIONS: readonly string[] = [
  'users',
  'hosts',
  'wires',
  'sizes',
  'repair',
  'every_fault',
  'every_component',
]

/** Names that `nines list NAME` knows, with those that people use for them. */
export const namesOf = (catalog: Catalog): { kind: string; aliases: readonly string[] }[] =>
  catalogNames(catalog).map((kind) => ({
    kind,
    aliases: catalog.components.find((c) => c.name === kind)?.aliases ?? [],
  }))

/** Names that `nines list NAME` knows. */
export function catalogNames(catalog: Catalog): string[] {
  return [
    ...catalog.components.map((c) => c.name),
    ...catalog.faults.map((f) => f.name),
    ...written(catalog).map(({ name }) => name),
    'users',
    'hosts',
    'wires',
    'sizes',
    'repair',
  ]
}

function one(catalog: Catalog, name: string, width: number): string {
  const told = (text: string) => wrap(text, width)
  const options = (entries: readonly OptionEntry[]) => optionsOf(entries, width)
  const parts: string[] = []
  for (const kind of catalog.components.filter((c) => c.name === name))
    parts.push(
      told(`${name}: ${kind.says}`),
      ...standsFor(kind).map(told),
      options(kind.options),
      options(catalog.every_component),
      ...counts(kind.counts, width),
      ...exampleOf(kind, 'components:', '', width),
    )
  for (const fault of catalog.faults.filter((f) => f.name === name)) {
    parts.push(
      told(`${name} (fault): ${fault.says}`),
      options([...catalog.every_fault.filter((o) => o.name !== 'kind'), ...fault.options]),
      ...exampleOf(fault, 'faults:', '- ', width),
    )
  }
  for (const { form, what, says, arguments: given } of written(catalog).filter((w) => w.name === name))
    parts.push(told(`${form} (${what}): ${says}`), options(given))
  if (name === 'users') parts.push('users', options(catalog.users))
  if (name === 'hosts') parts.push('hosts', options(catalog.hosts))
  if (name === 'wires') parts.push('wires', options(catalog.wires))
  if (name === 'repair') parts.push('repair', options(catalog.repair))
  if (name === 'sizes') parts.push('sizes (by request class)', options(catalog.sizes))
  return `${parts.join('\n')}\n`
}

const standsFor = ({ name, aliases }: ComponentEntry): string[] =>
  aliases.length > 0 ? [`Write kind: ${name} for ${aliases.join(', ')} too.`] : []

/** To be taken into a scenario: a flow map may go on in the next line, if that is indented. */
function exampleOf({ example }: CatalogEntry, section: string, mark: string, width: number): string[] {
  const lines = example.split('\n').flatMap((line) => {
    const [, indent, text] = /^( *)(.*)$/.exec(line)!
    return wrap(`${mark}${text}`, width - 2 - indent!.length).replace(/^/gm, `  ${indent}`)
  })
  return [`example (${section})`, ...lines]
}

function counts(entries: readonly CountEntry[], width: number): string[] {
  if (entries.length === 0) return []
  const lines = entries.map(({ name, unit, says, metric }) => {
    const sign = UNITS[unit].sign.trim()
    const about = [sign && `in ${sign}`, metric !== name && `${metric} in expect:`].filter(Boolean).join(', ')
    return wrap(`${name}${about && ` (${about})`}: ${says}`, width - 8).replace(/^ */gm, '  ')
  })
  return ['counts (in results; in expect: components.NAME.<count>)', ...lines]
}

function optionsOf(entries: readonly OptionEntry[], width: number, indent = '  '): string {
  return entries
    .map((o) => {
      const value = o.required ? 'required' : o.default === null ? 'optional' : `default ${o.default}`
      const head = wrap(
        `${indent}${o.name}: ${o.type}${o.role ? `, ${ROLES[o.role]}` : ''} (${value})`.trimStart(),
        width - 2 - indent.length,
      ).replace(/^/gm, indent)
      const says = o.says
        ? `\n${wrap(o.says, width - 8 - indent.length).replace(/^ */gm, `${indent}    `)}`
        : ''
      const inner =
        o.options && o.options.length > 0 ? `\n${optionsOf(o.options, width, `${indent}      `)}` : ''
      return head + says + inner
    })
    .join('\n')
}

function forms(entries: readonly Written[]): [string, string][] {
  return entries.map((e) => [e.form, e.says])
}

function sectionOf(title: string, rows: readonly [string, string][], width: number): string {
  const names = Math.max(...rows.map(([name]) => name.length))
  const body = rows.map(([name, says]) => {
    const lines = wrap(says, Math.max(24, width - 6 - names)).split('\n')
    return lines.map((line, i) => `  ${(i === 0 ? name : '').padEnd(names)}  ${line.trimStart()}`).join('\n')
  })
  return `${title}\n${body.join('\n')}\n`
}
