import { describe, expect, test } from 'vitest'
import { RetryBudget } from '../../../sim/parts/retry-budget.js'
import { play, response, responses, tally } from '../../support/world.js'

const site = ({ app = '', pay = '', mail = '', users = '', more = '', lasts = '20s' }) => `
lasts: ${lasts}
warmup: 0s
users: { u: { arrive: constant(10/s), to: app, ${users} } }
components:
  app: { kind: app, workers: 50, service: 5ms, ${app} }
  pay: { kind: service, servers: unlimited, service: 100ms, ${pay} }
  mail: { kind: service, servers: unlimited, service: 300ms, ${mail} }
  db: { kind: service, servers: unlimited, service: 10ms }
${more}`

/** All of `pay` fails from the start. */
const dead = 'faults: [{ kind: crash, target: pay, at: 0s }]'
const sent = (model: ReturnType<typeof play>['model'], to: string, by?: string) =>
  model.wires.find(({ from, towards }) => towards === to && from === (by ?? from))!.sent
const counts = (model: ReturnType<typeof play>['model']) => model.components.get('app')!.extra(20)

describe('calls of an application', () => {
  test('come after its queries, one after the other, or all at once', () => {
    const series = play(site({ app: 'database: db, after: 1ms, calls: [pay, mail]' })).ended
    expect(responses(series)).toEqual([0.416])
    const parallel = play(site({ app: 'database: db, after: 1ms, calls: [pay, mail], call: parallel' })).ended
    expect(responses(parallel)).toEqual([0.316])
  })

  test('may be queries of one database, all at once, each on a connection of its own', () => {
    const db = (connections: number) =>
      site({ app: 'calls: [db, db, db], call: parallel' }).replace(
        'db: { kind: service, servers: unlimited',
        `db: { kind: mysql, max_connections: ${connections}`,
      )
    const all = play(db(3))
    expect(responses(all.ended)).toEqual([0.015])
    const queries = all.model.wires.filter(({ towards }) => towards === 'db')
    expect(queries.map(({ sent }) => sent)).toEqual([199, 199, 199])
    const one = play(db(2)).ended
    expect(tally(one)).toEqual({ 500: one.length })
  })

  test('hold the worker: two of them carry 20 requests/s of 100 ms less what its CPU takes', () => {
    const { ended } = play(
      site({ app: 'calls: pay' }).replace('workers: 50', 'workers: 2').replace('10/s', '40/s'),
    )
    const within = ended.filter((r) => r.ended > 5 && r.ended <= 20)
    expect(within.length / 15).toBeCloseTo(2 / 0.105, 0)
  })

  test('are for the classes that they name', () => {
    const { ended } = play(
      site({
        app: 'calls: [{ name: pay, classes: [write] }, mail]',
        users: 'mix: { read: 50%, write: 50% }',
      }),
    )
    expect(responses(ended).sort()).toEqual([0.305, 0.405])
  })

  test('that fail are a 500, once all are over; with a fallback the page goes without', () => {
    const failing = play(site({ app: 'calls: [pay, mail], call: parallel', more: dead }))
    expect(tally(failing.ended)).toEqual({ 500: failing.ended.length })
    expect(responses(failing.ended)).toEqual([0.305])
    // The last of 200 comes when the run ends.
    expect(counts(failing.model)).toEqual({ calls_failed: 199 })
    const without = play(site({ app: 'calls: [{ name: pay, fallback: on }, mail]', more: dead }))
    expect(tally(without.ended)).toEqual({ ok: without.ended.length })
    expect(counts(without.model)).toEqual({ calls_failed: 199, fallbacks: 199 })
  })

  test('each try has its timeout, and one that was given up goes on below', () => {
    const { ended, model } = play(site({ app: 'calls: [{ name: pay, timeout: 40ms, retries: 2 }]' }))
    expect(responses(ended)).toEqual([0.125])
    const { length } = ended
    expect(tally(ended)).toEqual({ 500: length })
    expect(sent(model, 'pay')).toBeGreaterThanOrEqual(3 * length)
    const { unheard } = model.components.get('pay')!.probe
    expect(unheard).toBeGreaterThan(3 * (length - 1))
  })

  test('a timeout counts the connection too: of a machine that is silent', () => {
    const off = 'hosts: { far: { cores: 1 } }\nfaults: [{ kind: crash, target: far, at: 0s }]'
    const { ended } = play(
      site({ app: 'calls: [{ name: pay, timeout: 40ms }]', pay: 'host: far', more: off }),
    )
    expect(responses(ended)).toEqual([0.045])
  })

  test('pauses grow, and are drawn anew: full jitter', () => {
    const call = 'calls: [{ name: pay, retries: 3, backoff: "uniform(0s, 100ms)", growth: 2 }]'
    const times = play(site({ app: call, more: dead })).ended.map(response)
    // 5 ms, and means of 50, 100 and 200 ms.
    expect(times.reduce((a, b) => a + b) / times.length).toBeCloseTo(0.355, 1)
    expect(Math.max(...times)).toBeLessThan(0.705)
    expect(Math.max(...times)).toBeGreaterThan(0.5)
  })

  test('what would be answered the same again is not tried again', () => {
    const call = 'calls: [{ name: wall, retries: 3 }]'
    const wall = '  wall: { kind: haproxy, servers: [pay], http_request: { request: deny } }'
    const { model, ended } = play(site({ app: call }).replace('  db:', `${wall}\n  db:`))
    expect(tally(ended)).toEqual({ 500: ended.length })
    expect(sent(model, 'wall')).toBe(ended.length)
  })

  test('end with the worker: killed, or dead with its machine', () => {
    const call = 'calls: [{ name: pay, retries: 9, backoff: 50ms }, mail], call: parallel'
    const killed = play(site({ app: `${call}, request_terminate_timeout: 200ms`, more: dead }))
    expect(killed.ended.every((r) => r.outcome === 'reset' && response(r) < 0.3)).toBe(true)
    // 9 pauses take 450 ms: of those inside at 10.003 s no more is sent.
    const dies = 'faults: [{ kind: crash, target: app, at: 10.003s }, { kind: crash, target: pay, at: 0s }]'
    const { model } = play(site({ app: call, more: dies }))
    expect(sent(model, 'pay')).toBe(100 * 10 - (10 + 8 + 6 + 4 + 2) + 0)
    expect(model.context.requests.inUse).toBe(0)
  })
})

describe('retries in layers', () => {
  const LASTS = 30
  const chain = (budget = '') =>
    `
lasts: ${LASTS}s
warmup: 0s
users: { u: { arrive: constant(50/s), to: a, retries: 2, backoff: 1ms${budget} } }
components:
  a: { kind: app, workers: 100, service: 0s, calls: [{ name: b, retries: 2, backoff: 1ms${budget} }] }
  b: { kind: app, workers: 100, service: 0s, calls: [{ name: c, retries: 2, backoff: 1ms${budget} }] }
  c: { kind: service, service: 1ms }
faults: [{ kind: crash, target: c, at: 0s }]`
  const tries = (text: string) => sent(play(text).model, 'c')

  test('n layers that try r + 1 times each make (r + 1)^n of one request', () => {
    // Of the last few requests not all tries are made when the run ends.
    expect(tries(chain()) / (50 * LASTS * 3 ** 3)).toBeCloseTo(1, 2)
  })

  test('a budget of b makes at most 1 + b of it at each layer', () => {
    const budget = ', retry_budget: { retry_ratio: 10%, min_retries_per_second: 0 }'
    const each = tries(chain(budget)) / (50 * LASTS)
    expect(each).toBeLessThanOrEqual(1.1 ** 3)
    expect(each).toBeGreaterThan(1.1 ** 3 - 0.005)
  })

  test('and so many retries a second on top', () => {
    const budget = ', retry_budget: { min_retries_per_second: 5 }'
    const { model } = play(chain(budget).replace('to: a', 'to: c'))
    expect(sent(model, 'c', 'u') / LASTS).toBeCloseTo(50 * 1.2 + 5, 0)
  })
})

describe('a retry budget', () => {
  const budget = (retry_ratio: number, min_retries_per_second: number) =>
    new RetryBudget({ retry_ratio, min_retries_per_second, ttl: 10 })

  test('has a retry for each five requests, exactly, at 20 %', () => {
    const one = budget(0.2, 0)
    for (let i = 0; i < 4; i++) one.deposit(0)
    expect(one.withdraw(0)).toBe(false)
    one.deposit(0)
    expect(one.withdraw(0)).toBe(true)
    expect(one.withdraw(0)).toBe(false)
    expect(one.refused).toBe(2)
  })

  test('forgets what is older than ttl, and lets its least be used again', () => {
    const one = budget(0.2, 1)
    for (let i = 0; i < 5; i++) one.deposit(0)
    for (let i = 0; i < 11; i++) expect(one.withdraw(9.9)).toBe(true)
    expect(one.withdraw(9.95)).toBe(false)
    // The deposits of the first second are gone, what was taken in the tenth counts still.
    expect(one.withdraw(18.9)).toBe(false)
    expect(one.withdraw(19.1)).toBe(true)
  })

  test('of nothing lets nobody try again', () => {
    expect(budget(0, 0).withdraw(1)).toBe(false)
    expect(budget(0, 1).withdraw(1)).toBe(true)
  })
})
