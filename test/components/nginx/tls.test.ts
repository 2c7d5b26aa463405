import { describe, expect, test } from 'vitest'
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

test('whether clients of MySQL look at its certificate nobody says: it cannot be made to expire', () => {
  const problems = (tls: string) =>
    problemsOf(`
users: { u: { arrive: constant(10/s), to: app } }
components:
  app: { kind: app, workers: 8, service: 0s, database: db }
  db: { kind: mysql, service: 1ms, ${tls} }
faults: [{ kind: certificate, target: db, at: 1s, for: 1s }]`)
  expect(problems('tls: on')).toEqual([
    expect.stringMatching(
      /target: whether clients look at the certificate of db is for them to say, and not simulated$/,
    ),
  ])
  expect(problems('')).toEqual([expect.stringMatching(/target: db ends no TLS \(no tls: option\)$/)])
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
