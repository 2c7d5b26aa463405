import { laws } from '../../options/law.js'
import { PATTERNS } from '../../options/units.js'
import { arrivals } from '../../traffic/arrivals.js'
import { closed } from '../../traffic/closed.js'
import { profiles } from '../../traffic/profile.js'

/** A JSON Schema, or a part of one. */
export type Json = { [keyword: string]: unknown }

/** A text, as the parser takes it: with space around. */
const text = (pattern: string): Json => ({ type: 'string', pattern: `^\\s*(?:${pattern})\\s*$` })

/** A text, or a number of which the parser needs no unit. */
const either = (pattern: string, number: Json): Json => ({ anyOf: [number, text(pattern)] })

const ZERO: Json = { const: 0 }

/** `poisson(...)`, by any of these names. What the arguments may be is told by `nines check`. */
const callOf = (signatures: readonly { readonly name: string }[]): string =>
  `(?:${[...new Set(signatures.map(({ name }) => name))].join('|')})\\s*\\([\\s\\S]*\\)`

const duration = PATTERNS.duration
const law = `${duration}|${callOf(laws)}`
const factor = either(PATTERNS.factor, { type: 'number', minimum: 0 })

/** What can stand where an option has the type of that name (`meta.type`), and what an editor says of it. */
export const FORMS: Readonly<Record<string, Json>> = {
  duration: { description: 'a duration, such as 40ms: us ms s min h d w y', ...either(duration, ZERO) },
  'duration or none': {
    description: 'a duration, such as 40ms, or none',
    ...either(`${duration}|none`, ZERO),
  },
  'duration or auto': {
    description: 'a duration, such as 40ms, or auto',
    ...either(`${duration}|auto`, ZERO),
  },
  rate: { description: 'a rate, such as 200/s, 1.5k/s, 30/min or 10/h', ...text(PATTERNS.rate) },
  size: { description: 'a size, such as 500B, 20kB, 1.5MB or 2GB', ...either(PATTERNS.size, ZERO) },
  bandwidth: {
    description: 'a bandwidth, such as 16Mbit/s, 1Gbit/s or 2MB/s',
    ...text(PATTERNS.bandwidth),
  },
  share: {
    description: 'a share, such as 37% or 0.37',
    ...either(PATTERNS.share, { type: 'number', minimum: 0, maximum: 1 }),
  },
  factor: { description: 'a factor, such as 3 or 300%', ...factor },
  number: { description: 'a number', ...either(PATTERNS.number, { type: 'number' }) },
  count: {
    description: 'a whole number, such as 151, 10k or 2M',
    ...either(PATTERNS.number, { type: 'integer' }),
  },
  'count or unlimited': {
    description: 'a whole number, such as 151 or 10k, or unlimited',
    ...either(`${PATTERNS.number}|unlimited`, { type: 'integer' }),
  },
  'count or share': {
    description: 'a whole number, such as 2, or a share, such as 25%',
    ...either(`${PATTERNS.number}|${PATTERNS.share}`, { type: 'integer' }),
  },
  'first and last port': {
    description: 'the first and the last port, as in 32768 60999',
    ...text('\\d{1,5}\\s+\\d{1,5}'),
  },
  law: {
    description:
      'a duration, such as 40ms, or a law, such as exponential(40ms) or lognormal(p50=20ms, p99=200ms)',
    ...either(law, ZERO),
  },
  'law or trace': {
    description: 'a duration, such as 40ms, a law, such as exponential(40ms), or trace: what is recorded',
    ...either(`${law}|trace`, ZERO),
  },
  'size or law': {
    description: 'a size, such as 20kB, or a law of sizes, such as lognormal(mean=20kB, cv=1)',
    ...either(`${PATTERNS.size}|${callOf(laws)}`, ZERO),
  },
  'arrival process': {
    description: 'an arrival process, such as poisson(200/s) or closed(users=50, think=exponential(2s))',
    ...text(callOf([...arrivals, closed])),
  },
  profile: {
    description: 'a profile, such as ramp(300%), or a map from time to factor, such as { 0s: 1, 3min: 200% }',
    anyOf: [
      text(callOf(profiles)),
      {
        type: 'object',
        minProperties: 1,
        propertyNames: { pattern: `^\\s*(?:${duration})\\s*$` },
        additionalProperties: factor,
      },
    ],
  },
}

/** One of some words, of which some may look like numbers and stand for themselves: `1.1 | 2`. */
export function choiceOf(words: readonly string[]): Json {
  const plain = words.filter((word) => !word.endsWith('(n)'))
  const numbers = plain.map(Number).filter((number) => !Number.isNaN(number))
  const calls = words.filter((word) => word.endsWith('(n)')).map((word) => word.slice(0, -3))
  const one = { enum: [...plain, ...numbers] }
  return calls.length === 0
    ? one
    : { anyOf: [one, ...calls.map((name) => text(`${name}(?:\\(\\s*\\d+\\s*\\))?`))] }
}
