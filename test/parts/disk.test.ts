import { describe, expect, test } from 'vitest'
import { limits } from '../../reports/words/limits.js'
import { parseScenario } from '../../sim/scenario/parse.js'
import { resultOf } from '../support/ran.js'
import { play, problemsOf, response, tally } from '../support/world.js'

/** Two databases on one machine, each asked by its own; `io` is their disk time. */
const stack = (host: string, { io = '10ms', users = '', faults = '', more = '' } = {}) => `
lasts: 20s
warmup: 0s
hosts: { h: { cores: 64${host} } }
users:
  u: { arrive: constant(10/s), to: a }
  v: { arrive: constant(20/s), to: b${users} }
components:
  a: { kind: mysql, host: h, service: 0s, io: ${io} }
  b: { kind: mysql, host: h, service: 0s, io: ${io}${more} }
faults: [${faults}]
`

const mean = (text: string, users: string) => {
  const own = play(text).ended.filter((one) => one.users === users)
  return own.reduce((sum, one) => sum + response(one), 0) / own.length
}

describe('disk_queue_depth', () => {
  test('what all databases on the host read takes turns, first come first served', () => {
    // Both come at each tenth of a second; b once more in between. The one who came second waits for the first.
    const one = stack(', disk_queue_depth: 1')
    const times = play(one)
      .ended.filter(({ arrived }) => Math.abs(arrived - 1) < 1e-6)
      .map(response)
    expect(times.sort()).toEqual([0.01, 0.02])
    expect(mean(one, 'u') + 2 * mean(one, 'v')).toBeCloseTo(0.04, 3)
  })

  test('with room for both, or without a bound, each has its own', () => {
    for (const host of [', disk_queue_depth: 2', '']) {
      expect(mean(stack(host), 'u')).toBeCloseTo(0.01, 6)
      expect(mean(stack(host), 'v')).toBeCloseTo(0.01, 6)
    }
  })

  test('fsyncs have a place of it, too', () => {
    const text = (host: string) =>
      stack(host, { io: '0s', users: ', mix: { write: 100% }', more: ', fsync: 5ms' }).replace(
        'service: 0s, io: 0s }',
        'service: 0s, io: 50ms }',
      )
    // Of each second a reads for 50 ms ten times: every other write finds it at work, and it does an fsync in between.
    expect(mean(text(''), 'v')).toBeCloseTo(0.005, 6)
    expect(mean(text(', disk_queue_depth: 1'), 'v')).toBeGreaterThan(0.02)
    expect(mean(text(', disk_queue_depth: 2'), 'v')).toBeCloseTo(0.005, 6)
  })

  test('fsyncs: alone leaves what is read as it is', () => {
    expect(mean(stack(', fsyncs: 1'), 'u')).toBeCloseTo(0.01, 6)
  })

  /** Visitors write every 100 ms at a server elsewhere, and another database reads for 60 ms every 100 ms. */
  const replicated = (first: string, second: string) => (host: string) =>
    `
lasts: 20s
warmup: 0s
hosts: { h: { cores: 64${host} } }
users:
  v: { arrive: constant(10/s), to: other, mix: { read: 100% } }
  u: { arrive: constant(10/s), to: first, mix: { write: 100% } }
components:
  first: { ${first}, service: 0s }
  second: { ${second}, host: h, service: 0s, io: 10ms }
  other: { kind: mysql, host: h, service: 0s, io: 60ms }
`
  test.each([
    ['a replica applies', replicated('kind: mysql, replicas: [second]', 'kind: mysql'), 'lag_ms'],
    [
      'a node of a cluster applies',
      replicated('kind: galera, cluster: [second]', 'kind: galera'),
      'apply_lag_ms',
    ],
  ])('what %s takes its turn', (_, text, count) => {
    const lag = (host: string) => {
      const { model } = play(text(host))
      return model.components.get('second')!.extra(model.kernel.now)[count]!
    }
    expect(lag('')).toBeLessThan(20)
    // It comes when the other begins to read, and waits for 60 ms.
    expect(lag(', disk_queue_depth: 1')).toBeGreaterThan(lag('') + 25)
  })

  test('what a replica read for a write before it died is not committed for it', () => {
    const fsyncs = (faults: string) => {
      const { model } = play(`
lasts: 9s
warmup: 0s
hosts: { h: { cores: 4, disk_queue_depth: 1 } }
users: { u: { arrive: constant(0.2/s), to: p, mix: { write: 100% } } }
components:
  p: { kind: mysql, service: 0s, replicas: [r] }
  r: { kind: mysql, host: h, service: 0s, io: 1s, fsync: 1ms }
faults: [${faults}]`)
      return model.components.get('r')!.extra(9).fsyncs
    }
    // The one write comes at 5 s; at 6 s the disk has read for the process that is dead.
    expect(fsyncs('')).toBeGreaterThan(0)
    expect(fsyncs('{ kind: crash, target: r, at: 5.5s, for: 100ms }')).toBe(fsyncs(''))
  })

  test('a process that dies frees no place before what it began is done, and what waits for it is not begun', () => {
    const text = (depth: string) =>
      stack(depth, { io: '2s', faults: '{ kind: crash, target: b, at: 0.255s, for: 5s }' })
    const { ended } = play(text(', disk_queue_depth: 1'))
    const ofA = ended
      .filter((one) => one.users === 'u' && one.outcome === 'ok')
      .map((one) => +one.ended.toFixed(3))
    // b has had the disk since 0.05 s, and a has waited since 0.1 s; all of b's that waited are gone.
    expect(ofA.slice(0, 3)).toEqual([4.05, 6.05, 8.05])
    expect(tally(ended.filter((one) => one.users === 'v')).reset).toBe(5)
  })

  test('power lost, it is empty', () => {
    const { ended, model } = play(
      stack(', disk_queue_depth: 1', {
        io: '20ms',
        users: ', timeout: 5s',
        faults: '{ kind: crash, target: h, at: 10.01s, for: 5s }',
      }).replace('to: a }', 'to: a, timeout: 5s }'),
    )
    const first = ended.filter((one) => one.outcome === 'ok' && one.arrived > 15.9)
    expect(Math.min(...first.map(response))).toBeCloseTo(0.02, 6)
    expect(model.hosts.get('h')!.disk!.limit.used(model.kernel.now)).toBeLessThanOrEqual(1)
  })

  test('is what limits: used, full at, and named', async () => {
    const text = (rate: string) =>
      stack(', disk_queue_depth: 1', { io: 'exponential(10ms)' })
        .replace('constant(20/s)', `poisson(${rate})`)
        .replace('lasts: 20s', 'lasts: 100s\nreplications: 4')
    const result = await resultOf(text('60/s'))
    expect(result.bottleneck).toMatchObject({ name: 'h', type: 'host', place: 'disk' })
    expect(result.bottleneck!.utilization).toBeCloseTo(0.7, 1)
    // 10 ms each: 100 a second.
    expect(result.bottleneck!.full_at_per_s).toBeGreaterThan(95)
    expect(result.bottleneck!.full_at_per_s).toBeLessThan(105)
    expect(limits(result, parseScenario(text('60/s'), 'x.yaml'))).toContain('the disk of h (')
    const over = await resultOf(text('140/s'))
    expect(over.overloaded).toMatchObject({ component: 'h', type: 'host', place: 'disk' })
    expect(over.overloaded!.capacity_per_s).toBeGreaterThan(90)
    expect(over.overloaded!.capacity_per_s).toBeLessThan(110)
  })

  test('one or the other', () => {
    expect(problemsOf(stack(', disk_queue_depth: 1, fsyncs: 1'))).toEqual([
      '4:47: hosts.h.fsyncs: expected either fsyncs: or disk_queue_depth:, which fsyncs have a place of',
    ])
  })
})
