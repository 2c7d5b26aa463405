import { describe, expect, test } from 'vitest'
import { play, problemsOf, tally, world } from '../../support/world.js'

const site = (lb: string, { users = 'arrive: constant(40/s)', service = '200ms', more = '' } = {}) => `
lasts: 6s
warmup: 0s
users: { u: { ${users}, to: lb } }
components:
  lb: { kind: haproxy, service: 0s, timeout_connect: 1s, timeout_queue: 30s, ${lb} }
  s: { kind: service, servers: unlimited, service: "${service}" }
  t: { kind: service, servers: unlimited, service: 200ms }
${more}
`
const ramp = 'fullconn: 40, servers: [{ name: s, minconn: 2, maxconn: 20 }]'

/** Clients without a pause before one server: the mean of what it works on at a time, and the most. */
function concurrency(clients: number, service: string): { mean: number; peak: number } {
  const users = `arrive: "closed(users=${clients}, think=500us)"`
  const { model } = world(site(ramp, { users, service }))
  const { probe } = model.components.get('s')!
  let peak = 0
  const step = () => {
    peak = Math.max(peak, probe.serving.value)
    model.kernel.after(0.002, step, null)
  }
  model.kernel.after(0.002, step, null)
  model.run()
  return { mean: probe.serving.mean(model.kernel.now), peak }
}

describe('minconn 2 maxconn 20 fullconn 40 (measured on HAProxy 2.6.12: HA_minconn_2_20_40)', () => {
  test.each([
    [1, 0.987, 1],
    [5, 1.973, 2],
    [60, 19.594, 20],
  ])('%i clients, %d at a time: the slots are always the same', (clients, measured, most) => {
    const { mean, peak } = concurrency(clients, '200ms')
    expect(Math.abs(mean / measured - 1)).toBeLessThan(0.02)
    expect(peak).toBe(most)
  })

  // Where requests end in bunches, n falls before their clients are back, and slots with it.
  test.each([
    [10, 3.636, 5],
    [20, 7.133, 9],
    [30, 10.829, 14.333],
    [40, 14.503, 19.667],
  ])('%i clients, %d at a time: between ends at one moment and ends apart', (clients, measured, most) => {
    const together = concurrency(clients, '200ms')
    const apart = concurrency(clients, 'uniform(199ms, 201ms)')
    expect(together.mean).toBeLessThan(measured)
    expect(together.mean).toBeGreaterThan(0.9 * measured)
    expect(apart.mean).toBeGreaterThan(measured)
    expect(together.peak).toBeLessThanOrEqual(most)
    expect(apart.peak).toBeGreaterThanOrEqual(most)
    expect(apart.peak).toBe(clients / 2)
  })
})

describe('slots that grow (srv_dynamic_maxconn)', () => {
  test('ten at once: while n are there n/2 are worked on, and 2 at least', () => {
    // Two find slots; the third waits, and so do all after it: the queue is looked at first.
    const { ended } = play(site(ramp, { users: 'arrive: trace(test/components/haproxy/ten.csv)' }))
    expect(tally(ended)).toEqual({ ok: 10 })
    const ends = ended.map((request) => +request.ended.toFixed(3))
    expect(ends.filter((end) => end <= ends[0]!).length).toBe(2)
    expect(Math.max(...ends)).toBeLessThan(ends[0]! + 1)
  })

  test('leastconn does not look at the queue first: who comes when slots have grown goes ahead', () => {
    const { ended } = play(
      site(`balance: leastconn, ${ramp}`, { users: 'arrive: trace(test/components/haproxy/ten.csv)' }),
    )
    const first = Math.min(...ended.map((request) => request.ended))
    expect(ended.filter((request) => request.ended === first).length).toBe(5)
  })

  test('fullconn is a tenth of maxconn of the component, and each backend has its own', () => {
    const servers = 'servers: [{ name: s, minconn: 2, maxconn: 20 }]'
    const ends = (lb: string) =>
      play(site(lb, { users: 'arrive: trace(test/components/haproxy/ten.csv)' })).ended.map((r) => r.ended)
    expect(ends(`maxconn: 400, ${servers}`)).toEqual(ends(`fullconn: 40, ${servers}`))
    expect(ends(`maxconn: 400, ${servers}`)).not.toEqual(ends(`fullconn: 20, ${servers}`))
    const routed =
      'servers: [t], use_backend: { other: [request] }, backends: { other: { fullconn: 40, servers: [{ name: s, minconn: 2, maxconn: 20 }] } }'
    expect(ends(routed)).toEqual(ends(`fullconn: 40, ${servers}`))
  })
})

describe('what does not fit', () => {
  test('slots that cannot grow, and what nothing grows with', () => {
    const problem = (lb: string) => problemsOf(site(lb))[0]
    expect(problem('servers: [{ name: s, minconn: 2 }], fullconn: 9')).toContain('and no maxconn')
    expect(problem('servers: [{ name: s, minconn: 5, maxconn: 5 }], fullconn: 9')).toContain(
      'expected less than maxconn, which is 5',
    )
    expect(problem('servers: [{ name: s, minconn: 2, maxconn: 5 }]')).toContain('expected fullconn:')
    expect(problem('servers: [s], fullconn: 9')).toContain('is for minconn: of servers')
    expect(problemsOf(site(ramp))).toEqual([])
  })
})
