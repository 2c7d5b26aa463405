import * as z from 'zod'
import { kinds } from '../../components/registry.js'
import { faultKinds } from '../../faults/registry.js'
import { everyComponent } from '../../parts/every-component.js'
import { topOptions } from '../check/top.js'
import { DEMANDS, GROUPS, METRICS } from '../expect.js'
import { faultOptions, hostOptions, repairOptions, sizeOptions, usersOptions, wireOptions } from '../parse.js'
import { choiceOf, FORMS, type Json } from './forms.js'

/** What editors know best. */
const DRAFT = 'http://json-schema.org/draft-07/schema#'

/**
 * The JSON Schema of the scenario file, from the schemas that check it: what editors complete, explain and underline
 * from. It tells unknown options, kinds and words, and values that are written in no known way; what names lead to,
 * and what the whole means, only the checker knows. A file that `extends` another says only what differs, so that
 * nothing is missing in it, and takes away by `null` what the other has.
 */
export function scenarioSchema(): Json {
  const sections = {
    hosts: namesOf(orNothing(ref('host')), 'machines: components on one share its cores'),
    users: namesOf(ref('users'), 'who asks'),
    components: namesOf(ref('component'), 'the boxes of the drawing: what stands where'),
    wires: namesOf(orNothing(ref('wire')), 'what a way costs, by its name: "nginx -> app"'),
    sizes: namesOf(ref('sizes'), 'how large requests and answers are, by request class, or default'),
    faults: { type: 'array', items: ref('fault'), description: 'what breaks' },
    repair: { ...orNothing(ref('repair')), description: 'who repairs what breaks by mtbf and mttr' },
    expect: expectations(),
  }
  const top = closed(topOptions)
  const properties = top.properties as Record<string, Json>
  for (const [name, schema] of Object.entries(sections))
    properties[name] = name in OPTIONAL ? orNothing(schema) : schema
  for (const [name, says] of Object.entries(SAYS)) properties[name]!.description ??= says
  properties.extends = { type: 'string', description: 'a file from which all is taken that is not said here' }
  const definitions = definitionsOf()
  return {
    $schema: DRAFT,
    title: 'A scenario of nines',
    ...open(top),
    if: { required: ['extends'] },
    else: {
      required: top.required,
      properties: {
        users: { additionalProperties: { type: 'object', ...required(closed(usersOptions)) } },
        components: {
          additionalProperties: {
            type: 'object',
            required: ['kind'],
            allOf: kinds.map(({ kind, options }) => when(kind, required(closed(options)))),
          },
        },
      },
    },
    definitions,
  }
}

/** Sections that may be there and say nothing. */
const OPTIONAL = { hosts: 1, wires: 1, sizes: 1, faults: 1, expect: 1 }

/** What must be there unless another file has it. */
const OR_TAKEN_AWAY = ['object', 'null']

/** What the checker of the top has no words for. */
const SAYS: Readonly<Record<string, string>> = {
  name: 'what reports call it',
  seed: 'of all random numbers; default 1',
  lasts: 'simulated time that is measured, after the warm-up; default 1min, or what is needed',
  warmup: 'simulated time before that, or auto',
  replications: 'independent runs, for the confidence intervals',
  good: 'an answer is good that is ok and came within this, counted from the arrival',
}

function definitionsOf(): Record<string, Json> {
  const all: Record<string, Json> = {
    host: open(closed(hostOptions)),
    users: { ...open(closed(usersOptions)), type: OR_TAKEN_AWAY },
    wire: open(closed(wireOptions)),
    sizes: open(closed(sizeOptions)),
    repair: open(closed(repairOptions)),
    condition: {
      description: 'a condition, such as ">= 99.9%" or "<= 500ms"; null takes back what another file expects',
      anyOf: [{ type: 'string', pattern: '^\\s*(?:>=|<=|>|<)\\s*\\S' }, { type: 'null' }],
    },
    component: { ...chosen('component', kinds), type: OR_TAKEN_AWAY },
    fault: { required: ['kind'], ...chosen('fault', faultKinds) },
  }
  const shared = Object.entries(open(closed(everyComponent)).properties as Json)
  for (const [name, json] of shared) all[`every-${name}`] = json as Json
  const every = Object.fromEntries(shared.map(([name]) => [name, ref(`every-${name}`)]))
  for (const { kind, says, options } of kinds) {
    const schema = open(closed(options))
    const own = { kind: { const: kind }, host: { type: 'string', description: 'the machine that it is on' } }
    const properties = { ...own, ...every, ...(schema.properties as Json) }
    all[`component-${kind}`] = { ...schema, description: says, properties }
  }
  for (const { kind, says, options } of faultKinds) {
    const schema = closed(faultOptions.extend(options.shape))
    const properties = { ...(schema.properties as Json), kind: { const: kind } }
    const timing = [{ required: ['at'] }, { required: ['mtbf', 'mttr'] }]
    all[`fault-${kind}`] = { ...schema, description: says, properties, anyOf: timing }
  }
  for (const [name, form] of Object.entries(FORMS)) all[nameOf(name)] = form
  return all
}

/** An entry of one kind or another, by its `kind:`; without one, what an entry of another file may get changed. */
function chosen(what: string, known: readonly { readonly kind: string }[]): Json {
  const names = known.map(({ kind }) => kind)
  return {
    type: 'object',
    properties: { kind: { enum: names, description: `one of the kinds of ${what}s: nines list` } },
    allOf: names.map((kind) => when(kind, ref(`${what}-${kind}`))),
  }
}

const when = (kind: string, then: Json): Json => ({
  if: { type: 'object', properties: { kind: { const: kind } }, required: ['kind'] },
  then,
})

/** `expect:`, flat (`classes.home.latency_p99`) or in maps. */
function expectations(): Json {
  const { all, ...groups } = METRICS
  const condition = ref('condition')
  const conditions = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, condition]))
  const { spof: _, ...demands } = DEMANDS
  const within = (group: (typeof GROUPS)[number]): Json => ({
    type: 'object',
    additionalProperties: {
      anyOf: [
        condition,
        {
          type: 'object',
          properties: conditions(Object.keys(groups[group])),
          additionalProperties: condition,
        },
      ],
    },
  })
  return {
    type: 'object',
    description: 'objectives, judged by --check',
    properties: {
      ...conditions([...Object.keys(all), ...Object.keys(demands)]),
      spof: { enum: ['none', null], description: 'that there is no single point of failure' },
      ...Object.fromEntries(GROUPS.map((group) => [group, within(group)])),
    },
    patternProperties: { [`^(?:${GROUPS.join('|')})\\.`]: {}, ...MERGED },
    additionalProperties: false,
  }
}

/** YAML's own `<<: *other`, for editors that do not resolve it. */
const MERGED: Json = { '^<<$': {} }

/** A map from names that the author gives. */
const namesOf = (one: Json, says: string): Json => ({
  type: 'object',
  description: says,
  patternProperties: MERGED,
  additionalProperties: one,
})

const orNothing = (schema: Json): Json => ({ anyOf: [schema, { type: 'null' }] })

const ref = (name: string): Json => ({ $ref: `#/definitions/${name}` })

const nameOf = (form: string): string => form.replaceAll(' ', '-')

/** What must be there, of a schema and of the maps in it; nothing else is asked. */
function required(schema: Json): Json {
  const own = schema.required as string[] | undefined
  const inner = Object.entries((schema.properties as Record<string, Json>) ?? {})
    .map(([name, part]) => [name, required(part)] as const)
    .filter(([, part]) => Object.keys(part).length > 0)
  return {
    ...(own !== undefined && own.length > 0 && { required: own }),
    ...(inner.length > 0 && { properties: Object.fromEntries(inner) }),
  }
}

/** The schema, and that of the maps in it, with nothing that must be there. What stands in lists is whole. */
function open(schema: Json): Json {
  const { required: _, properties, ...rest } = schema
  if (properties === undefined) return rest
  const inner = Object.entries(properties as Record<string, Json>).map(([name, part]) => [name, open(part)])
  return { ...rest, properties: Object.fromEntries(inner) }
}

/** The JSON Schema of what the checker takes, before it is read. */
function closed(schema: z.ZodType): Json {
  const made = z.toJSONSchema(schema, {
    io: 'input',
    target: 'draft-7',
    unrepresentable: 'any',
    // Types have words of their own in their meta data, which are none of JSON Schema.
    metadata: z.registry<Json>(),
    override: ({ zodSchema, jsonSchema }) => rewrite(zodSchema, jsonSchema as Json),
  }) as Json
  const { $schema: _, ...rest } = made
  return rest
}

/** With the form of its type, where zod knows only that it is read from a text, and with what is said of it. */
function rewrite(schema: z.core.$ZodType, json: Json): void {
  const { type, description } = (z.globalRegistry.get(schema) ?? {}) as {
    type?: string
    description?: string
  }
  const form = type === undefined || !takesAnyText(json) ? null : formOf(type)
  if (form !== null) {
    const { default: fallback } = json
    for (const key of Object.keys(json)) delete json[key]
    Object.assign(json, form, fallback !== undefined && { default: fallback })
  }
  if (json.additionalProperties === false) json.patternProperties = MERGED
  if (description !== undefined) json.description = description
}

/** How values of a type are written; null for one that is a map, a list, or a name of the author's. */
function formOf(type: string): Json | null {
  if (type in FORMS) return { allOf: [ref(nameOf(type))] }
  return type.includes(' | ') ? choiceOf(type.split(' | ')) : null
}

function takesAnyText(json: Json): boolean {
  const forms = (json.anyOf as Json[] | undefined) ?? [json]
  return forms.some(({ type, enum: words, const: word }) => type === 'string' && !words && word === undefined)
}
