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
