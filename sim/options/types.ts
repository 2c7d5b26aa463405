import * as z from 'zod'
import { Constant, type Distribution, Recorded } from '../random/distribution.js'
import { fromFile } from './files.js'
import { parseLaw, parseSizeLaw } from './law.js'
import { shown } from './shown.js'
import { mapOf, text } from './texts.js'
import {
  parseBandwidth,
  parseDuration,
  parseFactor,
  parseNumber,
  parseRate,
  parseShare,
  parseSize,
  Unreadable,
} from './units.js'

/**
 * The types of options. Each takes what a scenario says (text with a unit) and gives what the model computes
 * with (seconds, requests per second, shares). `meta.type` is what listings call it.
 */

/** Where listings find what a type is called: by its schema itself, which `meta` would make again. */
const named = z.globalRegistry

/** What every option is read from: made once, since making it takes longer than all that it does. */
const TEXT_OR_NUMBER = [text(), z.number()] as const

/** A type that `read` decides about; what it throws (`Unreadable`) is what was expected. */
function typed<T>(type: string, read: (value: string | number) => T, says = `a ${type}`) {
  return z
    .union(TEXT_OR_NUMBER, { error: ({ input }) => `expected ${says}, not ${shown(input)}` })
    .transform((value, ctx): T => {
      try {
        return read(value)
      } catch (error) {
        if (!(error instanceof Unreadable)) throw error
        ctx.addIssue({ code: 'custom', message: `expected ${error.message}` })
        return z.NEVER
      }
    })
    .register(named, { type })
}

function check(ok: boolean, says: string): void {
  if (!ok) throw new Unreadable(says)
}

/** Seconds, 0 or more. */
export const duration = () => typed('duration', parseDuration)

/** Seconds from some time on; before it with a minus. */
export const moment = () =>
  typed('duration', (value) => {
    const text = String(value).trim()
    return text.startsWith('-') ? 0 - parseDuration(text.slice(1)) : parseDuration(text)
  })

/** Seconds above 0. */
export const period = () => above(0, 'a duration above 0')

/**
 * Seconds from one time to the next of what comes again and again: a millisecond at least, which is what the real
 * programs count in.
 */
export const interval = () => above(1e-3, 'a duration of 1ms or more')

const above = (least: number, says: string) =>
  typed('duration', (value) => {
    const seconds = parseDuration(value)
    check(seconds > 0 && seconds >= least, says)
    return seconds
  })

/** Seconds; `none` is infinity. */
export const timeout = () =>
  typed('duration or none', (value) => {
    if (value === 'none') return Number.POSITIVE_INFINITY
    return otherThan('none', () => {
      const seconds = parseDuration(value)
      check(seconds > 0, 'a timeout above 0')
      return seconds
    })
  })

/** Seconds, or `auto`. */
export const durationOrAuto = () =>
  typed('duration or auto', (value): number | 'auto' =>
    value === 'auto' ? value : otherThan('auto', () => parseDuration(value)),
  )

/** Where a word is allowed too, a complaint names it. */
function otherThan<T>(word: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (error instanceof Unreadable) throw new Unreadable(`${word}, or ${error.message}`)
    throw error
  }
}

/** Requests per second. */
export const rate = () => typed('rate', parseRate)

/** Bytes. */
export const size = () => typed('size', parseSize)

/** Bytes per second. */
export const bandwidth = () => typed('bandwidth', parseBandwidth)

/** 0 to 1. */
export const share = () => typed('share', parseShare)

/** A factor above 0: `3`, or `300%`. */
export const factor = () =>
  typed('factor', (value) => {
    const n = parseFactor(value)
    check(n >= 1e-6 && n <= 1e6, `a factor from 0.000001 to 1000000, not ${shown(value)}`)
    return n
  })

/** A whole number from `low` to `high`. */
export const count = (low: number, high = Number.MAX_SAFE_INTEGER) =>
  typed('count', (value) => wholeNumber(value, low, high), `a whole number ${rangeOf(low, high)}`)

/** A whole number from `low` to `high`, or `unlimited` (infinity). */
export const limit = (low: number, high = Number.MAX_SAFE_INTEGER) =>
  typed('count or unlimited', (value) => {
    if (value === 'unlimited') return Number.POSITIVE_INFINITY
    return otherThan('unlimited', () => wholeNumber(value, low, high))
  })

/** A whole number from `low` to `high`, or a word in its place. */
export const countOr = <const W extends string>(word: W, low: number, high = Number.MAX_SAFE_INTEGER) =>
  typed(`count or ${word}`, (value): number | W =>
    value === word ? word : otherThan(word, () => wholeNumber(value, low, high)),
  )

/** A whole number from `low` to `high`, or with `%` a share, as Kubernetes writes either: 1 is not 100%. */
export const countOrShare = (low: number, high: number) =>
  typed('count or share', (value): { count: number } | { share: number } =>
    String(value).includes('%')
      ? { share: parseShare(value) }
      : otherThan('a share such as 25%', () => ({ count: wholeNumber(value, low, high) })),
  )

/** How many ports there are from the first to the last, as sysctl writes it: `32768 60999`. */
export const portRange = () =>
  typed(
    'first and last port',
    (value) => {
      const [first, last] = /^(\d{1,5})\s+(\d{1,5})$/.exec(String(value).trim())?.slice(1).map(Number) ?? []
      const sound = first !== undefined && first >= 1 && first <= last! && last! <= 65_535
      check(sound, `the first and the last port, as in "32768 60999", not ${shown(value)}`)
      return last! - first! + 1
    },
    'the first and the last port, as in "32768 60999"',
  )

function wholeNumber(value: string | number, low: number, high: number): number {
  const n = numberFrom(value)
  check(
    Number.isInteger(n) && n >= low && n <= high,
    `a whole number ${rangeOf(low, high)}, not ${shown(value)}`,
  )
  return n
}

function rangeOf(low: number, high: number): string {
  return high === Number.MAX_SAFE_INTEGER ? `of ${low} or more` : `from ${low} to ${high}`
}

/** NaN for what is no number. */
function numberFrom(value: string | number): number {
  try {
    return parseNumber(value)
  } catch (error) {
    if (error instanceof Unreadable) return Number.NaN
    throw error
  }
}

/** A number above `low`, and `high` at most. */
export const numberAbove = (low: number, high = 1e9) =>
  typed('number', (value) => {
    const n = numberFrom(value)
    check(n > low, `a number above ${low}, not ${shown(value)}`)
    check(n <= high, `a number of ${high} at most, not ${shown(value)}`)
    return n
  })

/** An amount of money: a number that is not below 0. */
export const amount = () =>
  typed('number', (value) => {
    const n = numberFrom(value)
    check(n >= 0 && n <= 1e12, `a number from 0 to 1e12, not ${shown(value)}`)
    return n
  })

/** `on`/`off`, as HAProxy and Nginx write switches, or true/false. */
export const flag = () =>
  z
    .union([z.boolean(), z.enum(['on', 'off'])], { error: 'expected on or off' })
    .transform((value) => value === true || value === 'on')
    .register(named, { type: 'on or off' })

/** A switch, or the name of a request class. */
export const flagOrClass = () => {
  const error = 'expected on, off, or a request class'
  const one = text().transform((name) => new ClassNames([name]))
  return z.union([flag(), one], { error }).register(named, { type: 'on, off or class' })
}

/** One of some words. */
export const oneOf = <const W extends readonly [string, ...string[]]>(...words: W) =>
  z
    .enum(words, { error: (issue) => `expected one of ${words.join(', ')}, not ${shown(issue.input)}` })
    .register(named, { type: words.join(' | ') })

/**
 * A redirect to HTTPS, as the real software says it.
 * @param says what is accepted; its first group is the status
 */
export const redirection = (says: RegExp, { usual, example }: { usual: number; example: string }) =>
  text(`expected ${example}`)
    .transform((given, ctx) => {
      const found = says.exec(given.trim())
      if (found !== null) return { code: Number(found[1] ?? usual) }
      ctx.addIssue({
        code: 'custom',
        message: `expected ${example}, not ${shown(given)}: no other redirect is simulated`,
      })
      return z.NEVER
    })
    .register(named, { type: example })

/** What a reference is for, and how listings say that of the one that is named. */
export const ROLES = {
  serves: 'asked',
  copies: 'copied to',
  watches: 'watched',
  peers: 'gossiped with',
  tells: 'told',
  scales: 'scaled',
  deploys: 'deployed to',
} as const
export type Role = keyof typeof ROLES

/** Whether what a reference is for is none of what requests need. */
export const isBeside = (role: Role): boolean => role !== 'serves' && role !== 'copies'

/** What is said of a reference where an option is declared. */
interface Reference {
  /** What kind of component it must be; default any. */
  readonly kind?: string
  /**
   * `serves` (default): it is asked for a request's sake; `copies`: it follows; `watches`: it is looked at; `peers`: it
   * and who names it tell each other what they do; `tells`: it is told where to go; `scales`: it comes and goes as
   * whoever names it says; `deploys`: it gets new versions from there.
   */
  readonly role?: Role
}

/**
 * A list, or a single one without brackets: `a` means `[a]`.
 * @param least what is expected where the list is empty; left out where it may be
 */
export function oneOrList<One>(
  single: z.ZodType<One, string>,
  entry: z.ZodType<One>,
  error: string,
  least?: string,
) {
  const list = z.array(entry, { error })
  return z.union([least === undefined ? list : list.min(1, least), single.transform((one) => [one])], {
    error,
  })
}

/** The name of another component. `walk` finds these wherever they stand in the options; the checker looks them up. */
export class Ref {
  /** @param kind what it must be; null for any */
  constructor(
    readonly name: string,
    readonly kind: string | null = null,
    readonly role: Role = 'serves',
  ) {}
}
export const ref = ({ kind, role = 'serves' }: Reference = {}) =>
  text('expected the name of a component')
    .transform((name) => new Ref(name, kind, role))
    .register(named, { type: 'component', role })
export const refs = (reference: Reference = {}) =>
  oneOrList(ref(reference), ref(reference), 'expected a list of components: [a, b]', ONE_AT_LEAST).register(
    named,
    {
      type: 'components',
      role: reference.role ?? 'serves',
    },
  )

/** Components, some with options of their own: `[a, { name: b, weight: 3 }]`. */
export const refsWith = <Shape extends z.ZodRawShape>(shape: Shape, reference: Reference = {}) => {
  const entry = z.strictObject({ name: ref(reference), ...shape })
  const plain = text().transform((name, ctx) => {
    const whole = entry.safeParse({ name })
    if (whole.success) return whole.data
    for (const { message } of whole.error.issues) ctx.addIssue({ code: 'custom', message })
    return z.NEVER
  })
  const either = z.union([plain, entry], {
    error: 'expected the name of a component, or { name: ..., ... }',
  })
  const error = 'expected a list of components: [a, { name: b, ... }]'
  return oneOrList(plain, either, error, ONE_AT_LEAST).register(named, {
    type: 'components',
    role: reference.role ?? 'serves',
    entry,
  })
}

const ONE_AT_LEAST = 'expected at least one component'

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

  /** With what `change` gives in the place of each; itself where that is the same. The one for the rest is `default`. */
  map(change: (one: T, name: string) => T): ByClass<T> {
    const changed = new Map<string, T>()
    const otherwise = this.otherwise === null ? null : change(this.otherwise, 'default')
    let same = otherwise === this.otherwise
    for (const [name, one] of this.byClass) {
      const other = change(one, name)
      changed.set(name, other)
      same &&= other === one
    }
    return same ? this : this.of(changed, otherwise)
  }

  protected of(byClass: ReadonlyMap<string, T>, otherwise: T | null): ByClass<T> {
    return new ByClass(byClass, otherwise)
  }
}

/** A law for each request class. */
export class PerClass extends ByClass<Distribution> {
  /** One law for each of `classes`, in their order; none given is no time at all. */
  for(classes: readonly string[]): Distribution[] {
    return this.each(classes, new Constant(0))
  }

  protected override of(byClass: ReadonlyMap<string, Distribution>, otherwise: Distribution | null) {
    return new PerClass(byClass, otherwise)
  }
}

/** The names of request classes. */
export class ClassNames {
  constructor(readonly names: readonly string[]) {}
}
/** @param least what is expected where the list is empty; left out where it may be */
export const classNames = (least?: string) =>
  oneOrList(text(), text(), 'expected a list of request classes: [a, b]', least)
    .transform((names) => new ClassNames([...new Set(names)]))
    .register(named, { type: 'classes' })

/** A duration or a law. */
export const law = () =>
  typed('law', (value) => fromFile((files) => parseLaw(value, files)), 'a duration or a law')

/** A size or a law of sizes, in bytes. */
export const sizeLaw = () =>
  typed('size or law', (value) => fromFile((files) => parseSizeLaw(value, files)), 'a size or a law of sizes')

/** A law, or a map from request class to law. */
export const perClass = () => perClassOf(law(), 'law per class')

/** The same for what a request needs to be served: `trace` in the place of a law is what is recorded of it. */
export const servicePerClass = () => perClassOf(lawOrTrace(), 'law per class, or trace')

const lawOrTrace = () =>
  typed(
    'law or trace',
    (value) => {
      if (value === 'trace') return new Recorded()
      check(!/^trace\s*\(/.test(String(value)), 'trace alone: the file is that of arrive: trace(file)')
      return fromFile((files) => parseLaw(value, files))
    },
    'a duration or a law',
  )

const perClassOf = (one: z.ZodType<Distribution>, type: string) =>
  z
    .union([one.transform((law) => new PerClass(new Map(), law)), mapOf(one).transform(perClassFrom)], {
      error: 'expected a duration, a law, or a map from request class to one',
    })
    .register(named, { type })

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
        mapOf(count(low, high)).transform(({ default: otherwise, ...classes }) => {
          return new ByClass<number>(new Map(Object.entries(classes)), otherwise ?? null)
        }),
      ],
      { error: 'expected a whole number, or a map from request class to one' },
    )
    .register(named, { type: 'count per class' })
