import type { NinesResult } from '../../sim/experiments/nines/nines-result.js'
import type { Estimate } from '../../sim/stats/estimate.js'
import { digits, percent } from './numbers.js'

/** Minutes as one says them: `44 min`, `13 s`, `2.1 h`, `3.2 d`. */
export function minutes(min: number): string {
  const size = Math.abs(min)
  if (size >= 2880) return `${digits(min / 1440)} d`
  if (size >= 120) return `${digits(min / 60)} h`
  if (size >= 1) return `${digits(min)} min`
  return size * 60 < 0.0005 ? '0 s' : `${digits(min * 60)} s`
}

/** With what it may be as well: `44 min (41 min to 67 min)`. */
export function minutesWithin({ value, low, high }: Estimate): string {
  if (value === null) return '–'
  const own = minutes(value)
  if (low === null || high === null || (minutes(low) === own && minutes(high) === own)) return own
  return `${own} (${minutes(low)} to ${minutes(high)})`
}

/** Seconds that something lasts, or that lie between: `4.3 s`, `12 min`, `31 h`, `120 d`. */
export const lasting = (seconds: number): string =>
  seconds >= 2 * 86_400 * 365 ? `${digits(seconds / (86_400 * 365))} y` : minutes(seconds / 60)

/** `10 years`, `1 year`, `30 d`. */
export function yearsIn(seconds: number): string {
  const years = seconds / (86_400 * 365)
  return years >= 0.995 ? `${digits(years)} year${digits(years) === '1' ? '' : 's'}` : lasting(seconds)
}

/** `4.1 nines`; of all that is answered nobody can count them. */
export const ninesIn = ({ nines }: Pick<NinesResult, 'nines'>): string | null =>
  nines === null ? null : `${Math.max(0, Math.floor(nines * 10) / 10).toFixed(1)} nines`

/** A share that is amiss now and then, with what it may be as well. */
export function shareWithin({ value, low, high }: Estimate): string {
  if (value === null) return '–'
  const own = percent(value)
  if (low === null || high === null || (percent(low) === own && percent(high) === own)) return own
  return `${own} (${percent(low)} to ${percent(high)})`
}

/** What a year and a month keep, in words. */
export const chance = ({ value, low, high }: Estimate): string => {
  if (value === null) return '–'
  if (value === 1) return low === null || low === 1 ? 'always' : `in more than ${percent(low)} of them`
  if (value === 0)
    return high === null || high === 0 ? 'never' : `in less than ${digits(high * 100)}% of them`
  return `in ${percent(value)} of them`
}
