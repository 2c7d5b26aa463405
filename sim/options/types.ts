import { z } from 'zod'
import { Constant, type Distribution } from '../random/distribution.js'
import { parseLaw } from './law.js'
import { hint } from './nearest.js'
import type { Files } from './signature.js'
import { parseDuration, parseFactor, parseNumber, parseRate, parseShare, Unreadable } from './units.js'

/**
 * The types of options. Each takes what a scenario says (text with a unit) and gives what the model computes
 * with (seconds, requests per second, shares). `meta.type` is what listings call it.
 */

const text = z.union([z.string(), z.number()])

/** A type that `read` decides about; what it throws (`Unreadable`) is what was expected. */
function typed<T>(type: string, read: (value: string | number) => T) {
  return text
    .transform((value, ctx): T => {
      try {
        return read(value)
      } catch (error) {
        if (!(error instanceof Unreadable)) throw error
        ctx.addIssue({ code: 'custom', message: `expected ${error.message}` })
        return z.NEVER
      }
    })
    .meta({ type })
}

function check(ok: boolean, says: string): void {
  if (!ok) throw new Unreadable(says)
}

/** Seconds, 0 or more. */
export const duration = () => typed('duration', parseDuration)

/** Seconds above 0. */
export const period = () =>
  typed('duration', (value) => {
    const seconds = parseDuration(value)
    check(seconds > 0, 'a duration above 0')
    return seconds
  })

/** Seconds; `none` is infinity. */
export const timeout = () =>
  typed('duration or none', (value) => {
    if (value === 'none') return Number.POSITIVE_INFINITY
    const seconds = parseDuration(value)
    check(seconds > 0, 'a timeout above 0, or none')
    return seconds
  })

/** Requests per second. */
export const rate = () => typed('rate', parseRate)

/** 0 to 1. */
export const share = () => typed('share', parseShare)

/** A factor above 0: `3`, or `300%`. */
export const factor = () =>
  typed('factor', (value) => {
    const n = parseFactor(value)
    check(n > 0, 'a factor above 0')
    return n
  })

/** A whole number from `low` to `high`. */
export const count = (low = 0, high = Number.MAX_SAFE_INTEGER) =>
  typed('count', (value) => {
    const n = parseNumber(value)
    const range = high === Number.MAX_SAFE_INTEGER ? `of ${low} or more` : `from ${low} to ${high}`
    check(Number.isInteger(n) && n >= low && n <= high, `a whole number ${range}, not ${value}`)
    return n
  })

/** A whole number of `low` or more, or `unlimited` (infinity). */
export const limit = (low = 0) =>
  typed('count or unlimited', (value) => {
    if (value === 'unlimited') return Number.POSITIVE_INFINITY
    const n = parseNumber(value)
    check(Number.isInteger(n) && n >= low, `a whole number of ${low} or more, or unlimited, not ${value}`)
    return n
  })

/** A number above `low`. */
export const numberAbove = (low: number) =>
  typed('number', (value) => {
    const n = parseNumber(value)
    check(n > low, `a number above ${low}, not ${value}`)
    return n
  })

/** `on`/`off`, as HAProxy and Nginx write switches, or true/false. */
export const flag = () =>
  z
    .union([z.boolean(), z.enum(['on', 'off'])], { error: 'expected on or off' })
    .transform((value) => value === true || value === 'on')
    .meta({ type: 'on or off' })

/** One of some words. */
export const oneOf = <const W extends readonly [string, ...string[]]>(...words: W) =>
  z
    .enum(words, { error: (issue) => `expected one of ${words.join(', ')}, not ${shown(issue.input)}` })
    .meta({ type: words.join(' | ') })

/** The name of another component. The checker finds these wherever they stand in the options. */
export class Ref {
  /** @param kind what it must be; null for any */
  constructor(
    readonly name: string,
    readonly kind: string | null = null,
  ) {}
}
export const ref = (kind: string | null = null) =>
  z
    .string({ error: 'expected the name of a component' })
    .transform((name) => new Ref(name, kind))
    .meta({ type: 'component' })
export const refs = (kind: string | null = null) =>
  z
    .array(ref(kind), { error: 'expected a list of components: [a, b]' })
    .min(1, 'expected at least one component')
    .meta({ type: 'components' })

/** Components, some with options of their own: `[a, { name: b, weight: 3 }]`. */
export const refsWith = <Shape extends z.ZodRawShape>(shape: Shape, kind: string | null = null) => {
  const entry = z.strictObject({ name: ref(kind), ...shape })
  const plain = z.string().transform((name) => entry.parse({ name }))
  return z
    .array(z.union([plain, entry], { error: (issue) => serverMessage(issue, Object.keys(shape)) }), {
      error: 'expected a list of components: [a, { name: b, ... }]',
    })
    .min(1, 'expected at least one component')
    .meta({ type: 'components', entry })
}

// Of a union's complaints, those about the map say what is wrong in it.
function serverMessage(issue: { errors?: unknown; input?: unknown }, known: readonly string[]): string {
  if (typeof issue.input !== 'object' || issue.input === null)
    return 'expected the name of a component, or { name: ..., ... }'
  const told =
    (
      (issue.errors ?? []) as { message: string; code?: string; keys?: string[]; path: PropertyKey[] }[][]
    )[1] ?? []
  return told
    .map((i) =>
      i.code === 'unrecognized_keys'
        ? i.keys!.map((key) => `there is no option "${key}"${hint(key, ['name', ...known])}`).join('; ')
        : `${i.path.join('.')}: ${i.message}`,
    )
    .join('; ')
    .replace(/^/, 'expected another entry: ')
}

/** Something for each request class: one for all, or a map with `default` for the rest. */
export class ByClass<T> {
  constructor(
    readonly byClass: ReadonlyMap<string, T>,
    readonly otherwise: T | null,
  ) {}

  /** One for each of `classes`, in their order; `none` where nothing is said. */
  each(classes: readonly string[], none: T): T[] {
    return classes.map((name) => this.byClass.get(name) ?? this.otherwise ?? none)
  }
}

/** A law for each request class. */
export class PerClass extends ByClass<Distribution> {
  /** One law for each of `classes`, in their order; none given is no time at all. */
  for(classes: readonly string[]): Distribution[] {
    return this.each(classes, new Constant(0))
  }
}

/** The names of request classes. */
export class ClassNames {
  constructor(readonly names: readonly string[]) {}
}
export const classNames = () =>
  z
    .array(z.string(), { error: 'expected a list of request classes: [a, b]' })
    .transform((names) => new ClassNames(names))
    .meta({ type: 'classes' })

// Laws read files that a scenario names; whoever parses a scenario says from where.
let files: Files = {
  read: (path) => {
    throw new Unreadable(`no file: ${path} cannot be read here`)
  },
}
/** Calls `parse` with `from` as the place where files are read. */
export function readingFrom<T>(from: Files, parse: () => T): T {
  const before = files
  files = from
  try {
    return parse()
  } finally {
    files = before
  }
}
/** The files that the scenario being parsed can name. */
export const currentFiles = (): Files => files

/** A duration or a law. */
export const law = () => typed('law', (value) => parseLaw(value, files))

/** A law, or a map from request class to law. */
export const perClass = () =>
  z
    .union(
      [
        law().transform((one) => new PerClass(new Map(), one)),
        z.record(z.string(), law()).transform(perClassFrom),
      ],
      {
        error: (issue) =>
          unionMessage(issue, 'expected a duration, a law, or a map from request class to one'),
      },
    )
    .meta({ type: 'law per class' })

function perClassFrom(map: Record<string, Distribution>): PerClass {
  const { default: otherwise, ...classes } = map
  return new PerClass(new Map(Object.entries(classes)), otherwise ?? null)
}

/** A whole number, or a map from request class to one. */
export const countPerClass = (low = 0, high = Number.MAX_SAFE_INTEGER) =>
  z
    .union(
      [
        count(low, high).transform((one) => new ByClass<number>(new Map(), one)),
        z.record(z.string(), count(low, high)).transform(({ default: otherwise, ...classes }) => {
          return new ByClass<number>(new Map(Object.entries(classes)), otherwise ?? null)
        }),
      ],
      {
        error: (issue) => unionMessage(issue, 'expected a whole number, or a map from request class to one'),
      },
    )
    .meta({ type: 'count per class' })

// Of a union's complaints, the one about the branch that has the right shape says most.
function unionMessage(issue: { errors?: unknown; input?: unknown }, otherwise: string): string {
  const branches = (issue.errors ?? []) as { message: string; code?: string; path: PropertyKey[] }[][]
  const apt = typeof issue.input === 'object' ? branches[1] : branches[0]
  const told = apt
    ?.filter((i) => i.code === 'custom')
    .map((i) => (i.path.length > 0 ? `${i.path.join('.')}: ${i.message}` : i.message))
  return told && told.length > 0 ? told.join('; ') : otherwise
}

function shown(value: unknown): string {
  return typeof value === 'string' ? `"${value}"` : JSON.stringify(value)
}
