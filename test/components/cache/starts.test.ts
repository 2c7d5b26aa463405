import { describe, expect, test } from 'vitest'
import { offBy } from '../../support/statistics.js'
import { play, problemsOf } from '../../support/world.js'

const site = (cache: string, users = 'arrive: poisson(1000/s)', lasts = '1s') => `
lasts: ${lasts}
warmup: 0s
users: { u: { ${users}, to: cache } }
components:
  cache: { kind: cache, origin: origin, ${cache} }
  origin: { kind: service, service: 0s, servers: unlimited }
`

const ratio = (text: string, replication: number): number => {
  const { model } = play(text, replication)
  return model.components.get('cache')!.extra(model.kernel.now).hit_ratio!
}
const ratios = (text: string, n = 40) =>
  Array.from({ length: n }, (_, replication) => ratio(text, replication))

describe('a cache holds from the first request on what a long time of its load leaves in it', () => {
  test.each([
    // King 1971.
    ['keys: 10, size: 3, zipf: 0.8', 0.40783678665214373, '50ms'],
    ['keys: 16, size: 8, zipf: 0.6', 0.5873680342571549, '50ms'],
    // Jung, Berger and Balakrishnan: sum of p l T / (1 + l T).
    ['keys: 100, zipf: 0.8, ttl: 500ms', 0.8506210410188959, '100ms'],
  ])('%s: %f in the first moments', (options, exact, lasts) => {
    expect(offBy(ratios(site(options, undefined, lasts), 200), exact)).toBeLessThan(1)
  })

  test('inactive alone: one key hits if it was asked for within that: 1 - exp(-lambda T)', () => {
    const text = site('keys: 1, inactive: 500ms', 'arrive: poisson(4/s)', '1s')
    expect(offBy(ratios(text, 400).filter(Number.isFinite), 1 - Math.exp(-2))).toBeLessThan(1.5)
  })

  test('nothing ever goes: it hits always; starts: cold, and it begins empty', () => {
    expect(ratio(site('keys: 1000'), 0)).toBe(1)
    expect(ratio(site('keys: 1000, starts: cold'), 0)).toBeLessThan(0.8)
  })

  test('where nobody came before the run it is empty', () => {
    expect(
      ratio(site('keys: 1000', 'arrive: poisson(1000/s), profile: { 0s: 0%, 500ms: 100% }'), 0),
    ).toBeLessThan(0.8)
  })

  test('a word that is none is told', () => {
    expect(problemsOf(site('keys: 10, starts: hot')).join()).toContain('expected one of warm, cold')
  })
})
