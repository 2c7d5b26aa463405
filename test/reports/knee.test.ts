import { describe, expect, it } from 'vitest'
import { assets } from '../../cli/assets.js'
import { sweepHtml } from '../../reports/html/sweep-page.js'
import { curvesOf, missed, overloadOf, overloads } from '../../reports/knee.js'
import { sweepCsv, sweepText } from '../../reports/sweep-table.js'
import { isMissed, sweepLine } from '../../reports/sweep-verdict.js'
import { whoOf } from '../../reports/words/limits.js'
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
  expect(missed(curve!)).toEqual([
    'Not met: hosts.h.utilization <= 60% from x=80 on; latency_mean <= 50ms at x=120.',
  ])
  expect(sweepText(sweep)).toContain('hosts.h.utilization <= 60% from x=80 on')
})

it('says where overload is when it is nowhere, everywhere, or between', () => {
  const [well, worse, over] = points
  const says = (some: typeof points) => overloads(curvesOf([dimension], some)[0]!)
  expect(says([well!, worse!])).toBe('No point is overloaded.')
  expect(says([over!, { ...over!, point: { x: '200' } }])).toBe(
    'Overloaded at every point: the CPU of h cannot keep up from x=120 on.',
  )
  expect(says([well!, over!, { ...well!, point: { x: '200' } }])).toBe('Overloaded at x=120 (the CPU of h).')
  expect(says([over!, { ...well!, point: { x: '200' } }])).toBe('Overloaded at x=120 (the CPU of h).')
})

it('has both in the table', () => {
  const rows = sweepCsv(sweep).trim().split('\n')
  expect(rows[0]).toMatch(/,not_met,undecided,overloaded$/)
  expect(rows[1]).toMatch(/,,,$/)
  expect(rows[2]).toMatch(/,hosts.h.utilization <= 60%,,$/)
  expect(rows[3]).toMatch(/,hosts.h.utilization <= 60%; latency_mean <= 50ms,,h$/)
})

it('says nothing of objectives that are met', () => {
  expect(missed(curvesOf([dimension], [points[0]!])[0]!)).toEqual([])
})

describe('the first line says what was found', () => {
  const says = (some: typeof points) =>
    sweepLine({ ...sweep, points: some }).replace(/^.*?: (?=all|no|it|over)/, '')
  const HELD = ' cannot keep up beyond about 100 requests/s.'

  it('until where all objectives hold, which is missed first, and from where it is overloaded', () => {
    expect(sweepLine(sweep)).toBe(
      `test, users.u.arrive=constant({x}/s): all objectives hold at x=50; hosts.h.utilization <= 60% is missed first at x=80; overloaded at x=120: the CPU of h${HELD}`,
    )
    expect(isMissed(sweep)).toBe(true)
    const wide = { width: 400, colour: false, verbose: false }
    expect(sweepText(sweep, wide).split('\n')[0]).toBe(sweepLine(sweep))
    expect(sweepHtml(sweep, assets())).toContain(
      `<p class="lead">${sweepLine(sweep).replaceAll('<', '&lt;')}</p>`,
    )
  })

  it('when all hold, or none; in overload everywhere, or nowhere', () => {
    const [well, worse, over] = points
    expect(says([well!])).toBe(
      'all objectives hold at x=50; it is not overloaded; the next limit is the CPU of h, full at about 100 requests/s.',
    )
    expect(isMissed({ points: [well!] })).toBe(false)
    expect(says([worse!])).toMatch(
      /^no point keeps all objectives; hosts.h.utilization <= 60% is missed first at x=80; it is not overloaded; /,
    )
    expect(says([over!])).toMatch(/; overloaded at x=120: the CPU of h cannot/)
    expect(says([well!, over!, { ...well!, point: { x: '200' } }])).toMatch(
      /^all objectives hold at x=50, x=200; .* at x=120; overloaded at x=120: /,
    )
  })

  it('without objectives it says nothing of them', () => {
    const bare = points.map(({ point, result: { expectations, ...result } }) => ({ point, result }))
    expect(says(bare)).toBe(`overloaded at x=120: the CPU of h${HELD}`)
    expect(isMissed({ points: bare })).toBe(false)
  })

  it('what is undecided is not met for --check, and told', () => {
    const [well] = points
    const open = well!.result.expectations!.map((one) => ({ ...one, verdict: 'undecided' as const }))
    const undecided = [{ ...well!, result: { ...well!.result, expectations: open } }]
    expect(isMissed({ points: undecided })).toBe(true)
    expect(says(undecided)).toMatch(
      /^no point keeps all objectives; hosts.h.utilization <= 60% and latency_mean <= 50ms are the first that are undecided at x=50; /,
    )
    expect(missed(curvesOf([dimension], undecided)[0]!)).toEqual([
      'Undecided: hosts.h.utilization <= 60% at x=50; latency_mean <= 50ms at x=50.',
    ])
    expect(sweepCsv({ ...sweep, points: undecided })).toContain(
      ',hosts.h.utilization <= 60%; latency_mean <= 50ms,',
    )
  })

  it('of several curves: at how many points, and the first along any', () => {
    const both = [1, 2].flatMap((y) =>
      points.map(({ point, result }) => ({
        point: { ...point, y: String(y) },
        result: y === 2 ? points[0]!.result : result,
      })),
    )
    const several = { ...sweep, dimensions: [dimension, { name: 'y', values: ['1', '2'] }], points: both }
    expect(sweepLine(several)).toContain(
      ': all objectives hold at 4 of 6 points; hosts.h.utilization <= 60% is missed first at x=80, y=1; overloaded at 1 of 6 points, at x=120, y=1 first: the CPU of h cannot keep up.',
    )
  })

  it('of what is there, where it was interrupted', () => {
    expect(sweepLine({ ...sweep, interrupted: { planned: 5 } })).toContain(
      ', of the 3 points that are there: ',
    )
  })
})

it('names what of a box cannot keep up, where it is not its own work', () => {
  const of = (place: string) => whoOf({ component: 'app', type: 'component', place } as never)
  expect(of('workers')).toBe('app')
  expect(of('workers (worker_processes)')).toBe('app')
  expect(of('connections to db (pool)')).toBe('the connections to db (pool) at app')
  expect(of('ports towards db')).toBe('the ports towards db of app')
  expect(of('connections (max_connections)')).toBe('the connections (max_connections) of app')
})
