import type { Catalog, OptionEntry, Written } from '../sim/scenario/catalog.js'
import { wrap } from './text.js'

/** What `nines list` prints: all names with a line each; or, for one name, its options. */
export function catalogText(catalog: Catalog, only: string | undefined): string {
  if (only !== undefined) return one(catalog, only)
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
    section('laws (wherever a duration is drawn)', forms(catalog.laws)),
    'nines list NAME shows the options of one of these, and of users, hosts, wires.',
  ].join('\n')
}

/** Everything written as `name(arguments)`, and what it is. */
const written = ({ arrivals, profiles, laws }: Catalog): (Written & { what: string })[] =>
  Object.entries({ arrival: arrivals, profile: profiles, law: laws }).flatMap(([what, entries]) =>
    entries.map((e) => ({ ...e, what })),
  )

/** Names that `nines list NAME` knows. */
export function catalogNames(catalog: Catalog): string[] {
  return [
    ...catalog.components.map((c) => c.name),
    ...catalog.faults.map((f) => f.name),
    ...written(catalog).map(({ name }) => name),
    'users',
    'hosts',
    'wires',
  ]
}

function one(catalog: Catalog, name: string): string {
  const parts: string[] = []
  for (const kind of catalog.components.filter((c) => c.name === name))
    parts.push(wrap(`${name}: ${kind.says}`), options(kind.options))
  for (const fault of catalog.faults.filter((f) => f.name === name)) {
    parts.push(
      wrap(`${name} (fault): ${fault.says}`),
      options([...catalog.every_fault.filter((o) => o.name !== 'kind'), ...fault.options]),
    )
  }
  for (const { form, what, says, arguments: given } of written(catalog).filter((w) => w.name === name))
    parts.push(wrap(`${form} (${what}): ${says}`), options(given))
  if (name === 'users') parts.push('users', options(catalog.users))
  if (name === 'hosts') parts.push('hosts', options(catalog.hosts))
  if (name === 'wires') parts.push('wires', options(catalog.wires))
  return `${parts.join('\n')}\n`
}

function options(entries: readonly OptionEntry[], indent = '  '): string {
  return entries
    .map((o) => {
      const value = o.required ? 'required' : o.default === null ? 'optional' : `default ${o.default}`
      const head = wrap(`${indent}${o.name}: ${o.type} (${value})`.trimStart(), 98 - indent.length).replace(
        /^/gm,
        indent,
      )
      const says = o.says ? `\n${wrap(o.says, 92 - indent.length).replace(/^ */gm, `${indent}    `)}` : ''
      const inner = o.options && o.options.length > 0 ? `\n${options(o.options, `${indent}      `)}` : ''
      return head + says + inner
    })
    .join('\n')
}

function forms(entries: readonly Written[]): [string, string][] {
  return entries.map((e) => [e.form, e.says])
}

function section(title: string, rows: readonly [string, string][]): string {
  const width = Math.max(...rows.map(([name]) => name.length))
  const body = rows.map(([name, says]) => {
    const lines = wrap(says, 94 - width).split('\n')
    return lines.map((line, i) => `  ${(i === 0 ? name : '').padEnd(width)}  ${line.trimStart()}`).join('\n')
  })
  return `${title}\n${body.join('\n')}\n`
}
