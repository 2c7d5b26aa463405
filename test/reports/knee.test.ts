import { expect, it } from 'vitest'
import { curvesOf, missed, overloadOf, overloads } from '../../reports/knee.js'
import { sweepCsv, sweepText } from '../../reports/sweep-table.js'
import { resultOf } from '../support/results.js'

/** One server of 10 ms: full at 100/s; its objectives break before. */
const at = (x: number, y = 1) =>
  resultOf(
    `
lasts: 60s
users: { u: { arrive: constant(${x}/s), to: q } }
hosts: { h: { cores: ${y} } }
components: { q: { kind: service, host: h, servers: 100, service: 10ms } }
expect: { hosts.h.utilization: "<= 60%", latency_mean: "<= 50ms" }`,
    2,
  ).result

const dimension = { name: 'x', values: ['50', '80', '120'] }
const points = [50, 80, 120].map((x) => ({ point: { x: String(x) }, result: at(x) }))
const [curve] = curvesOf([dimension], points)
const sweep = {
  version: 1 as const,
  settings: ['users.u.arrive=constant({x}/s)'],
  dimensions: [dimension],
  points,
}

it('names the machine whose CPU is full, and the objectives that are missed, each from where on', () => {
  expect(points.map(({ result }) => overloadOf(result))).toEqual([null, null, 'h'])
  expect(overloads(curve!)).toBe('Carries the load up to x=80; from x=120 on the CPU of h cannot keep up.')
  expect(missed(curve!)).toBe(
    'Not met: hosts.h.utilization <= 60% from x=80 on; latency_mean <= 50ms at x=120.',
  )
  expect(sweepText(sweep)).toContain('hosts.h.utilization <= 60% from x=80 on')
})

it('has both in the table', () => {
  const rows = sweepCsv(sweep).trim().split('\n')
  expect(rows[0]).toMatch(/,not_met,overloaded$/)
  expect(rows[1]).toMatch(/,,$/)
  expect(rows[2]).toMatch(/,hosts.h.utilization <= 60%,$/)
  expect(rows[3]).toMatch(/,hosts.h.utilization <= 60%; latency_mean <= 50ms,h$/)
})

it('says nothing of objectives that are met', () => {
  expect(missed(curvesOf([dimension], [points[0]!])[0]!)).toBeNull()
})
