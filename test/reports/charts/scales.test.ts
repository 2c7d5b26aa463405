import { describe, expect, it } from 'vitest'
import type { Chart, Panel } from '../../../reports/charts/chart.js'
import { niceAbove, niceBelow, xScale, yScale } from '../../../reports/charts/scales.js'

const x = (axis: Partial<Chart['x']>) => xScale({ x: { unit: 'value', log: false, from: 0, to: 1, ...axis } })
const y = (panel: Partial<Panel>) => yScale({ title: '', unit: 'ms', log: false, lines: [], ...panel })
const line = (...values: (number | null)[]) => ({
  name: '',
  tone: 'ok' as const,
  points: values.map((value, i) => [i, value] as const),
})

describe('ticks', () => {
  it.each([
    ['of minutes', { unit: 'time', to: 600 }, [0, 60, 120, 180, 240, 300, 360, 420, 480, 540, 600]],
    ['of a quarter of an hour', { unit: 'time', to: 900 }, [0, 120, 240, 360, 480, 600, 720, 840]],
    [
      'of two days',
      { unit: 'time', to: 172_800 },
      [0, 21_600, 43_200, 64_800, 86_400, 108_000, 129_600, 151_200, 172_800],
    ],
    [
      'of three months',
      { unit: 'time', to: 90 * 86_400 },
      [0, 10, 20, 30, 40, 50, 60, 70, 80, 90].map((d) => d * 86_400),
    ],
    ['of a second', { unit: 'time', to: 1 }, [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]],
    ['of rates', { from: 100, to: 900 }, [100, 200, 300, 400, 500, 600, 700, 800, 900]],
    ['of what lies between round numbers', { from: 0.9, to: 7.3 }, [1, 2, 3, 4, 5, 6, 7]],
    ['of names', { from: 0, to: 2, labels: ['a', 'b', 'c'] }, [0, 1, 2]],
    ['of three decades', { log: true, from: 1, to: 1000 }, [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000]],
    ['of five', { log: true, from: 0.5, to: 20_000 }, [1, 10, 100, 1000, 10_000]],
    ['of one place', { log: true, from: 5, to: 5 }, [5, 10]],
    ['of half a decade', { log: true, from: 2, to: 10 }, [2, 5, 10]],
  ] as const)('%s', (_, axis, ticks) => {
    expect(x(axis).ticks).toEqual(ticks)
  })

  it('of many decades leave some out, and keep the last', () => {
    expect(y({ log: true, from: 1e-6, to: 1, unit: 'beyond' }).ticks).toEqual([1e-6, 1e-4, 1e-2, 1])
  })
})

describe('an axis', () => {
  it('begins at nought and ends at the next round number above all that is seen, intervals included', () => {
    const ribbon = [[0, 30, 83]] as const
    expect(y({ lines: [{ ...line(12, null, 47), ribbon }] })).toMatchObject({ from: 0, to: 100 })
    expect(y({ lines: [line(12, null, 47)] })).toMatchObject({ from: 0, to: 50 })
  })

  it('has room for what is nought, and for nothing', () => {
    for (const lines of [[line(0, 0)], [line(null)], []])
      expect(y({ lines })).toMatchObject({ from: 0, to: 1, ticks: [0, 0.5, 1] })
  })

  it('keeps the ends that it is given', () => {
    const share = y({ unit: 'share', from: 0.998, to: 1, lines: [line(0.999)] })
    expect(share).toMatchObject({ from: 0.998, to: 1, ticks: [0.998, 0.9985, 0.999, 0.9995, 1] })
  })

  it('has each value where its inverse finds it again', () => {
    for (const scale of [x({ from: 100, to: 900 }), x({ log: true, from: 0.5, to: 10_000 })]) {
      expect([scale.at(scale.from), scale.at(scale.to)]).toEqual([0, 1])
      expect(scale.value(scale.at(123))).toBeCloseTo(123, 9)
    }
  })
})

it.each([
  [1, 1, 1],
  [1.01, 1, 2],
  [2, 2, 2],
  [4.9, 2, 5],
  [0.07, 0.05, 0.1],
  [0.3, 0.2, 0.5],
  [9999, 5000, 10_000],
])('%s lies between %s and %s, which are round', (x, below, above) => {
  expect([niceBelow(x), niceAbove(x)]).toEqual([below, above])
})
