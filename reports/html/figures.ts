import { isShare } from '../../sim/experiments/compare.js'
import { type Count, UNITS } from '../../sim/parts/count.js'
import type { Estimate } from '../../sim/stats/estimate.js'
import { html, type Markup } from '../drawing/markup.js'
import { percent } from '../words/numbers.js'

/** A unit that values are shown in. */
interface Unit {
  readonly factor: number
  /** With its space, if it has one. */
  readonly sign: string
}

const NEGLIGIBLE = 0.0005
const PLAIN: Unit = { factor: 1, sign: '' }
const PERCENT: Unit = { factor: 100, sign: '%' }
const POINTS: Unit = { factor: 100, sign: ' points' }
const MS: Unit = { factor: 1, sign: ' ms' }
const SECONDS: Unit = { factor: 0.001, sign: ' s' }

/** What stands where nothing can be told; the notes say why. */
export const NOTHING: Markup = html`<span class="none" title="cannot be told: see the notes">–</span>`

/** `199.8 ±0.4`, with as many decimals as the interval leaves meaningful. */
export const quantity = (estimate: Estimate): Markup => told(estimate, PLAIN)

/** `12.3 ms ±0.4`; seconds when that reads better. */
export const latency = (estimate: Estimate): Markup =>
  told(estimate, Math.abs(estimate.value ?? 0) >= 10_000 ? SECONDS : MS)

/** `62.1% ±0.3`. */
export const share = (estimate: Estimate): Markup => told(estimate, PERCENT)

/** A share that has its nines: `99.987% ±0.002`. */
export function availability({ value, low, high }: Estimate): Markup {
  if (value === null) return NOTHING
  const half = low === null || high === null ? 0 : (high - low) / 2
  // No failure seen is not 100 %: what is known is that it is no less than that.
  if (value === 1 && low !== null && low < 1) return html`&gt; ${percent(low)}`
  // Where the interval is wider than what is missing, its error would take the nines away that were seen.
  if (half > 1 - value && low !== null)
    return html`${percent(value)} <span class="error">above ${percent(Math.max(0, low))}</span>`
  // Nor may rounding say more than there was.
  return half === 0 ? html`${percent(value)}` : told({ value, low, high }, PERCENT, { down: true })
}

/** `+0.31 points ±0.05`, `+12 ms ±1`: a difference and its unit. */
export function difference(estimate: Estimate, metric: string): Markup {
  if (estimate.value === null) return NOTHING
  const unit = isShare(metric) ? POINTS : metric.startsWith('latency') ? MS : { factor: 1, sign: '/s' }
  return told(estimate, unit, { signed: true })
}

function told(
  { value, low, high }: Estimate,
  { factor, sign }: Unit,
  { signed = false, down = false } = {},
): Markup {
  if (value === null) return NOTHING
  const half = low === null || high === null ? 0 : ((high - low) / 2) * factor
  // What is next to nothing in this unit is nothing.
  const x = Math.abs(value * factor) < NEGLIGIBLE && half < NEGLIGIBLE ? 0 : value * factor
  const decimals = decimalsOf(x, half)
  const plus = signed && x > 0 ? '+' : ''
  const error = fixed(half, decimals)
  return html`<span class="number">${plus}${fixed(down ? floored(x, decimals) : x, decimals)}${sign}</span>${Number(error.replaceAll(',', '')) > 0 && html` <span class="error">±${error}</span>`}`
}

/**
 * Decimals that mean something: of the error two digits up to 35 and one above (0.31, 0.4), and of the value no
 * more than five digits in all, or three where nothing is known of the error.
 */
function decimalsOf(value: number, half: number): number {
  const size = value === 0 ? 0 : Math.floor(Math.log10(Math.abs(value)))
  if (!(half > 0)) return clamp(Number.isInteger(value) ? 0 : 2 - size)
  const leading = Math.floor(Math.log10(half))
  const one = half / 10 ** leading >= 3.55
  return clamp(Math.min((one ? 0 : 1) - leading, Math.max(4 - size, value === 0 ? 3 : 0)))
}

/** Rounded down; what binary fractions lose is not taken for less. */
function floored(x: number, decimals: number): number {
  const digits = x * 10 ** decimals
  const nearest = Math.round(digits)
  return (nearest - digits <= 4e-15 * nearest ? nearest : Math.floor(digits)) / 10 ** decimals
}

const clamp = (decimals: number): number => Math.min(7, Math.max(0, decimals))

/** With separators and minus sign. */
function fixed(x: number, decimals: number): string {
  const text = Math.abs(x).toLocaleString('en-US', {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  })
  return x < 0 && /[1-9]/.test(text) ? `−${text}` : text
}

/** Seconds as one says them: `45 s`, `3 min`, `3 min 20 s`, `2 h 10 min`. */
export function time(seconds: number): string {
  const units = [
    ['d', 86400],
    ['h', 3600],
    ['min', 60],
  ] as const
  if (seconds < 60) return `${+seconds.toPrecision(3)} s`
  const first = units.findIndex(([, length]) => Math.round(seconds) >= length)
  const [name, length] = units[first]!
  const [smaller, part] = units[first + 1] ?? ['s', 1]
  const whole = Math.round(seconds / part) * part
  const rest = Math.round((whole % length) / part)
  return `${Math.floor(whole / length)} ${name}${rest > 0 ? ` ${rest} ${smaller}` : ''}`
}

/** What a component counts by itself, in the unit that its kind declares. */
export const inItsUnit = (estimate: Estimate, { unit }: Pick<Count, 'unit'>): Markup =>
  unit === 'ms' ? latency(estimate) : told(estimate, { factor: UNITS[unit].shown, sign: UNITS[unit].sign })
