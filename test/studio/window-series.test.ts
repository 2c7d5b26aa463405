import { expect, it } from 'vitest'
import type { Window } from '../../studio/messages.js'
import {
  answered,
  failed,
  failures,
  latencies,
  overlaid,
  rates,
  Series,
  slowest,
} from '../../studio/page/window-series.js'

const window = (from: number, to: number, more: Partial<Window> = {}): Window => ({
  from,
  to,
  asked: 100,
  ok: 90,
  good: 80,
  outcomes: [90, 0, 10],
  p50: 5,
  p90: 9,
  p99: null,
  ...more,
})

it('puts what comes again in the place of what was there', () => {
  const series = new Series()
  series.put([window(0, 0.5), window(0.5, 1), window(1, 1.5)])
  series.put([window(0, 1, { asked: 7 })])
  expect(series.windows.map(({ from, to, asked }) => [from, to, asked])).toEqual([
    [0, 1, 7],
    [1, 1.5, 100],
  ])
  series.forget(1.2)
  expect(series.windows).toHaveLength(1)
  series.clear()
  expect(series.windows).toEqual([])
})

it('takes figures over the last second before the moment, or over the last window where this is longer', () => {
  const series = new Series()
  series.put([
    window(0, 0.5, { ok: 0, good: 0, outcomes: [0, 0, 0] }),
    window(0.5, 1),
    window(1, 1.5, { p99: 40 }),
  ])
  expect(series.figures(1.6)).toEqual({ asked: 200, ok: 180, good: 0.8, p99: 40, failed: 20 })
  // Of what comes later nothing is known yet.
  expect(series.figures(0.6)).toEqual({ asked: 200, ok: 0, good: null, p99: null, failed: 0 })
  expect(series.figures(0.2).asked).toBeNull()
  const long = new Series()
  long.put([window(0, 2.5)])
  expect(long.figures(2.5)).toMatchObject({ asked: 40, failed: 4 })
})

it('finds the window of a moment, and of what is not known yet the last', () => {
  const series = new Series()
  expect(series.at(3)).toBeNull()
  series.put([window(0, 0.5), window(0.5, 1)])
  expect(series.at(0.5)!.from).toBe(0.5)
  expect(series.at(9)!.from).toBe(0.5)
})

it('counts what failed between two moments', () => {
  const series = new Series()
  series.put([window(0, 1), window(1, 2), window(2, 3)])
  expect(series.failedBetween(1, 2)).toBe(10)
  expect(series.failedBetween(0.5, 2.5)).toBe(30)
  expect(series.failedBetween(3, 4)).toBe(0)
})

it('gives columns as charts take them: a second, at the middle of each window', () => {
  const some = [window(0, 0.5), window(0.5, 1, { p50: null, outcomes: [90, 4, 6] })]
  expect(rates(some)).toEqual([
    [0.25, 0.75],
    [200, 200],
    [160, 160],
    [180, 180],
    [20, 20],
  ])
  expect(latencies(some)).toEqual([
    [0.25, 0.75],
    [5, null],
    [9, 9],
    [null, null],
  ])
  expect(failures(some, [2, 1])).toEqual([
    [0.25, 0.75],
    [20, 12],
    [0, 8],
  ])
})

it('lays one figure of two runs over one another, at the times of either', () => {
  const first = [window(0, 1), window(1, 2, { p99: 40 })]
  const second = [window(1, 2, { ok: 50, outcomes: [50, 5] }), window(2, 3)]
  expect(overlaid(first, second, answered)).toEqual([
    [0.5, 1.5, 2.5],
    [90, 90, undefined],
    [undefined, 50, 90],
  ])
  // Too few for a percentile is not the same as no window.
  expect(overlaid(first, second, slowest)).toEqual([
    [0.5, 1.5, 2.5],
    [null, 40, undefined],
    [undefined, null, null],
  ])
  expect(overlaid(first, second, failed)[2]).toEqual([undefined, 5, 10])
  expect(overlaid([], [], failed)).toEqual([[], [], []])
})
