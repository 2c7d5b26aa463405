import { describe, expect, it } from 'vitest'
import { depthsOf, lastOf, stretchesOf } from '../../../reports/words/stretches.js'
import type { Span } from '../../../sim/model/tracing.js'
import { span } from '../../support/spans.js'

/** As `doing from..to` of the `i`-th. */
const told = (spans: readonly Span[], i = 0, ends?: number) =>
  stretchesOf(spans, i, ends).map(({ doing, from, to }) => `${doing} ${from}..${to}`)

describe('stretches of a box', () => {
  it('waits for its turn where it did, also in the middle', () => {
    const app = span('app', 'web', 0, 8, { waits_s: [[3, 5]], wait_ms: 2000 })
    expect(told([app])).toEqual(['works 0..3', 'waits 3..5', 'works 5..8'])
    expect(told([{ ...app, waits_s: [[0, 8]] }])).toEqual(['waits 0..8'])
  })

  it('is on the wire from when it was sent until it came, and until its answer was there', () => {
    const app = span('app', 'web', 2, 5, { sent_s: 1, back_s: 7 })
    expect(told([app])).toEqual(['travels 1..2', 'works 2..5', 'travels 5..7'])
  })

  it('waits for boxes below, for several at once as for one, with their ways there and back', () => {
    const spans = [
      span('app', 'web', 0, 10),
      span('db', 'app', 2, 4, { sent_s: 1, back_s: 5 }),
      span('cache', 'app', 3, 7),
      span('db', 'app', 8, 9),
      span('disk', 'db', 2.5, 3),
    ]
    expect(told(spans)).toEqual(['works 0..1', 'asks 1..7', 'works 7..8', 'asks 8..9', 'works 9..10'])
    expect(told(spans, 1)).toEqual([
      'travels 1..2',
      'works 2..2.5',
      'asks 2.5..3',
      'works 3..4',
      'travels 4..5',
    ])
  })

  it('has nobody where there was no connection, and nobody to answer to once it is given up', () => {
    const spans = [
      span('app', 'web', 0, 3),
      span('db', 'app', 1, 2, { unconnected: true, outcome: 'connect_timeout' }),
      span('db', 'app', 2, 6, { given_up_s: 3, waits_s: [[2, 4]] }),
    ]
    expect(told(spans)).toEqual(['works 0..1', 'asks 1..3'])
    expect(told(spans, 1)).toEqual(['nobody 1..2'])
    expect(told(spans, 2)).toEqual(['waits 2..3', 'nobody 3..6'])
  })

  it('ends where it is told until, if it has not left, and has one of no length where all took no time', () => {
    expect(told([span('app', 'web', 1, null)], 0, 4)).toEqual(['works 1..4'])
    expect(told([span('app', 'web', 1, 9)], 0, 4)).toEqual(['works 1..4'])
    expect(told([span('app', 'web', 1, 1)])).toEqual(['works 1..1'])
    expect(told([span('app', 'web', 1, 1, { unconnected: true })])).toEqual(['nobody 1..1'])
  })

  it('takes two roundings of one moment for one', () => {
    const app = span('app', 'web', 0.1, 0.5, {
      sent_s: 0.1 - 1e-14,
      waits_s: [[0.1 + 1e-14, 0.3]],
      back_s: 0.5 + 1e-14,
    })
    const found = stretchesOf([app], 0)
    expect(found.map(({ doing }) => doing)).toEqual(['waits', 'works'])
    expect(found.map(({ from }) => from)).toEqual([app.sent_s, 0.3])
  })
})

it('knows how far down each box is, and the last of a request', () => {
  const spans = [span('lb', 'web', 1, 5), span('app', 'lb', 2, 4), span('db', 'app', 3, 9, { back_s: 11 })]
  expect(depthsOf([...spans, span('app', 'lb', 4, 5)])).toEqual([1, 2, 3, 2])
  const way = { id: 1, class: 'read', arrived_s: 1, outcome: null, latency_ms: null }
  expect(lastOf({ ...way, spans })).toBe(11)
  expect(lastOf({ ...way, spans: [span('lb', 'web', 1.5, null)] })).toBe(1.5)
  expect(lastOf({ ...way, spans: [] })).toBe(1)
})
