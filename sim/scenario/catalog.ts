import * as z from 'zod'
import { kinds } from '../components/registry.js'
import { faultKinds } from '../faults/registry.js'
import { laws } from '../options/law.js'
import { type Signature, show } from '../options/signature.js'
import type { Role } from '../options/types.js'
import { type Count, measureOf } from '../parts/count.js'
import { everyComponent } from '../parts/every-component.js'
import { arrivals } from '../traffic/arrivals.js'
import { closed } from '../traffic/closed.js'
import { profiles } from '../traffic/profile.js'
import { faultOptions, hostOptions, repairOptions, sizeOptions, usersOptions, wireOptions } from './parse.js'

/** One option of something in a scenario file. */
export interface OptionEntry {
  name: string
  type: string
  /** As one writes it; null where there is none. */
  default: string | null
  required: boolean
  says: string
  /** Of what names components: what they are named for. */
  role?: Role
  /** Options of the entries of a list, or of a map. */
  options?: OptionEntry[]
}

/** One kind of something. */
export interface CatalogEntry {
  name: string
  says: string
  /** As it stands in a scenario, in YAML: a small stack with one in it, or an entry of `faults:`. */
  example: string
  options: OptionEntry[]
}

/** One of the numbers that components of a kind report beyond those that all have. */
export interface CountEntry {
  name: string
  unit: Count['unit']
  says: string
  /** How `expect:` calls it. */
  metric: string
}

export interface ComponentEntry extends CatalogEntry {
  /** What people also call it, and nothing else is called: no `kind:` takes these. */
  aliases: readonly string[]
  counts: CountEntry[]
}

/** Everything that a scenario file can say, from the registries and schemas themselves. */
export interface Catalog {
  components: ComponentEntry[]
  faults: (CatalogEntry & { targets: readonly string[] })[]
  /** What every component can say beside `kind:` and `host:`. */
  every_component: OptionEntry[]
  /** Options that all users, hosts, wires, sizes (of a request class), the repair of a scenario and faults have. */
  users: OptionEntry[]
  hosts: OptionEntry[]
  wires: OptionEntry[]
  sizes: OptionEntry[]
  repair: OptionEntry[]
  every_fault: OptionEntry[]
  arrivals: Written[]
  profiles: Written[]
  laws: Written[]
}

/** Something written as `name(arguments)`. */
export interface Written {
  name: string
  /** `lognormal(mean, cv)`. */
  form: string
  says: string
  arguments: OptionEntry[]
}

/**
 * Everything that a scenario file can say: kinds of components and faults with their options, arrival processes,
 * profiles and laws.
 *
 * @example
 * const nginx = catalog().components.find(({ name }) => name === 'nginx')
 * for (const { name, type, says } of nginx.options) console.log(name, type, says)
 */
export function catalog(): Catalog {
  return {
    components: kinds.map(({ kind, says, example, options, aliases = [], counts = {} }) => ({
      name: kind,
      says,
      example: dedented(example),
      aliases: aliases.filter((alias) => kinds.every((other) => other.kind !== alias)),
      options: optionsOf(options),
      counts: Object.entries(counts).map(([name, { unit, says }]) => ({
        name,
        unit,
        says,
        metric: measureOf(name, { unit }),
      })),
    })),
    faults: faultKinds.map(({ kind, says, example, options, targets }) => ({
      name: kind,
      says,
      example,
      targets,
      options: optionsOf(options),
    })),
    every_component: optionsOf(everyComponent),
    users: optionsOf(usersOptions),
    hosts: optionsOf(hostOptions),
    wires: optionsOf(wireOptions),
    sizes: optionsOf(sizeOptions),
    repair: optionsOf(repairOptions),
    every_fault: optionsOf(faultOptions),
    arrivals: [...arrivals, closed].map(written),
    profiles: profiles.map(written),
    laws: laws.map(written),
  }
}

/** Without what the lines are indented by in the file that they stand in. */
function dedented(text: string): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  const indent = Math.min(...lines.map((line) => line.search(/\S/)))
  return lines.map((line) => line.slice(indent)).join('\n')
}

function written(signature: Signature<unknown>): Written {
  const { name, says, parameters } = signature
  const given = parameters.map((p) => ({
    name: p.name,
    type: p.unit,
    default: p.fallback ?? null,
    required: p.fallback === undefined,
    says: '',
  }))
  return { name, form: show(signature), says, arguments: given }
}

function optionsOf(schema: z.ZodObject): OptionEntry[] {
  return Object.entries(schema.shape).map(([name, type]) => optionOf(name, type as z.ZodType))
}

function optionOf(name: string, schema: z.ZodType): OptionEntry {
  const entry: OptionEntry = {
    name,
    type: 'text',
    default: null,
    required: true,
    says: schema.description ?? '',
  }
  // Through what wraps the type proper: default, optional, description, conversion.
  for (let type: z.ZodType | undefined = schema; type !== undefined; type = inner(type)) {
    const meta = z.globalRegistry.get(type) as { type?: string; role?: Role; entry?: z.ZodObject } | undefined
    if (meta?.type !== undefined) entry.type = meta.type
    if (meta?.role !== undefined) entry.role ??= meta.role
    if (meta?.entry !== undefined) entry.options ??= optionsOf(meta.entry).filter((o) => o.name !== 'name')
    if (type.description) entry.says ||= type.description
    if (type instanceof z.ZodOptional || type instanceof z.ZodNullable) entry.required = false
    if (type instanceof z.ZodPrefault) {
      entry.required = false
      entry.default ??= spell(type.def.defaultValue)
    }
    if (type instanceof z.ZodObject) entry.options ??= optionsOf(type)
    if (type instanceof z.ZodDiscriminatedUnion) entry.options ??= variantsOf(type)
  }
  if (entry.type === 'text' && entry.options !== undefined) entry.type = 'options'
  return entry
}

/** The options of all variants, each with the variant it belongs to, after the one that chooses. */
function variantsOf({ def }: z.ZodDiscriminatedUnion): OptionEntry[] {
  const variants = (def.options as z.ZodObject[]).map((variant) => {
    const choice = variant.shape[def.discriminator] as z.ZodLiteral
    return { name: String(choice.value), options: optionsOf(variant) }
  })
  const own = variants.flatMap(({ name, options }) =>
    options.filter((o) => o.name !== def.discriminator).map((o) => ({ ...o, says: `${name}: ${o.says}` })),
  )
  const type = variants.map(({ name }) => name).join(' | ')
  return [{ name: def.discriminator, type, default: null, required: true, says: '' }, ...own]
}

function inner(type: z.ZodType): z.ZodType | undefined {
  const def = type.def as { innerType?: z.ZodType; in?: z.ZodType }
  return def.innerType ?? def.in
}

function spell(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(spell).join(', ')}]`
  if (typeof value === 'object' && value !== null)
    return `{ ${Object.entries(value)
      .map(([k, v]) => `${k}: ${spell(v)}`)
      .join(', ')} }`
  return String(value)
}
