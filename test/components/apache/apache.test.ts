import { expect, test } from 'vitest'
import { play, problemsOf, response, tally, world } from '../../support/world.js'

/** As many idle clients as there are workers, who come at 1 s, and one more at 2 s. */
const site = (apache: string, users = 'keepalive: 1h', more = '') => `
lasts: 60s
warmup: 0s
users:
  idle: { arrive: trace(test/components/haproxy/ten.csv), to: web, ${users} }
  late: { arrive: trace(test/components/haproxy/late.csv), to: web }
components:
  web: { kind: apache, max_request_workers: 10, service: 10ms, ${apache} }
${more}`

const late = (...as: Parameters<typeof site>) => {
  const { ended } = play(site(...as))
  return ended.filter((r) => r.users === 'late').map(response)
}

// Measured on Apache 2.4 (prefork): 5.018 s and 15.027 s after they became idle; at once with KeepAlive Off.
test('an idle visitor has a worker until KeepAliveTimeout, or until he closes', () => {
  expect(late('')).toEqual([4.02])
  expect(late('keep_alive_timeout: 15s')).toEqual([14.02])
  expect(late('keep_alive: off')).toEqual([0.01])
  expect(late('', 'keepalive: 2s')).toEqual([1.02])
  expect(late('', 'keepalive: 0s')).toEqual([0.01])
})

test('his next request is for the same worker', () => {
  const text = site('', 'keepalive: 1h, requests_per_connection: unlimited').replace(
    'ten.csv',
    'ten-twice.csv',
  )
  const { ended } = play(text)
  expect(tally(ended)).toEqual({ ok: 21 })
  expect(ended.filter((r) => r.users === 'idle').map(response)).toEqual(new Array(20).fill(0.01))
})

test('through a firewall; and a crash ends what they have', () => {
  const through = site('', 'keepalive: 1h', '  fw: { kind: firewall, service: 0s, to: web }').replaceAll(
    'to: web, keepalive',
    'to: fw, keepalive',
  )
  expect(
    play(through)
      .ended.filter((r) => r.users === 'late')
      .map(response),
  ).toEqual([4.02])
  const crash = 'faults: [{ kind: crash, target: web, at: 1.5s, for: 0.2s }]'
  expect(late('', 'keepalive: 1h', crash)).toEqual([0.01])
})

test('a visitor who gives up leaves no worker behind', () => {
  const text = site('', 'keepalive: 1h, timeout: 5ms')
  const { model, ended } = world(text)
  model.run()
  expect(tally(ended)).toEqual({ timeout: 10, ok: 1 })
  expect(ended.filter((r) => r.users === 'late').map(response)).toEqual([0.01])
  expect(model.components.get('web')!.station!.taken).toBe(0)
})

test('it runs scripts that query', () => {
  expect(problemsOf(site('queries: 2'))[0]).toMatch('expected database: too, to send them to')
  const { ended } = play(
    site('queries: 2, database: db', 'keepalive: 0s', '  db: { kind: service, servers: 99, service: 20ms }'),
  )
  expect(ended.map(response)).toEqual(new Array(11).fill(0.05))
})

test('names that people say', () => {
  const wrong = (kind: string) => problemsOf(site('').replace('kind: apache', `kind: ${kind}`))[0]
  expect(wrong('httpd')).toMatch('apache')
  expect(problemsOf(site('MaxClients: 10')).join()).toMatch('max_request_workers')
  expect(problemsOf(site('ListenBacklog: 10')).join()).toMatch('did you mean "listen_backlog"?')
})
