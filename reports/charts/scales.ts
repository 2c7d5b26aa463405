import type { Chart, Panel } from './chart.js'

/** An axis: where a value lies on it, and which values are written there. */
export interface Scale {
  readonly from: number
  readonly to: number
  /** From 0 to 1; beyond for what is beyond. */
  at(value: number): number
  /** The value there. */
  value(place: number): number
  readonly ticks: readonly number[]
}

/** Ticks of an axis at most: what a wide page has room for. */
const MOST = 10
/** The same of the height of a panel. */
const MOST_HIGH = 5

export function xScale({ x }: Pick<Chart, 'x'>): Scale {
  const { from, to, log, unit, labels } = x
  if (log) return logarithmic(from, to, MOST)
  const step = labels ? 1 : unit === 'time' ? clockStep((to - from) / MOST) : niceAbove((to - from) / MOST)
  return linear(from, to, step)
}

/** Nought to the next round number above what is to be seen, where the panel does not say. */
export function yScale({ log, from, to, lines }: Panel): Scale {
  const values = lines.flatMap(({ points, ribbon = [] }) => [
    ...points.flatMap(([, y]) => (y === null ? [] : [y])),
    ...ribbon.map(([, , high]) => high),
  ])
  const least = from ?? Math.min(0, ...values)
  const most = to ?? Math.max(least, ...values)
  if (log) return logarithmic(least, most, MOST_HIGH)
  if (most === least) return linear(least, least + 1, 0.5)
  const step = niceAbove((most - least) / MOST_HIGH)
  return linear(least, to ?? round(step * Math.ceil(round(most / step))), step)
}

function linear(from: number, to: number, step: number): Scale {
  const first = Math.ceil(round(from / step))
  const last = Math.floor(round(to / step))
  return {
    from,
    to,
    at: (value) => (value - from) / (to - from),
    value: (place) => from + place * (to - from),
    ticks: Array.from({ length: last - first + 1 }, (_, i) => round((first + i) * step)),
  }
}

function logarithmic(from: number, to: number, most: number): Scale {
  // What is all at one place stands in the middle.
  if (from === to) return logarithmic(from / 2, from * 2, most)
  const decades = Math.log10(to / from)
  return {
    from,
    to,
    at: (value) => Math.log10(value / from) / decades,
    value: (place) => from * 10 ** (place * decades),
    ticks: powers(from, to, most),
  }
}

/** 1, 2 and 5 in each decade where there is room for them; else 1, or that of every second, third, ... decade. */
function powers(from: number, to: number, most: number): number[] {
  const first = Math.floor(Math.log10(from) + EXACT)
  const last = Math.floor(Math.log10(to) + EXACT)
  const within = (values: readonly number[]) =>
    values.filter((value) => value >= from * (1 - EXACT) && value <= to * (1 + EXACT))
  const decades = Array.from({ length: last - first + 1 }, (_, i) => first + i)
  const fine = within(decades.flatMap((power) => [1, 2, 5].map((n) => round(n * 10 ** power))))
  if (fine.length <= most) return fine
  const whole = within(decades.map((power) => round(10 ** power)))
  const every = Math.ceil((whole.length - 1) / (most - 1))
  return whole.filter((_, i) => (whole.length - 1 - i) % every === 0)
}

const EXACT = 1e-9
/** Without what arithmetic leaves behind the twelfth digit. */
const round = (x: number): number => +x.toPrecision(12)

/** The next of 1, 2, 5 times a power of ten that is not less. */
export function niceAbove(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least))
  return round(power * [1, 2, 5, 10].find((n) => n * power >= least * (1 - EXACT))!)
}

/** The one before it that is not more. */
export function niceBelow(most: number): number {
  const power = 10 ** Math.floor(Math.log10(most))
  return round(power * ([5, 2].find((n) => n * power <= most * (1 + EXACT)) ?? 1))
}

/** Seconds that clocks know. */
const CLOCK = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400]

function clockStep(least: number): number {
  if (least < 1) return niceAbove(least)
  return CLOCK.find((step) => step >= least) ?? 86400 * niceAbove(least / 86400)
}

/** A share of the width. */
export const across = (place: number): string => `${+(place * 100).toFixed(2)}%`
