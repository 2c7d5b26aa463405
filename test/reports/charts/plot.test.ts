import { describe, expect, it } from 'vitest'
import type { Chart, Line } from '../../../reports/charts/chart.js'
import { placeLabels } from '../../../reports/charts/lanes.js'
import { plot } from '../../../reports/charts/plot.js'
import { inWords, readingAt } from '../../../reports/charts/reading.js'

const line: Line = {
  name: 'answered',
  tone: 'ok',
  points: [
    [0, 10],
    [25, 40],
    [50, null],
    [75, 20],
    [100, null],
  ],
}
const chart: Chart = {
  tall: 100,
  x: { unit: 'time', log: false, from: 0, to: 100 },
  panels: [{ title: 'Requests per second', unit: 'rate', log: false, from: 0, to: 40, lines: [line] }],
  bands: [{ from: 20, to: 60, label: 'crash of <b>' }],
}
const withLine = (more: Partial<Line>): Chart => ({
  ...chart,
  panels: [{ ...chart.panels[0]!, lines: [{ ...line, ...more }] }],
})
const drawn = (one: Chart): string => String(plot(one, 'What was seen'))

describe('a chart', () => {
  it('is a line through its points, with gaps; a lone point is a dash', () => {
    expect(drawn(chart)).toContain('d="M0 75L250 0M748.5 50h3"')
  })

  it('is said in words for those who do not see it', () => {
    const svg = drawn(chart)
    expect(svg).toContain('<title>What was seen</title>')
    expect(svg).toContain(
      '<desc>Requests per second. answered: 10/s at 0 s to 40/s at 25 s. crash of &lt;b&gt;: from 20 s to 1:00.</desc>',
    )
    expect(inWords(withLine({ points: [[0, null]] }))).toContain('answered: nothing to show')
    expect(inWords(withLine({ points: [[0, 3]] }))).toContain('answered: 3/s')
  })

  it('says so where there is nothing to show, and has no numbers beside it', () => {
    const svg = drawn(withLine({ points: [[0, null]] }))
    expect(svg).toContain('>nothing to show</text>')
    expect(svg).not.toContain('x="-8"')
    expect(drawn(chart)).not.toContain('nothing to show')
  })

  it('has bands over all panels, at shares of its width', () => {
    expect(drawn(chart)).toMatch(/class="band" x="20%" y="37" width="40%" height="100"/)
  })

  it('fills what is to be filled, run by run', () => {
    expect(drawn(withLine({ filled: true }))).toContain(
      'd="M0 100L0 75L250 0L250 100ZM750 100L750 50L750 100Z"',
    )
    expect(drawn(chart)).not.toContain('Z"')
  })

  it('has a ribbon of intervals and dots, and crosses out', () => {
    const svg = drawn(
      withLine({
        ribbon: [
          [0, 8, 12],
          [25, 36, 44],
        ],
        crossed: [25],
      }),
    )
    expect(svg).toContain('d="M0 70L250 -2L250 10L0 80Z"')
    expect(svg.match(/<circle/g)).toHaveLength(2)
    expect(svg).toMatch(/class="cross" x="25%" y="37"/)
  })

  it('has no ribbon where the line has a gap, and a bar at a lone point', () => {
    const ribbon = [0, 25, 75].map((x) => [x, 10, 20] as const)
    const svg = drawn(withLine({ ribbon }))
    expect(svg).toContain('d="M0 50L250 50L250 75L0 75Z"')
    expect(svg).toContain('class="ribbon bar"')
    expect(svg).toContain('d="M750 50L750 75"')
  })

  it('needs no style: it carries neither style attributes nor handlers', () => {
    expect(drawn(withLine({ filled: true, crossed: [0] }))).not.toMatch(/ (style|on\w+)=/)
  })
})

describe('names of bands', () => {
  const bands = (...all: [number, number, string][]) =>
    placeLabels({ ...chart, bands: all.map(([from, to, label]) => ({ from, to, label })) })

  it('stand one below the other where they are close', () => {
    const labels = bands([10, 20, 'crash of nginx-1'], [15, 20, 'crash of nginx-2'], [60, 70, 'crash of app'])
    expect(labels.map(({ lane }) => lane)).toEqual([0, 1, 0])
  })

  it('end at the right edge of a band where they would leave the chart', () => {
    expect(bands([85, 95, 'crash of nginx-1'])).toEqual([
      { label: 'crash of nginx-1', at: '95%', anchor: 'end', lane: 0 },
    ])
  })

  it('are left out where there is no room, never written over one another', () => {
    const many = bands(
      ...Array.from({ length: 9 }, (_, i) => [50, 60, `crash of ${i}`] as [number, number, string]),
    )
    expect(many.map(({ lane }) => lane)).toEqual([0, 1, 2, 3])
  })
})

describe('what is read at a place', () => {
  it('is that of the nearest point, with the bands there', () => {
    expect(readingAt(chart, 0.3)).toEqual({
      place: 0.25,
      head: '25 s',
      rows: [{ panel: 0, name: 'answered', tone: 'ok', text: '40/s', height: 1 }],
      bands: ['crash of <b>'],
    })
  })

  it('is, of a line without a point there, what is drawn; and nothing in a gap', () => {
    const other: Line = {
      name: 'asked',
      tone: 'offered',
      points: [
        [0, 0],
        [50, 40],
      ],
    }
    const both = { ...chart, panels: [{ ...chart.panels[0]!, lines: [line, other] }] }
    expect(readingAt(both, 0.25)!.rows.map(({ text }) => text)).toEqual(['40/s', '20/s'])
    expect(readingAt(both, 0.5)!.rows.map(({ name }) => name)).toEqual(['asked'])
  })

  it('is nothing where there is nothing', () => {
    expect(readingAt(withLine({ points: [] }), 0.5)).toBeNull()
  })

  it('has the interval, and whether it is overloaded', () => {
    const one = readingAt(withLine({ ribbon: [[25, 36, 44]], crossed: [25] }), 0.25)!
    expect(one.rows[0]!.text).toBe('40/s (36/s – 44/s), overloaded')
  })
})
