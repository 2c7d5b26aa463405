/** What a text could not be read as: the message completes "expected ...". */
export class Unreadable extends Error {}

const DURATIONS: Readonly<Record<string, number>> = {
  us: 1e-6,
  µs: 1e-6,
  ms: 1e-3,
  s: 1,
  min: 60,
  h: 3600,
  d: 86400,
  w: 7 * 86400,
  y: 365 * 86400,
}
/** Seconds: a shorter step would not move the clock of a long run. */
const SHORTEST = 1e-9
/** Seconds: beyond all that is built. */
const LONGEST = 1e6 * 365 * 86400
const SCALES: Record<string, number> = { '': 1, k: 1e3, M: 1e6 }
const SIZES: Readonly<Record<string, number>> = { B: 1, kB: 1e3, MB: 1e6, GB: 1e9 }
/** Bytes: what is larger would take for ever to send in segments. */
export const LARGEST = 1e12
/** Bytes per second. */
const SLOWEST = 1 / 8
const FASTEST = 1e15 / 8
const NUMBER = String.raw`([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)`
const PLAIN = new RegExp(`^${NUMBER}$`, 'i')
const DURATION = new RegExp(`^${NUMBER}\\s*([a-zµ]+)$`, 'i')
const RATE = new RegExp(`^${NUMBER}\\s*([kM]?)\\s*/\\s*(s|min|h)$`)
const SIZE = new RegExp(`^${NUMBER}\\s*([a-z]+)$`, 'i')
const BANDWIDTH = new RegExp(`^${NUMBER}\\s*([kMG]?)(bit|B)/s$`)
const SHARE = new RegExp(`^${NUMBER}\\s*%$`)
const COUNT = new RegExp(`^${NUMBER}\\s*([kM]?)$`)

const anyOf = (units: Readonly<Record<string, unknown>>): string => Object.keys(units).join('|')
const ZERO = String.raw`[+-]?(?:0+\.?0*|\.0+)`

/** How texts are written, for editors, which can only match them: what a pattern lets through may still be out of range. */
export const PATTERNS = {
  duration: `${NUMBER}\\s*(${anyOf(DURATIONS)})|${ZERO}`,
  rate: unframed(RATE),
  size: `${NUMBER}\\s*(${anyOf(SIZES)})|${ZERO}`,
  bandwidth: unframed(BANDWIDTH),
  share: `${NUMBER}\\s*%?`,
  factor: `${NUMBER}\\s*[kM%]?`,
  number: unframed(COUNT),
} as const

function unframed(pattern: RegExp): string {
  return pattern.source.slice(1, -1).replaceAll('\\/', '/')
}

/** Seconds from `40ms`, `1.5 h`, ...; 0 needs no unit. */
export function parseDuration(text: string | number): number {
  const trimmed = String(text).trim()
  if (Number(trimmed) === 0 && trimmed !== '') return 0
  const match = DURATION.exec(trimmed)
  const unit = match && Object.hasOwn(DURATIONS, match[2]!) ? DURATIONS[match[2]!] : undefined
  if (match && unit !== undefined) {
    const seconds = notNegative(Number(match[1]) * unit, 'a duration')
    if (seconds > 0 && seconds < SHORTEST)
      throw new Unreadable(`a duration of at least 0.001us, or 0, not ${trimmed}`)
    if (seconds > LONGEST) throw new Unreadable(`a duration of at most 1000000y, not ${trimmed}`)
    return seconds
  }
  if (match && match[2] === 'm')
    throw new Unreadable(`a duration: is "${trimmed}" meant as ${match[1]}min or ${match[1]}ms?`)
  if (match) throw new Unreadable(`a duration with one of the units us ms s min h d w y, not "${match[2]}"`)
  throw new Unreadable(
    `a duration such as 40ms or 2min, not "${trimmed}"${COUNT.test(trimmed) ? ' without a unit' : ''}`,
  )
}

/** Seconds from a cell of a table: a plain number, or a duration with its unit. */
export function parseSeconds(cell: string): number {
  if (cell === '') throw new Unreadable('seconds, not an empty cell')
  return parseDuration(PLAIN.test(cell) ? `${cell}s` : cell)
}

/** Requests per second from `200/s`, `1.5k/s`, `30/min`. */
export function parseRate(text: string | number): number {
  const trimmed = String(text).trim()
  const match = RATE.exec(trimmed)
  if (!match) throw new Unreadable(`a rate such as 200/s, 1.5k/s or 30/min, not "${trimmed}"`)
  return notNegative((Number(match[1]) * SCALES[match[2]!]!) / DURATIONS[match[3]!]!, 'a rate')
}

/** Bytes from `500B`, `20kB`, `1.5 MB`, ...; 0 needs no unit. */
export function parseSize(text: string | number): number {
  const trimmed = String(text).trim()
  if (Number(trimmed) === 0 && trimmed !== '') return 0
  const match = SIZE.exec(trimmed)
  const unit = match?.[2] ?? ''
  if (match === null || !Object.hasOwn(SIZES, unit)) {
    const meant = Object.keys(SIZES).find((one) => RegExp(`^${one[0]}i?b?$`, 'i').test(unit))
    if (meant !== undefined) throw new Unreadable(`a size: is "${trimmed}" meant as ${match![1]}${meant}?`)
    if (match) throw new Unreadable(`a size with one of the units B kB MB GB, not "${unit}"`)
    const bare = COUNT.test(trimmed) ? ' without a unit' : ''
    throw new Unreadable(`a size such as 500B, 20kB or 2MB, not "${trimmed}"${bare}`)
  }
  const bytes = notNegative(Number(match[1]) * SIZES[unit]!, 'a size')
  if (bytes > LARGEST) throw new Unreadable(`a size of at most 1000GB, not ${trimmed}`)
  return bytes
}

/** Bytes from a cell of a table: a plain number, or a size with its unit. */
export function parseBytes(cell: string): number {
  if (cell === '') throw new Unreadable('bytes, not an empty cell')
  return parseSize(PLAIN.test(cell) ? `${cell}B` : cell)
}

/** Bytes per second from `16Mbit/s`, `1Gbit/s`, `2MB/s`. */
export function parseBandwidth(text: string | number): number {
  const trimmed = String(text).trim()
  const match = BANDWIDTH.exec(trimmed)
  if (!match) throw new Unreadable(`a bandwidth such as 16Mbit/s, 1Gbit/s or 2MB/s, not "${trimmed}"`)
  const [, number, scale, unit] = match
  const perSecond = notNegative(Number(number) * SIZES[`${scale}B`]!, 'a bandwidth')
  const bytes = unit === 'bit' ? perSecond / 8 : perSecond
  if (!(bytes >= SLOWEST && bytes <= FASTEST))
    throw new Unreadable(`a bandwidth from 1bit/s to 1000000Gbit/s, not ${trimmed}`)
  return bytes
}

/** A share from `55%`, or from a number between 0 and 1. */
export function parseShare(text: string | number): number {
  const trimmed = String(text).trim()
  const match = SHARE.exec(trimmed)
  const share = match ? Number(match[1]) / 100 : trimmed === '' ? Number.NaN : Number(trimmed)
  if (Number.isNaN(share)) throw new Unreadable(`a share such as 55% or 0.55, not "${trimmed}"`)
  if (share < 0 || share > 1) throw new Unreadable(`a share from 0% to 100%, not ${trimmed}`)
  return share
}

/** A factor from `300%` or `3`. */
export function parseFactor(text: string | number): number {
  const trimmed = String(text).trim()
  const match = SHARE.exec(trimmed) ?? COUNT.exec(trimmed)
  const scale = match?.[2] === undefined ? 0.01 : SCALES[match[2]]!
  const value = match === null ? Number.NaN : Number(match[1]) * scale
  if (!(value >= 0) || value === Number.POSITIVE_INFINITY)
    throw new Unreadable(`a factor such as 300% or 3, not "${trimmed}"`)
  return value
}

/** A number from `3`, `1.5k`, `2M`. */
export function parseNumber(text: string | number): number {
  const trimmed = String(text).trim()
  const match = COUNT.exec(trimmed)
  if (!match) throw new Unreadable(`a number, not "${trimmed}"`)
  return Number(match[1]) * SCALES[match[2]!]!
}

function notNegative(value: number, what: string): number {
  if (value < 0) throw new Unreadable(`${what} of 0 or more, not a negative one`)
  if (!Number.isFinite(value)) throw new Unreadable(`${what} that is finite`)
  return value
}
