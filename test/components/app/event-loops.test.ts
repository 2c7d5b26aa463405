import { describe, expect, test } from 'vitest'
import { play, problemsOf, response, tally, world } from '../../support/world.js'

interface Site {
  app?: string
  more?: string
  users?: string
  lasts?: string
}

/** Requests from 20 ms on, one each 20 ms, as many as asked for. */
const few = (number: number) => `arrive: constant(50/s), profile: { 0s: 100%, ${(number + 0.5) * 20}ms: 0% }`

const site = ({ app = '', more = '', users = few(3), lasts = '30s' }: Site) => `
lasts: ${lasts}
warmup: 0s
hosts: { code: { cores: 1000 } }
users: { u: { ${users}, to: app } }
components:
  app: { kind: app, host: code, workers: 1, worker_class: async, ${app} }
${more}
`
const db = (seconds: string) => `  db: { kind: service, servers: unlimited, service: ${seconds} }\n`

/** Seconds from the first arrival to each answer. */
const answers = (text: string) => {
  const { ended } = play(text)
  expect(tally(ended)).toEqual({ ok: ended.length })
  const first = Math.min(...ended.map(({ arrived }) => arrived))
  return ended.map(({ ended: at }) => at - first)
}

const near = (found: readonly number[], expected: readonly number[]) => {
  expect(found).toHaveLength(expected.length)
  for (const [i, one] of found.entries()) expect(one).toBeCloseTo(expected[i]!, 6)
}

describe('event loops (as measured on gunicorn 20.1.0 with gevent)', () => {
  // 2.004, 2.481 and 2.957 s (each from its own arrival).
  test('compute one thing at a time, in the order in which it came up, and nothing while the database answers', () => {
    near(answers(site({ app: 'service: 500ms, after: 500ms, database: db', more: db('1s') })), [2, 2.5, 3])
  })

  // 1.002, 1.002 and 1.002 s.
  test('have many requests that wait', () => {
    near(answers(site({ app: 'service: 0s, database: db', more: db('1s') })), [1, 1.02, 1.04])
  })

  // With 3 connections, the fourth and the fifth after 1.94 s.
  test('have worker_connections of them at most; the next ones wait to be accepted', () => {
    const app = 'service: 0s, database: db, worker_connections: 3'
    near(answers(site({ app, more: db('1s'), users: few(5) })), [1, 1.02, 1.04, 2, 2.02])
  })

  test('do not go on with a request, be its database never so quick, while they compute for another', () => {
    const app =
      'service: { long: 2s, default: 0s }, after: 0s, queries: { long: 0, default: 2 }, database: db'
    const users = 'arrive: trace(test/components/app/long-between.csv), mix: { long: 50%, short: 50% }'
    // Its first answer is there after 100 ms; the long one computes from 50 ms to 2.05 s, and then the second query is sent.
    near(answers(site({ app, more: db('100ms'), users })), [2.05, 2.15])
  })

  test('go on with what they have accepted, and with nothing of another, be that one idle', () => {
    const app =
      'service: { long: 2s, longer: 5s, default: 0s }, queries: { short: 2, default: 0 }, database: db'
    const users =
      'arrive: trace(test/components/app/long-and-longer.csv), mix: { long: 33%, longer: 33%, short: 34% }'
    const text = site({ app, more: db('100ms'), users }).replace('workers: 1', 'workers: 2')
    // The first loop has the short one, and from 60 ms on one of 5 s; the second is idle from 2.05 s on.
    near(answers(text), [2.05, 5.06, 5.16])
  })

  test('of several, as many compute at once', () => {
    near(answers(site({ app: 'service: 1s' }).replace('workers: 1', 'workers: 2')), [1, 1.02, 2])
  })

  test('ask a cache while they compute for others, and have no loop until it answers', () => {
    const more = `  redis: { kind: redis, keys: 1, service: 1s, save: none }\n${db('100ms')}`
    const app = 'service: 500ms, after: 500ms, cache: redis, database: db'
    // The one thread of Redis is what they wait for: 1.5, 2.5 and 3.5 s, then 500 ms each.
    near(answers(site({ app, more })), [2, 3, 4])
  })

  test('call what is outside while they compute for others', () => {
    const more = db('1s').replace('db', 'pay')
    near(answers(site({ app: 'service: 500ms, after: 500ms, calls: [pay]', more })), [2, 2.5, 3])
  })
})

test('one loop is M/D/1, first in first out: 3 services in the mean at a load of 80 %, where sharing takes 5', () => {
  const users = 'arrive: poisson(80/s)'
  const { ended } = play(site({ app: 'service: 10ms', users, lasts: '2000s' }))
  const mean = ended.reduce((sum, one) => sum + response(one), 0) / ended.length
  expect(mean).toBeGreaterThan(0.029)
  expect(mean).toBeLessThan(0.031)
})

test('a loop is what is used and full, and what is waited for', () => {
  const { model } = world(site({ app: 'service: 10ms', users: 'arrive: poisson(80/s)', lasts: '500s' }))
  model.run()
  const app = model.components.get('app')!
  const now = model.kernel.now
  expect(app.utilization(now)).toBeCloseTo(0.8, 1)
  const loops = app.limits().find(({ says }) => says === 'event loops')!
  expect(loops.capacity).toBe(1)
  expect(loops.used(now)).toBeCloseTo(app.utilization(now), 9)
  const { loop_wait_ms: wait, loop_waiting: waiting } = app.extra(now) as Record<string, number>
  expect(wait).toBeGreaterThan(15)
  expect(wait).toBeLessThan(25)
  // Little's law.
  expect(waiting! / (wait! / 1000)).toBeCloseTo(80, -1)
})

test('a check waits for a loop that computes, and not for a worker beside the one that does', () => {
  const text = (workers: string) => `
lasts: 60s
warmup: 0s
hosts: { code: { cores: 4 } }
users: { u: { arrive: trace(test/components/app/long-once.csv), mix: { long: 50%, short: 50% }, to: lb } }
components:
  lb: { kind: haproxy, servers: [{ name: app, check: on }, spare], balance: first, option_httpchk: on, timeout_server: 1min }
  app: { kind: app, host: code, ${workers}, service: { long: 20s, short: 1ms } }
  spare: { kind: service, servers: unlimited, service: 1ms }
`
  const spared = (workers: string) => {
    const { model } = world(text(workers))
    model.run()
    return model.components.get('spare')!.probe.joined
  }
  expect(spared('workers: 2')).toBe(0)
  expect(spared('workers: 1, worker_class: async')).toBe(1)
})

test('a process that dies forgets what its loops did', () => {
  const crash = 'faults: [{ kind: crash, target: app, at: 2s, for: 1s }]\n'
  const users = 'arrive: constant(1/s), profile: { 0s: 100%, 9.5s: 0% }'
  const { ended, model } = play(site({ app: 'service: 900ms', users }) + crash)
  expect(tally(ended)).toEqual({ ok: 7, reset: 1, refused: 1 })
  expect(model.context.requests.inUse).toBe(0)
})

// gunicorn 20.1.0: -t 2, 12 requests that take 9 s: no answer after 2.03 to 2.99 s.
test('timeout: 2s kills a sync worker at the next look, once a second', () => {
  const text = site({ app: 'service: 9s, timeout: 2s', users: few(1) }).replace('async', 'sync')
  const struck = [...Array(40).keys()].map((seed) => play(text, seed).ended[0]!)
  expect(tally(struck)).toEqual({ reset: 40 })
  const after = struck.map(response)
  expect(Math.min(...after)).toBeGreaterThanOrEqual(2)
  expect(Math.max(...after)).toBeLessThanOrEqual(3)
  expect(Math.max(...after) - Math.min(...after)).toBeGreaterThan(0.7)
})

test('what event loops have no use for is told', () => {
  const app = `service: 1ms, timeout: 30s, request_terminate_timeout: 30s, pm: ondemand, codel: {}, connection: persistent`
  expect(problemsOf(site({ app })).map((line) => line.replace(/^\S+ components\.app\./, ''))).toEqual([
    'timeout: expected either timeout: or request_terminate_timeout:',
    'timeout: expected worker_class: sync: no event loop is held by a request that waits',
    'request_terminate_timeout: expected worker_class: sync: no event loop is held by a request that waits',
    'pm: expected static: event loops do not come and go',
    'codel: expected worker_class: sync: hardly anybody waits for a place',
    'connection: expected pool: instead, from which all requests of an event loop take theirs',
  ])
  const sync = site({ app: 'service: 1ms, worker_connections: 10' }).replace('async', 'sync')
  expect(problemsOf(sync)[0]).toMatch('worker_connections: expected worker_class: async too')
})
