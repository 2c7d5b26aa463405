import { isShare } from '../../sim/experiments/compare.js'
import { type Count, UNITS } from '../../sim/parts/count.js'
import { type Estimate, scaled } from '../../sim/stats/estimate.js'
import { html, type Markup } from '../drawing/markup.js'
import { type LatencyCell, latencyCell } from '../words/latency-cell.js'
import { counted, digits, errorOfNines, inUnitOf, nines, shown } from '../words/numbers.js'

/** What stands where nothing can be told; the notes say why. */
export const NOTHING: Markup = html`<span class="none" title="cannot be told: see the notes">–</span>`

/** `200 ±0.4`: without a unit, or in the one that the head of a column says. */
export const quantity = (estimate: Estimate): Markup => told(estimate, '')

/** The same of a number of requests, which others may add up to. */
export const many = (estimate: Estimate): Markup => told(estimate, '', { show: counted })

/** `62.1% ±0.3`. */
export const share = (estimate: Estimate): Markup => told(scaled(estimate, 100), '%')

/** A share that has its nines, never rounded up: `99.98% ±0.0021`, `> 99.99986%` where nothing was amiss. */
export function availability(estimate: Estimate): Markup {
  if (estimate.value === null) return NOTHING
  const error = errorOfNines(estimate)
  if (error === null) return html`${nines(estimate)}`
  return html`<span class="number">${nines(estimate)}</span> <span class="error">${error}</span>`
}

/** A latency in a column whose head says ms; what is only of those who were answered is marked as that. */
export const latencyIn = (...given: Parameters<typeof latencyCell>): Markup =>
  marked(latencyCell(...given), quantity)

/** The same where it stands alone, with its unit: `3.02 s ±0.12`. */
export const latencyAlone = (...given: Parameters<typeof latencyCell>): Markup =>
  marked(latencyCell(...given), (estimate) => {
    const isLong = inUnitOf(estimate.value!)(0).endsWith(' s')
    return told(scaled(estimate, isLong ? 0.001 : 1), isLong ? ' s' : ' ms')
  })

function marked({ estimate, beyond, of }: LatencyCell, show: (estimate: Estimate) => Markup): Markup {
  if (beyond !== null)
    return html`<span class="beyond" title="as many were not answered as are slower than this">${beyond}</span>`
  if (estimate.value === null) return NOTHING
  return html`${show(estimate)}${of !== null && html` <span class="error" title="of those who were answered">of ${of}</span>`}`
}

/** `+0.31 points ±0.05`, `+12 ms ±1`: a difference and its unit. */
export function difference(estimate: Estimate, metric: string): Markup {
  if (isShare(metric)) return told(scaled(estimate, 100), ' points', { signed: true })
  return told(estimate, metric.startsWith('latency') ? ' ms' : '/s', { signed: true })
}

function told(estimate: Estimate, sign: string, { signed = false, show = digits } = {}): Markup {
  const texts = shown(estimate, show)
  if (texts === null) return NOTHING
  const value = texts.value.replace('-', '−')
  const plus = signed && estimate.value! > 0 && value !== '0' ? '+' : ''
  return html`<span class="number">${plus}${value}${sign}</span>${texts.error !== null && html` <span class="error">${texts.error}</span>`}`
}

/** Seconds as one says them: `45 s`, `3 min`, `3 min 20 s`, `2 h 10 min`. */
export function time(seconds: number): string {
  const units = [
    ['d', 86400],
    ['h', 3600],
    ['min', 60],
  ] as const
  if (seconds < 60) return `${digits(seconds)} s`
  const first = units.findIndex(([, length]) => Math.round(seconds) >= length)
  const [name, length] = units[first]!
  const [smaller, part] = units[first + 1] ?? ['s', 1]
  const whole = Math.round(seconds / part) * part
  const rest = Math.round((whole % length) / part)
  return `${Math.floor(whole / length)} ${name}${rest > 0 ? ` ${rest} ${smaller}` : ''}`
}

/** What a component counts by itself, in the unit that its kind declares. */
export const inItsUnit = (estimate: Estimate, { unit }: Pick<Count, 'unit'>): Markup =>
  told(scaled(estimate, UNITS[unit].shown), UNITS[unit].sign, { show: unit === 'count' ? counted : digits })
