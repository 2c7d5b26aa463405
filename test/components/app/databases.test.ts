import { describe, expect, test } from 'vitest'
import { play, tally } from '../../support/world.js'

/** An application before a primary p and replicas a and b. */
const site = (app: string, mix: string, { lasts = '30.05s', faults = '', mysql = '' } = {}) => `
lasts: ${lasts}
warmup: 0s
users: { u: { arrive: constant(10/s), to: app, mix: ${mix} } }
components:
  app: { kind: app, service: 0s, ${app} }
  p: { kind: mysql, service: 1ms, replicas: [a, b]${mysql} }
  a: { kind: mysql, service: 1ms }
  b: { kind: mysql, service: 1ms }
faults: [${faults}]
`
const run = (...args: Parameters<typeof site>) => {
  const { model, ended } = play(site(...args))
  const sent = model.wires.filter((w) => w.from === 'app').map((w) => `${w.towards} ${w.sent}`)
  return { sent, outcomes: tally(ended) }
}

const all = 'database: [p, a, b]'

describe('where queries go', () => {
  test('writes to the primary, reads to the replicas in turn (readwritesplit)', () => {
    expect(run(all, '{ write: 100% }').sent).toEqual(['p 300', 'a 0', 'b 0'])
    expect(run(all, '{ read: 100% }').sent).toEqual(['p 0', 'a 150', 'b 150'])
  })

  test('reads: primary, and all (master_accept_reads)', () => {
    expect(run(`${all}, reads: primary`, '{ read: 100% }').sent).toEqual(['p 300', 'a 0', 'b 0'])
    expect(run(`${all}, reads: all`, '{ read: 100% }').sent).toEqual(['p 100', 'a 100', 'b 100'])
  })

  test('writes are the classes that it names', () => {
    expect(run(`${all}, writes: [post]`, '{ post: 100% }').sent).toEqual(['p 300', 'a 0', 'b 0'])
    expect(run(`${all}, writes: [post]`, '{ write: 50%, post: 50% }').sent[0]).not.toBe('p 300')
  })

  test('a write that reaches a replica fails: it is read only (error 1290)', () => {
    expect(run('database: a', '{ write: 100% }').outcomes).toEqual({ '500': 300 })
    expect(run('database: a', '{ read: 100% }').outcomes).toEqual({ ok: 300 })
  })

  test('replicas alone are all read', () => {
    for (const reads of ['replicas', 'all'])
      expect(run(`database: [a, b], reads: ${reads}`, '{ read: 100% }').sent).toEqual(['a 150', 'b 150'])
  })

  test('to one that is promoted, also where the old primary is none of them', () => {
    const options = {
      lasts: '60.05s',
      faults: '{ kind: crash, target: p, at: 20.05s }',
      mysql: ', promotion: { mode: automatic }',
    }
    // Refused until 33.0 s: read only.
    expect(run('database: [b, a]', '{ write: 100% }', options)).toEqual({
      sent: ['b 330', 'a 270'],
      outcomes: { ok: 270, '500': 330 },
    })
  })

  test('after a promotion to the new one; reads no more to it, and not to the old one until it follows', () => {
    const options = {
      lasts: '100.05s',
      faults: '{ kind: crash, target: p, at: 20.05s, for: 40s }',
      mysql: ', promotion: { mode: automatic }',
    }
    const { sent, outcomes } = run(all, '{ write: 100% }', options)
    // Refused from 20.1 to 33.0 s.
    expect(sent).toEqual(['p 330', 'a 670', 'b 0'])
    expect(outcomes).toEqual({ ok: 870, '500': 130 })
    const reads = run(all, '{ read: 100% }', options)
    expect(reads.outcomes).toEqual({ ok: 1000 })
    const [p, a, b] = reads.sent.map((one) => Number(one.split(' ')[1]))
    // Until 33 s a and b in turn, until 60 s b alone, then p and b.
    expect(Math.abs(a! - 165)).toBeLessThanOrEqual(1)
    expect(Math.abs(p! - 200)).toBeLessThanOrEqual(1)
    expect(p! + a! + b!).toBe(1000)
  })
})

describe('a read that failed', () => {
  const dead = { faults: '{ kind: crash, target: a, at: 0s }' }

  test('is tried once more at the primary (retry_failed_reads)', () => {
    const { sent, outcomes } = run(all, '{ read: 100% }', dead)
    expect(outcomes).toEqual({ ok: 300 })
    expect(sent).toEqual(['p 150', 'a 150', 'b 150'])
  })

  test('is not, with retry_reads: off', () => {
    const { sent, outcomes } = run(`${all}, retry_reads: off`, '{ read: 100% }', dead)
    expect(outcomes).toEqual({ ok: 150, '500': 150 })
    expect(sent[0]).toBe('p 0')
  })

  test('is tried no third time, and a write not a second time', () => {
    const faults = '{ kind: crash, target: [p, a, b], at: 0s }'
    const reads = run(all, '{ read: 100% }', { faults })
    expect(reads.sent).toEqual(['p 300', 'a 150', 'b 150'])
    expect(reads.outcomes).toEqual({ '500': 300 })
    expect(run(all, '{ write: 100% }', { faults }).sent).toEqual(['p 300', 'a 0', 'b 0'])
  })
})

describe('replicas that lag more than max_replication_lag are not read (ProxySQL)', () => {
  /** Reads at p, a and b; a applies one write of 0.5 s a second, or so many seconds of them at once. */
  const reads = (app: string, { faults = '', slow = '1s', lasts = '60.05s' } = {}) => {
    const { model } = play(`
lasts: ${lasts}
warmup: 0s
users:
  u: { arrive: constant(10/s), to: app, mix: { read: 100% } }
  w: { arrive: constant(2/s), to: app, mix: { write: 100% } }
components:
  app: { kind: app, service: 0s, database: [p, a, b], ${app} }
  p: { kind: mysql, service: 1ms, replicas: [a, b] }
  a: { kind: mysql, service: 1ms, apply: ${slow} }
  b: { kind: mysql, service: 1ms }
wires: { p -> a: { latency: 1ms } }
faults: [${faults}]
`)
    const [p, a, b] = model.wires.filter((w) => w.from === 'app').map((w) => w.sent)
    return { p: p! - 120, a: a!, b: b! }
  }

  test('it is left out from the next look after its lag has passed that, and the others have its reads', () => {
    // Two writes a second of 1 s each: it is behind by half of the time that has passed, 3 s at 6 s, seen at 6 to 7 s.
    const each = 'max_replication_lag: 2s, monitor_replication_lag_interval: 1s'
    const { p, a, b } = reads(each)
    expect(p).toBeLessThanOrEqual(1)
    expect(a).toBeGreaterThanOrEqual(29)
    expect(a).toBeLessThanOrEqual(36)
    expect(a + b).toBeGreaterThanOrEqual(599)
    expect(reads('').a).toBeGreaterThanOrEqual(299)
    expect(reads('max_replication_lag: 1h').a).toBeGreaterThanOrEqual(299)
  })

  test('by default it is looked at every 10 s', () => {
    const { a } = reads('max_replication_lag: 2s')
    expect(a).toBeGreaterThan(28)
    expect(a).toBeLessThan(82)
  })

  test('if there is no other, the primary is read', () => {
    const each = 'max_replication_lag: 2s, monitor_replication_lag_interval: 1s'
    const crashed = { faults: '{ kind: crash, target: b, at: 20s, for: 1min }' }
    const { p, a } = reads(`${each}, retry_reads: off`, crashed)
    expect(a).toBeLessThanOrEqual(36)
    // What fails at b is not sent elsewhere: it does not lag, it is dead.
    expect(p).toBeLessThanOrEqual(1)
    expect(
      reads(each, { faults: '{ kind: partition, target: p -> b, at: 1s, for: 59s }' }).p,
    ).toBeLessThanOrEqual(1)
  })

  test('a replica that has not noticed yet that nothing comes says 0, and is read; then NULL, which counts as 60 s', () => {
    const each = 'max_replication_lag: 30s, monitor_replication_lag_interval: 1s'
    const cut = {
      slow: '1ms',
      faults: '{ kind: partition, target: p -> a, at: 10s, for: 190s }',
      lasts: '200.05s',
    }
    // Cut at 10 s, given up after slave_net_timeout: at 70 s.
    const { a } = reads(each, cut)
    expect(a).toBeGreaterThanOrEqual(349)
    expect(a).toBeLessThanOrEqual(357)
  })
})
