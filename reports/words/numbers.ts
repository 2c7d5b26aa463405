import type { Estimate } from '../../sim/stats/estimate.js'

/** A number with three significant digits, and no more than it needs: 0.0123, 12.3, 1,234. */
export function digits(x: number): string {
  if (x === 0) return '0'
  const size = Math.abs(x)
  if (size >= 999.5) return Math.round(x).toLocaleString('en-US')
  if (size < 0.0005) return '0'
  return String(+x.toPrecision(3))
}

/** Milliseconds, or seconds when that reads better. */
export function milliseconds(ms: number): string {
  return ms >= 9999.5 ? `${digits(ms / 1000)} s` : `${digits(ms)} ms`
}

/** A bound in milliseconds as one says it: `500 ms`, `1 s`, `1.5 s`. */
export function within(ms: number): string {
  return ms >= 1000 ? `${digits(ms / 1000)} s` : `${digits(ms)} ms`
}

/** A share as a percentage, with as many nines as it has: 99.9987%. */
export function percent(share: number): string {
  if (share === 0 || share === 1) return `${share * 100}%`
  const missing = Math.min(share, 1 - share)
  const decimals = Math.min(6, Math.max(1, Math.ceil(-Math.log10(missing * 100)) + 1))
  return `${(Math.floor(share * 100 * 10 ** decimals + 1e-9) / 10 ** decimals).toFixed(decimals)}%`
}

/** Half the width of the interval, as one says it: "±". */
export function halfWidth({ low, high }: Estimate): number | null {
  return low === null || high === null ? null : (high - low) / 2
}

/** `12.3 ±0.4`, with `show` for both; a dash where there is no value. */
export function plusMinus(estimate: Estimate, show: (x: number) => string): string {
  if (estimate.value === null) return '–'
  const half = halfWidth(estimate)
  // What changes no digit that is shown is not worth showing.
  const shown = half !== null && half > 0 && half >= 0.0005 * Math.abs(estimate.value)
  return shown ? `${show(estimate.value)} ±${digitsOfError(half)}` : show(estimate.value)
}

/** An error has two significant digits. */
export function digitsOfError(x: number): string {
  return x >= 99.5 ? Math.round(x).toLocaleString('en-US') : String(+x.toPrecision(2))
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
