import type { Estimate } from '../../sim/stats/estimate.js'

/** A number with three significant digits, and no more than it needs: 0.0123, 12.3, 1,230. */
export const digits = (x: number): string => (Math.abs(x) < NOTICEABLE ? '0' : significant(x, 3))

/** How many, where the numbers of several stand together and are to add up: three digits, and from 1,000 on the whole. */
export const counted = (n: number): string => (Math.abs(n) >= 999.5 ? whole(n) : digits(n))

/** An error has two significant digits. */
export const digitsOfError = (x: number): string => significant(x, 2)

/** What is less in its unit is nothing. */
const NOTICEABLE = 0.0005

/** With separators, and no exponent. */
const significant = (x: number, digits: number): string =>
  x.toLocaleString('en-US', { maximumSignificantDigits: digits })

/** Seconds that were set, such as when a fault strikes: to the second, and below a hundred finer. */
export const moment = (seconds: number): string => (seconds >= 99.95 ? whole(seconds) : digits(seconds))

/** Milliseconds, or seconds when that reads better: 0.45 ms, 740 ms, 3.02 s. Not within a column, whose unit is one. */
export const milliseconds = (ms: number): string => inUnitOf(ms)(ms)

/** The same for several that stand together, in the unit of the largest. */
export const inUnitOf = (largest: number): ((ms: number) => string) =>
  Math.abs(largest) >= 999.5 ? (ms) => `${digits(ms / 1000)} s` : (ms) => `${digits(ms)} ms`

/** A share of what is well as a percentage, never rounded up, with as many nines as it has: 99.9987%. */
export const percent = (share: number): string => rounded(share, (x) => Math.floor(x + 1e-9))

/** The same of what is amiss, never rounded down: with what is well, rounded by `percent`, it makes 100%. */
export const percentAmiss = (share: number): string => rounded(share, (x) => Math.ceil(x - 1e-9))

function rounded(share: number, round: (x: number) => number): string {
  if (share === 0 || share === 1) return `${share * 100}%`
  const missing = Math.min(share, 1 - share)
  const decimals = Math.min(6, Math.max(1, Math.ceil(-Math.log10(missing * 100)) + 1))
  return `${(round(share * 100 * 10 ** decimals) / 10 ** decimals).toFixed(decimals)}%`
}

/** Half the width of the interval, as one says it: "±". */
export function halfWidth({ low, high }: Estimate): number | null {
  return low === null || high === null ? null : (high - low) / 2
}

/**
 * A value and its error as they are shown, `12.3` and `±0.47`; without the error where it changes no digit, and nothing
 * where there is no value. An interval that is so lopsided that `±` would leave it has its ends instead: `(9 to 490)`.
 */
export function shown(estimate: Estimate, show = digits): { value: string; error: string | null } | null {
  const { value, low, high } = estimate
  if (value === null) return null
  const half = halfWidth(estimate) ?? 0
  const unit = unitOf(value, show)
  if (half < unit / 2) return { value: show(value), error: null }
  const lopsided = half > Math.abs(value) && low! * high! >= 0
  return {
    value: show(value),
    error: lopsided ? `(${show(low!)} to ${show(high!)})` : `±${errorTo(half, unit / 10)}`,
  }
}

/** What the last of the three digits of a value counts. */
function unitOf(value: number, show: (x: number) => string): number {
  if (Math.abs(value) < NOTICEABLE) return 2 * NOTICEABLE
  const last = 10 ** (Math.floor(Math.log10(Math.abs(value))) - 2)
  return show === counted ? Math.min(1, last) : last
}

/** Two significant digits, and none that counts less than `finest`. */
const errorTo = (half: number, finest: number): string =>
  half < 10 * finest ? significant(Math.round(half / finest) * finest, 1) : digitsOfError(half)

/** `12.3 ±0.47`; a dash where there is no value. */
export function plusMinus(estimate: Estimate, show = digits): string {
  const told = shown(estimate, show)
  return told === null ? '–' : told.error === null ? told.value : `${told.value} ${told.error}`
}

/** Whole numbers with separators. */
export const whole = (n: number): string => Math.round(n).toLocaleString('en-US')

/** `1 replication`, `20 replications`. */
export const replicationsIn = (n: number): string => `${whole(n)} replication${n === 1 ? '' : 's'}`

/** An availability with its nines; where nothing failed only what it is above is known, and that is not 100%. */
export const available = ({ availability }: { availability: Estimate }): string => nines(availability)

/** A share of all requests, with its nines: never rounded up, and where nothing was amiss no more than is known. */
export function nines({ value, low }: Estimate): string {
  if (value === null) return '–'
  return value === 1 && low !== null && low < 1 ? `> ${percent(low)}` : percent(value)
}

/** What stands beside that, in percentage points: `±0.0021`; null where it says nothing. */
export function errorOfNines(estimate: Estimate): string | null {
  const { value, low } = estimate
  const half = halfWidth(estimate) ?? 0
  if (value === null || value === 1 || half === 0) return null
  // Where the interval is wider than what is missing, its error would take the nines away that were seen.
  return half > 1 - value ? `above ${percent(Math.max(0, low!))}` : `±${digitsOfError(half * 100)}`
}

/** The other way round. */
export const negative = ({ value, low, high }: Estimate): Estimate => ({
  value: value === null ? null : -value,
  low: high === null ? null : -high,
  high: low === null ? null : -low,
})
