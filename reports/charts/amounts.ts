import { digits, milliseconds, percent, whole } from '../words/numbers.js'
import type { Chart, Panel } from './chart.js'

/** How a number is written on the axis of a panel. */
export function onAxis({ unit }: Pick<Panel, 'unit'>, value: number): string {
  if (unit === 'ms') return milliseconds(value)
  if (unit === 'share') return `${exact(value * 100)}%`
  if (unit === 'beyond') return value >= 0.999 ? 'all' : `1 in ${short(Math.round(1 / value))}`
  return short(value)
}

/** A value of a line, with its unit. */
export function amount({ unit }: Pick<Panel, 'unit'>, y: number): string {
  if (unit === 'ms') return milliseconds(y)
  if (unit === 'rate') return `${digits(y)}/s`
  if (unit === 'count') return digits(y)
  return unit === 'share' ? percent(y) : `${digits(y * 100)}% are slower`
}

/** Where on the x axis. */
export function position({ x }: Pick<Chart, 'x'>, value: number): string {
  if (x.labels) return x.labels[value] ?? ''
  return x.unit === 'time' ? clock(value) : x.unit === 'ms' ? milliseconds(value) : short(value)
}

/** Seconds as a clock shows them: 45 s, 2:30, 1:02:30, 3 d 4:00. */
function clock(seconds: number): string {
  const rounded = Math.round(seconds * 10) / 10
  if (rounded < 60) return `${rounded} s`
  const two = (n: number) => String(Math.floor(n)).padStart(2, '0')
  if (rounded < 3600) return `${Math.floor(rounded / 60)}:${two(rounded % 60)}`
  const days = Math.floor(rounded / 86400)
  const hours = Math.floor((rounded % 86400) / 3600)
  const minutes = two((rounded % 3600) / 60)
  return days > 0 ? `${days} d ${hours}:${minutes}` : `${hours}:${minutes}:${two(rounded % 60)}`
}

function short(n: number): string {
  if (n >= 1e6) return `${digits(n / 1e6)} M`
  return n >= 1e4 ? `${digits(n / 1e3)} k` : exact(n)
}

/** Numbers of an axis are round, however close they are to one another. */
const exact = (n: number): string => (Math.abs(n) >= 999.5 ? whole(n) : String(+n.toPrecision(5)))
