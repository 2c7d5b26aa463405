import { describe, expect, test } from 'vitest'
import { play, problemsOf, responses, tally } from '../../support/world.js'

const page = (to = '[a, b]', faults = '', users = '') => `
lasts: 100.5s
warmup: 0s
users: { u: { arrive: constant(1/s), to: page${users} } }
components:
  page: { kind: fanout, to: ${to} }
  a: { kind: service, servers: unlimited, service: 100ms }
  b: { kind: service, service: 300ms }
faults: [${faults}]
`
const latencies = (text: string, outcome = 'ok') =>
  responses(play(text).ended.filter((r) => r.outcome === outcome))

describe('fanout', () => {
  test('answers when the last of its calls is answered', () => {
    expect(latencies(page())).toEqual([0.3])
    expect(latencies(page('[a]'))).toEqual([0.1])
  })

  test('calls one box as often as it is told', () => {
    // Three at a station with one server: the last is done after 900 ms.
    expect(latencies(page('[{ name: b, times: 3 }, a]'))).toEqual([0.9])
    const sent = play(page('[{ name: b, times: 3 }, a]')).model.wires.map((w) => [w.towards, w.sent])
    expect(Object.fromEntries(sent)).toEqual({ page: 100, a: 100, b: 300 })
  })

  test('calls of one request draw their own numbers', () => {
    const text = page('[{ name: a, times: 2 }]').replace('100ms', 'exponential(100ms)')
    const { ended } = play(text.replace('lasts: 100.5s', 'lasts: 3000s'))
    const mean = ended.reduce((sum, r) => sum + r.ended - r.arrived, 0) / ended.length
    // The larger of two: 1.5 means, its variance 1.25 means squared.
    expect(Math.abs(mean - 0.15)).toBeLessThan((3.5 * 0.1 * Math.sqrt(1.25)) / Math.sqrt(ended.length))
  })

  test('fails as the first that failed, after the last answer', () => {
    const crash = '{ kind: crash, target: a, at: 50.5s, for: 10s }'
    expect(latencies(page('[a, b]', crash), 'refused')).toEqual([0.3])
    expect(tally(play(page('[a, b]', crash)).ended).refused).toBe(10)
  })

  test('a crash of its own, a hang and impatient visitors leave no request behind', () => {
    const faults = [
      '{ kind: crash, target: page, at: 10.05s, for: 5s }',
      '{ kind: hang, target: page, at: 30.05s, for: 5s }',
      '{ kind: crash, target: page, at: 34.5s, for: 2s }',
      '{ kind: hang, target: b, at: 60.05s, for: 5s }',
      '{ kind: crash, target: b, at: 80.05s, for: 5s }',
    ].join(', ')
    const { model, ended } = play(page('[a, b]', faults, ', timeout: 800ms'))
    const counts = tally(ended)
    expect(Object.keys(counts).sort()).toEqual(['ok', 'refused', 'reset', 'timeout'])
    expect(model.context.requests.inUse).toBe(0)
  })

  test('at most 1000 calls for one request', () => {
    expect(problemsOf(page('[{ name: a, times: 600 }, { name: b, times: 600 }]')).join()).toContain(
      'expected at most 1000 calls',
    )
  })
})
