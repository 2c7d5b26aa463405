import { expect, test } from 'vitest'
import { isColoured, lookOf, widthOf } from '../../cli/terminal.js'
import { toText } from '../../reports/text.js'
import { resultOf } from '../support/results.js'

test('text is as wide as the terminal, within bounds, and 100 columns where there is none', () => {
  expect([20, 60, 87, 160, 300, undefined, 0].map((columns) => widthOf({ columns }))).toEqual([
    60, 60, 87, 160, 160, 100, 100,
  ])
})

test('colours: on a terminal that knows them, none with NO_COLOR or in a pipe, FORCE_COLOR puts them in', () => {
  const [terminal, pipe] = [{ isTTY: true }, {}]
  expect(isColoured(terminal, {})).toBe(true)
  expect(isColoured(pipe, {})).toBe(false)
  expect(isColoured(terminal, { TERM: 'dumb' })).toBe(false)
  expect(isColoured(terminal, { NO_COLOR: '1' })).toBe(false)
  expect(isColoured(terminal, { NO_COLOR: '' })).toBe(true)
  expect(isColoured(pipe, { FORCE_COLOR: '1' })).toBe(true)
  expect(isColoured(pipe, { FORCE_COLOR: '' })).toBe(true)
  expect(isColoured(terminal, { FORCE_COLOR: '0' })).toBe(false)
  expect(isColoured(pipe, { FORCE_COLOR: '1', NO_COLOR: '1' })).toBe(false)
})

test('met is green, not met is red, undecided is yellow', () => {
  const { scenario, result } = resultOf(`
lasts: 20s
users: { u: { arrive: poisson(40/s), to: box } }
components: { box: { kind: service, service: exponential(10ms) } }
expect: { latency_mean: "<= 1s", qps: ">= 100/s", latency_p99: "<= 1s" }`)
  const report = { version: 1 as const, results: [result] }
  const coloured = toText(report, [scenario], lookOf({ isTTY: true }, true, {}))
  for (const [begins, code] of [
    ['Expected latency_mean <= 1s: met', 32],
    ['Expected qps >= 100/s: not met', 31],
    ['Expected latency_p99 <= 1s: undecided', 33],
  ])
    expect(coloured).toContain(`\u001b[${code}m${begins}`)
  // Nothing is lost or moved by it.
  const plain = toText(report, [scenario], lookOf({}, true, {}))
  expect(plain).not.toContain('\u001b')
  expect(
    coloured
      .split('\u001b')
      .map((part, i) => (i === 0 ? part : part.replace(/^\[\d+m/, '')))
      .join(''),
  ).toBe(plain)
})
