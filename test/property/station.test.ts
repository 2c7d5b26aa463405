import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Ended, play } from '../support/world.js'

const settings = (numRuns: number) => ({ seed: 20, numRuns })

const station = fc.record({
  rate: fc.integer({ min: 10, max: 200 }),
  arrive: fc.constantFrom('poisson', 'constant'),
  servers: fc.integer({ min: 1, max: 4 }),
  law: fc.constantFrom('uniform(2ms, 30ms)', '8ms', '20ms', 'constant(12ms)'),
  timeout: fc.constantFrom('25ms', '60ms', '300ms', 'none'),
  seed: fc.nat(1e6),
})
const fault = fc.record({
  slow: fc.boolean(),
  at: fc.integer({ min: 0, max: 90 }),
  lasts: fc.integer({ min: 1, max: 60 }),
  size: fc.integer({ min: 1, max: 9 }),
})
type Station = Omit<typeof station extends fc.Arbitrary<infer T> ? T : never, 'law'> & { law: string }
type Fault = typeof fault extends fc.Arbitrary<infer T> ? T : never

const text = ({ rate, arrive, servers, law, timeout, seed }: Station, faults: readonly Fault[]): string =>
  JSON.stringify({
    seed,
    lasts: '10s',
    warmup: '0s',
    users: { web: { arrive: `${arrive}(${rate}/s)`, to: 'q', timeout } },
    components: { q: { kind: 'service', servers, service: law } },
    wires: { 'web -> q': { latency: '10ms' } },
    faults: faults.map(({ slow, at, lasts, size }) => ({
      kind: slow ? 'slow' : 'errors',
      target: 'q',
      // Errors all the time: else a slow answer might come when they are over.
      ...(slow
        ? { factor: 1 + size / 2, at: `${at / 10}s`, for: `${lasts / 10}s` }
        : { share: size / 10, at: '0s' }),
    })),
  })

const byKey = (ended: readonly Ended[]) => new Map(ended.map((one) => [one.key, one]))

/**
 * First come, first served, at several servers: when each begins grows with every service time (Kiefer and Wolfowitz
 * 1955), a given-up request is served all the same, and what is drawn for a visitor is the same in both runs. So
 * what slows or spoils answers helps nobody, visitor by visitor; a crash, which empties the queue, might.
 */
test('another fault makes no answer sooner and none ok that was not, under the same visitors', () => {
  let worse = 0
  fc.assert(
    fc.property(station, fc.array(fault, { minLength: 1, maxLength: 4 }), (q, faults) => {
      for (let i = 0; i < faults.length; i++) {
        const before = byKey(play(text(q, faults.slice(0, i))).ended)
        const after = byKey(play(text(q, faults.slice(0, i + 1))).ended)
        for (const [key, { outcome, arrived, ended }] of after) {
          const other = before.get(key)
          expect(other?.arrived).toBe(arrived)
          if (outcome === 'ok') expect(other!.outcome).toBe('ok')
          else if (other!.outcome === 'ok') worse++
          if (outcome === 'ok') expect(ended).toBeGreaterThanOrEqual(other!.ended - 1e-9)
        }
      }
    }),
    settings(40),
  )
  expect(worse).toBeGreaterThan(1000)
})

test('no answer is sooner than its way and its work: twice 10 ms, and the shortest service', () => {
  fc.assert(
    fc.property(station, fc.array(fault, { maxLength: 2 }), (q, faults) => {
      const least = { 'uniform(2ms, 30ms)': 0.002, '8ms': 0.008, '20ms': 0.02, 'constant(12ms)': 0.012 }[
        q.law
      ]!
      for (const { outcome, arrived, ended } of play(text(q, faults)).ended)
        if (outcome === 'ok') expect(ended - arrived).toBeGreaterThanOrEqual(0.02 + least - 1e-9)
    }),
    settings(30),
  )
})

test('utilization is throughput times service time: U = X S, but for those that are in service at the ends', () => {
  fc.assert(
    fc.property(station, fc.constantFrom(0.008, 0.02), (q, seconds) => {
      const { model } = play(text({ ...q, law: `${seconds * 1000}ms` }, []))
      const { probe, station } = model.components.get('q')!
      const work = probe.outcomes.reduce((sum, n) => sum + n, 0) * seconds
      const busy = probe.serving.integral(model.kernel.now)
      expect(Math.abs(busy - work)).toBeLessThanOrEqual(station!.servers * seconds + 1e-9)
      expect(busy).toBeGreaterThan(0)
    }),
    settings(40),
  )
})
