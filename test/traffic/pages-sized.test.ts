import { expect, test } from 'vitest'
import { play } from '../support/world.js'

const SEGMENT = 1448

/** How long a page takes whose assets have `segments` each, from 50 ms away; one page at a time. */
function loadTime(page: string, segments: number, bandwidth = ''): number {
  const { model } = play(`
lasts: 30s
warmup: 0s
sizes: { static: { answer: ${segments * SEGMENT}B } }
users: { u: { arrive: constant(0.1/s), to: n, page: { ${page} }, ${bandwidth} } }
components: { n: { kind: nginx, service: 0s } }
wires: { u -> n: { latency: 50ms } }`)
  return +model.users[0]!.pages!.account.latency.max.toFixed(6)
}

test('the streams of a connection begin with ten segments together', () => {
  // Page: 0.2 s. Two streams of five segments each: 5 at once; of 10: 5 and 5; of 16: 5, 10, 1.
  expect(loadTime('assets: 2, http: 2', 5)).toBe(0.3)
  expect(loadTime('assets: 2, http: 2', 10)).toBe(0.4)
  expect(loadTime('assets: 2, http: 2', 16)).toBe(0.5)
})

test('or with one each, where they are more than ten', () => {
  expect(loadTime('assets: 20, http: 2', 1)).toBe(0.3)
  expect(loadTime('assets: 20, http: 2', 3)).toBe(0.4)
  expect(loadTime('assets: 20, http: 2', 4)).toBe(0.5)
})

test('a connection with one request at a time begins with ten, and goes on with all that it has learned', () => {
  // Page: 0.2 s; its own connection is warm. The other opens: 0.4 s, and one round trip more for the eleventh segment.
  expect(loadTime('assets: 2', 10)).toBe(0.4)
  expect(loadTime('assets: 2', 11)).toBe(0.5)
})

test('all of a page share the line that its visitor has to himself', () => {
  // 1500 bytes a segment, 1.5 MB/s: a millisecond each. Six connections bring sixty segments.
  const line = 'bandwidth: 12Mbit/s'
  expect(loadTime('assets: 1, http: 2', 10, line)).toBeCloseTo(0.31, 9)
  expect(loadTime('assets: 10, http: 2', 1, line)).toBeCloseTo(0.31, 9)
  expect(loadTime('assets: 6', 10, line)).toBeCloseTo(0.45, 9)
})
