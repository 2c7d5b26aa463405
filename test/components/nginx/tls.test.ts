import { describe, expect, test } from 'vitest'
import { remarksOn } from '../../../sim/scenario/oddities.js'
import { parseScenario } from '../../../sim/scenario/parse.js'
import { inClear } from '../../../sim/scenario/readable.js'
import { play, problemsOf, response, responses, tally } from '../../support/world.js'

const FULL = 1.859e-3
const late = (text: string) => play(text).ended.filter((r) => r.arrived > 1)

const site = ({ nginx = 'tls: {}', users = '', faults = '' }) => `
lasts: 20s
warmup: 0s
users: { u: { arrive: constant(10/s), to: nginx, ${users} } }
components: { nginx: { kind: nginx, service: 1ms, ${nginx} } }
wires: { u -> nginx: { latency: 15ms } }
faults: [${faults}]`

describe('TLS that ends at nginx', () => {
  test('costs a round trip for 1.3 and two for 1.2, and CPU, beside the connection', () => {
    expect(response(late(site({}))[0]!)).toBeCloseTo(0.03 * 3 + 0.001 + FULL, 6)
    expect(response(late(site({ nginx: 'tls: { version: 1.2 }' }))[0]!)).toBeCloseTo(
      0.03 * 4 + 0.001 + 1.785e-3,
      6,
    )
    expect(responses(late(site({ nginx: '' })))).toEqual([0.061])
  })

  test('on connections that are open none: requests_per_connection, of tls: or of users', () => {
    expect(responses(late(site({ users: 'requests_per_connection: unlimited' })))).toEqual([0.031])
    const some = late(site({ nginx: 'tls: { requests_per_connection: 4 }' })).map(response)
    expect(some.filter((seconds) => seconds > 0.05).length / some.length).toBeCloseTo(0.25, 0)
  })

  test('with an expired certificate it fails', () => {
    const { ended } = play(site({ faults: '{ kind: certificate, target: nginx, at: 5.05s, for: 5s }' }))
    expect(tally(ended.filter((r) => r.arrived > 5.1 && r.arrived < 9.9))).toEqual({ tls_failed: 48 })
    expect(tally(ended.filter((r) => r.arrived > 10.1))).toEqual({
      ok: ended.filter((r) => r.arrived > 10.1).length,
    })
  })
})

describe('TLS from HAProxy to its servers', () => {
  const chain = (server: string, nginx: string, haproxy = '') => `
lasts: 20s
warmup: 0s
users: { u: { arrive: constant(10/s), to: lb } }
components:
  lb: { kind: haproxy, service: 0s, servers: [{ name: nginx, ${server} }], ${haproxy} }
  nginx: { kind: nginx, service: 0s, ${nginx} }
wires: { lb -> nginx: { latency: 15ms } }`

  test('takes three round trips and CPU at both ends, and one on a kept connection (measured: 3.07 and 1.02)', () => {
    const seconds = response(late(chain('ssl: on', 'tls: {}, worker_connections: 1024'))[0]!)
    expect(seconds).toBeCloseTo(0.03 * 3 + FULL + 0.657e-3, 6)
    expect(responses(late(chain('ssl: on', 'tls: {}', 'http_reuse: always')))).toEqual([0.03])
  })

  test('has to be spoken by both', () => {
    expect(problemsOf(chain('', 'tls: {}'))).toEqual([
      expect.stringMatching(
        /^6:\d+: components\.lb\.servers\.0: nginx speaks TLS \(tls:\): expected ssl: on$/,
      ),
    ])
    expect(problemsOf(chain('ssl: on', ''))).toEqual([
      expect.stringMatching(/^6:\d+: components\.lb\.servers\.0: ssl: on, and nginx has no tls:$/),
    ])
  })
})

describe('the certificate of MySQL', () => {
  const site = (
    app: string,
    faults = '{ kind: certificate, target: db, at: 5.05s, for: 5s }',
    db = 'tls: on',
  ) => `
lasts: 20s
warmup: 0s
users: { u: { arrive: constant(10/s), to: app } }
components:
  app: { kind: app, workers: 8, service: 0s, database: db, ${app} }
  db: { kind: mysql, service: 1ms, ${db} }
wires: { app -> db: { latency: 15ms } }
faults: [${faults}]`
  const during = (text: string) => play(text).ended.filter((r) => r.arrived > 5.1 && r.arrived < 9.9)

  test('once it has expired no connection is made, and the page is a 500 after the handshake', () => {
    const failed = during(site(''))
    expect(tally(failed)).toEqual({ 500: 48 })
    // As late as if it had logged in and asked: with the CPU of the handshake, and none of a query.
    expect(response(failed[0]!)).toBeCloseTo(0.03 * 5 + FULL, 6)
    const { ended } = play(site(''))
    expect(tally(ended.filter((r) => r.arrived > 10.2))).toEqual({
      ok: ended.filter((r) => r.arrived > 10.2).length,
    })
  })

  test('connections that are open are not asked for it', () => {
    expect(tally(during(site('connection: persistent')))).toEqual({ ok: 48 })
    expect(tally(during(site('pool: { size: 4 }')))).toEqual({ ok: 48 })
    expect(tally(during(site('connection: query')))).toEqual({ 500: 48 })
    // One that was not made is none that could be kept.
    const never = '{ kind: certificate, target: db, at: 0s, for: 15s }'
    expect(tally(during(site('connection: persistent', never)))).toEqual({ 500: 48 })
    expect(tally(during(site('pool: { size: 4 }', never)))).toEqual({ 500: 48 })
  })

  test('gives back the places of those that it has turned away', () => {
    const text = site('', undefined, 'tls: on, max_connections: 2')
    expect(tally(during(text))).toEqual({ 500: 48 })
    expect(tally(play(text).ended.filter((r) => r.arrived > 10.2 && r.arrived < 10.4))).toEqual({ ok: 2 })
  })

  test('is looked at through what only passes the connection on, and not by who says so', () => {
    const passed = (kind: string) =>
      site('', '{ kind: certificate, target: db2, at: 5.05s, for: 5s }').replace(
        / {2}db:.*/,
        `  db: { ${kind} }\n  db2: { kind: mysql, service: 1ms, tls: on }`,
      )
    expect(tally(during(passed('kind: haproxy, mode: tcp, servers: [db2]')))).toEqual({ 500: 48 })
    expect(tally(during(passed('kind: vip, servers: [db2]')))).toEqual({ 500: 48 })
    expect(tally(during(site('ssl_verify_server_cert: off')))).toEqual({ ok: 48 })
    const remarks = (text: string) =>
      remarksOn(parseScenario(text, 'test.yaml')).filter((s) => /certificate/.test(s))
    expect(remarks(site('ssl_verify_server_cert: off'))).toEqual([
      'the certificate of db does nothing: nobody who connects to db looks at it (ssl_verify_server_cert)',
    ])
    expect(remarks(site(''))).toEqual([])
    expect(remarks(passed('kind: haproxy, mode: tcp, servers: [db2]'))).toEqual([])
  })

  test('cannot expire where there is none', () => {
    expect(problemsOf(site('', undefined, ''))).toEqual([
      expect.stringMatching(/target: db ends no TLS \(no tls: option\)$/),
    ])
  })
})

test('TLS to MySQL: a round trip more, and CPU for the handshake', () => {
  const text = (tls: string) => `
lasts: 20s
warmup: 0s
users: { u: { arrive: constant(10/s), to: app } }
components:
  app: { kind: app, workers: 8, service: 0s, database: db }
  db: { kind: mysql, service: 1ms, ${tls} }
wires: { app -> db: { latency: 15ms } }`
  expect(response(late(text('tls: on'))[0]!)).toBeCloseTo(0.03 * 5 + 0.001 + FULL, 6)
  expect(response(late(text(''))[0]!)).toBeCloseTo(0.03 * 4 + 0.001, 6)
})

describe('what passes in clear', () => {
  const clear = (db: string, more = '') =>
    inClear(
      parseScenario(
        `
hosts: { one: {}, two: {} }
users: { u: { arrive: constant(10/s), to: fw } }
components:
  fw: { kind: firewall, to: lb }
  lb: { kind: haproxy, host: one, servers: [{ name: web, ssl: on }], tls: {} }
  web: { kind: nginx, host: two, tls: {}, upstream: [app] }
  app: { kind: app, host: two, service: 1ms, database: db }
  db: { kind: mysql, service: 1ms, ${db} }
${more}`,
        'test.yaml',
      ),
    )

  test('is told where a scenario encrypts some of it: not what stays on a machine, nor what is forwarded to TLS', () => {
    expect(clear('')).toEqual(['app -> db'])
    expect(clear('tls: on')).toEqual([])
  })

  test('attackers have nothing to hide', () => {
    const asks = (malicious: string) =>
      parseScenario(
        `
users:
  u: { arrive: constant(10/s), to: web }
  v: { arrive: constant(10/s), to: plain${malicious} }
components:
  web: { kind: nginx, tls: {} }
  plain: { kind: nginx }`,
        'test.yaml',
      )
    expect(inClear(asks(''))).toEqual(['v -> plain'])
    expect(inClear(asks(', malicious: on'))).toEqual([])
  })
})
