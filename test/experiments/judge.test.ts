import { describe, expect, test } from 'vitest'
import { judge } from '../../sim/experiments/judge.js'
import type { Result } from '../../sim/experiments/result.js'
import { parseScenario } from '../../sim/scenario/parse.js'
import { resultOf } from '../support/ran.js'

const stack = (expected: string, more = '') => `
lasts: 100s
replications: 4
hosts: { server: { cores: 1 } }
users: { web: { arrive: poisson(40/s), to: q, timeout: 5s, mix: { read: 90%, write: 10% } } }
components: { q: { kind: service, host: server, service: exponential(10ms) } }
expect: { ${expected} }
${more}`

/** A result of which only what the expectation is about is known. */
const verdict = (expected: string, result: object, faults = '') => {
  const [expectation] = parseScenario(stack(expected, faults), 'test.yaml').expect
  return judge(expectation!, { qps: {}, requests: { ok: 1, failed: 0 }, ...result } as Result)
}
const availability = (low: number | null, value: number | null, high: number | null) => {
  return { availability: { value, low, high } }
}

describe('an expectation', () => {
  test.each([
    [0.995, 0.996, 0.997, 'met'],
    [0.985, 0.991, 0.997, 'undecided'],
    [0.985, 0.989, 0.997, 'undecided'],
    [0.985, 0.987, 0.989, 'not met'],
  ])('is judged by its interval: %f, %f, %f is %s for ">= 99%%"', (low, value, high, is) => {
    expect(verdict('availability: ">= 99%"', availability(low, value, high)).verdict).toBe(is)
    const turned = availability(1 - high, 1 - value, 1 - low)
    expect(verdict('availability: "<= 1%"', turned).verdict).toBe(is)
  })

  test('has its bound within for >= and <=, and without for > and <', () => {
    const point = availability(0.99, 0.99, 0.99)
    const of = (relation: string) => verdict(`availability: "${relation} 99%"`, point).verdict
    expect(['>=', '<=', '>', '<'].map(of)).toEqual(['met', 'met', 'not met', 'not met'])
  })

  test('is undecided from one replication, which has no interval, and says what would settle it', () => {
    const one = verdict('availability: ">= 99%"', availability(null, 0.9999, null))
    expect(one.verdict).toBe('undecided')
    expect(one.reason).toContain('--replications')
    const wide = verdict('availability: ">= 99%"', availability(0.9, 0.992, 1))
    expect(wide.reason).toContain('--precision')
  })

  test('of an availability without a failure goes by the limit below, not by 100 %', () => {
    const unfailing = availability(0.998, 1, 1)
    expect(verdict('availability: ">= 99.9%"', unfailing).verdict).toBe('undecided')
    expect(verdict('availability: ">= 99.7%"', unfailing).verdict).toBe('met')
    expect(verdict('availability: ">= 99.7%"', availability(0.998, 1, null)).verdict).toBe('met')
  })

  describe('of a percentile', () => {
    const fast = { value: 20, low: 19, high: 21 }
    const account = (ok: number, high: number, all = fast) => ({
      requests: { offered: 1000, ok, failed: 1000 - ok },
      availability: { value: ok / 1000, low: 0.5, high },
      latency_ms: { p50: fast, p99: fast },
      latency_all_ms: { p50: all, p99: all },
    })

    test('that lies among those who had no answer is not met, however fast the others were', () => {
      const { value, ...judged } = verdict('latency_p99: "<= 1s"', account(900, 0.95))
      expect(judged.verdict).toBe('not met')
      expect(judged.reason).toBe('of all who asked it lies among the 10% who had no answer')
      expect(value.value).toBeNull()
      expect(verdict('latency_p50: "<= 1s"', account(900, 0.95)).verdict).toBe('met')
      expect(verdict('latency_p50: "< 1s"', account(400, 0.45)).verdict).toBe('not met')
    })

    test('that may lie there is undecided; where few enough failed it is that of all who asked', () => {
      expect(verdict('latency_p99: "<= 1s"', account(985, 0.995))).toMatchObject({
        verdict: 'undecided',
        reason: expect.stringContaining('--replications'),
      })
      expect(verdict('latency_p99: "<= 1s"', account(991, 0.995)).verdict).toBe('met')
      const all = { value: 2000, low: 1500, high: 2500 }
      expect(verdict('latency_p99: "<= 1s"', account(991, 0.995, all)).verdict).toBe('not met')
      expect(verdict('latency_p99: "<= 3s"', account(991, 0.995, all)).verdict).toBe('met')
      const open = { value: 900, low: 800, high: null as unknown as number }
      expect(verdict('latency_p99: "<= 1s"', account(991, 0.995, open)).verdict).toBe('undecided')
      expect(verdict('latency_p99: ">= 1s"', account(900, 0.95)).verdict).toBe('not met')
    })

    test('of a class goes by those of the class', () => {
      const classes = { read: account(1000, 1), write: account(900, 0.95) }
      const of = (name: string) => verdict(`classes: { ${name}: { latency_p99: "<= 1s" } }`, { classes })
      expect(of('read').verdict).toBe('met')
      expect(of('write').verdict).toBe('not met')
    })
  })

  test('of a recovery that did not come is not met once it has taken too long', () => {
    const fault = 'faults: [{ kind: crash, target: q, at: 1s }]'
    const recovery = { recovery_s: { value: null, low: 90, high: null }, unrestored: 3 }
    const result = { recovery, replications: 4 }
    const late = verdict('rto: "<= 60s"', result, fault)
    expect(late).toMatchObject({ verdict: 'not met', reason: expect.stringContaining('3 of 4') })
    expect(verdict('rto: "<= 100s"', result, fault)).toMatchObject({
      verdict: 'undecided',
      reason: expect.stringContaining('--lasts'),
    })
  })
})

describe('a metric of every sort is judged, in its own unit', () => {
  test('rates, shares, durations and counts; classes, users, components, hosts', async () => {
    const { expectations, classes, components, hosts } = await resultOf(
      stack(
        [
          'qps: "> 30/s"',
          'failed: "<= 0"',
          'latency_mean: "<= 1s"',
          'classes.write.latency_mean: "<= 1s"',
          'classes.write.qps: "<= 300/min"',
          'users: { web: { availability: ">= 99%" } }',
          'components.q.wait: "<= 200ms"',
          'components.q.utilization: "<= 60%"',
          'components.q.throughput: ">= 30/s"',
          'components.q.refused: "<= 3"',
          'hosts.server.utilization: ">= 30%"',
        ].join(', '),
      ),
    )
    expect(expectations!.map((j) => [j.metric, j.verdict]).filter(([, v]) => v !== 'met')).toEqual([])
    const value = (metric: string) => expectations!.find((j) => j.metric === metric)!.value.value
    expect(value('classes.write.latency_mean')).toBe(classes.write!.latency_ms.mean.value! / 1000)
    expect(value('components.q.wait')).toBe(components.q!.wait_ms.value! / 1000)
    expect(value('components.q.utilization')).toBe(components.q!.utilization.value)
    expect(value('hosts.server.utilization')).toBe(hosts.server!.utilization.value)
    expect(expectations!.find((j) => j.metric === 'classes.write.qps')!.bound).toBe(5)
  })

  test('what a component counts by itself: a duration without its unit, a share, a count', async () => {
    const { expectations, components } = await resultOf(`
lasts: 60s
replications: 3
users: { web: { arrive: poisson(40/s), to: app, mix: { read: 50%, write: 50% } } }
components:
  app: { kind: app, workers: 32, service: 1ms, database: [a, b] }
  a: { kind: mysql, service: exponential(4ms), replicas: [b] }
  b: { kind: mysql, service: exponential(4ms) }
expect:
  components.b: { lag: "<= 1s", stale_read_share: ">= 0.1%", stale_reads: "<= 10k" }
`)
    expect(expectations!.map((j) => j.verdict)).toEqual(['met', 'met', 'met'])
    expect(expectations![0]!.value.value).toBeCloseTo(components.b!.extra!.lag_ms!.value! / 1000, 12)
  })

  test('recovery from a fault and data lost by it', async () => {
    const { expectations } = await resultOf(
      stack(
        'rto: "<= 25s", rto_max: "<= 25s", rpo: "<= 1s", lost_writes: "<= 0", classes.write.rto: "<= 10s"',
        'faults: [{ kind: crash, target: q, at: 30s, for: 20s }]',
      ),
    )
    expect(expectations!.map((j) => j.verdict)).toEqual(['met', 'met', 'met', 'met', 'not met'])
  })

  test('a latency that grows without end exceeds every bound', async () => {
    const { expectations, classes } = await resultOf(
      stack('latency_p99: "<= 1h", classes.read.latency_mean: "<= 1h", qps: ">= 90/s"')
        .replace('replications: 4', 'replications: 12')
        .replace('40/s', '120/s')
        .replace(', timeout: 5s', ''),
    )
    expect(expectations!.map((j) => j.verdict)).toEqual(['not met', 'not met', 'met'])
    expect(expectations![0]!.reason).toContain('q never settles')
    expect(classes.read!.latency_ms.mean.value).toBeNull()
  })

  test('a percentile that cannot be told is undecided, and a longer run would tell', async () => {
    const { expectations } = await resultOf(stack('latency_p999: "<= 1s"'))
    expect(expectations![0]).toMatchObject({
      verdict: 'undecided',
      reason: expect.stringContaining('--lasts'),
    })
  })
})
