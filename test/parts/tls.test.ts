import { describe, expect, test } from 'vitest'
import { Dial } from '../../sim/parts/dial.js'
import { Request } from '../../sim/parts/request.js'
import { Handshake, Tls, tlsOptions } from '../../sim/parts/tls.js'
import { Stream } from '../../sim/random/stream.js'
import { play, problemsOf, tally } from '../support/world.js'

/** TLS with a clock that the test sets, visited once every 10 ms. */
function visited(options: Record<string, unknown>) {
  const certificate = new Dial(1)
  let now = 0
  const tls = new Tls(tlsOptions.parse(options), certificate, () => now, new Stream('tls'))
  const request = new Request()
  /** Shares of the handshakes among those who come until `until`. */
  const visit = (until: number, attempt = 0): Record<'none' | 'full' | 'resumed', number> => {
    const counts = [0, 0, 0]
    for (; now < until; now += 0.01) {
      request.key++
      request.attempt = attempt
      counts[tls.handshake(request, now)]!++
    }
    const n = counts.reduce((a, b) => a + b)
    return {
      none: counts[Handshake.none]! / n,
      full: counts[Handshake.full]! / n,
      resumed: counts[Handshake.resumed]! / n,
    }
  }
  return { tls, certificate, visit }
}

/** That a share of 10 000 draws is this, as far as four standard errors tell. */
const expectShare = (share: number, expected: number, n = 10_000) =>
  expect(Math.abs(share - expected)).toBeLessThanOrEqual(4 * Math.sqrt((expected * (1 - expected)) / n))

describe('which requests bring a handshake', () => {
  test('one in requests_per_connection; of these the share of resumption resumes', () => {
    const { visit } = visited({ requests_per_connection: 4, resumption: '60%' })
    const { none, full, resumed } = visit(100)
    expectShare(none, 3 / 4)
    expectShare(full, 0.4 / 4)
    expectShare(resumed, 0.6 / 4)
  })

  test('by default every request a full one: a connection for each, no session known', () => {
    expect(visited({}).visit(10)).toEqual({ none: 0, full: 1, resumed: 0 })
  })

  test('a retry always opens a connection: a failure leaves none', () => {
    expect(visited({ requests_per_connection: 100 }).visit(10, 1).none).toBe(0)
  })

  test('nobody keeps a connection over a restart: they come back evenly within keepalive, sessions within lifetime', () => {
    const { tls, visit } = visited({
      requests_per_connection: 10,
      resumption: '100%',
      keepalive: '100s',
      lifetime: '400s',
    })
    visit(1)
    tls.restart(1)
    const first = visit(101)
    // After u times 100 s a share of 0.9 u rides on a connection, and u / 4 of the others know a session: integrals of it.
    expectShare(first.none, 0.9 / 2)
    expectShare(first.resumed, 1 / 8 - 0.9 / 12)
    expectShare(visit(201).none, 0.9)
    visit(401)
    expectShare(visit(501).resumed, 0.1)
  })

  test('an expired certificate lets open connections die out within keepalive, evenly', () => {
    const { certificate, visit } = visited({ requests_per_connection: 10, keepalive: '100s' })
    visit(1)
    certificate.bend(0)
    expectShare(visit(101).none, 0.9 / 2)
    expect(visit(201).none).toBe(0)
  })

  test('renewed, nobody has a connection or a session from the time without', () => {
    const { certificate, visit } = visited({
      requests_per_connection: 10,
      resumption: '100%',
      keepalive: '100s',
    })
    visit(1)
    certificate.bend(0)
    visit(401)
    certificate.unbend(0)
    const first = visit(402)
    // Of keepalive 1 % has passed at most: all come anew, and with a full handshake.
    expect(first.none).toBeLessThan(0.05)
    expect(first.full).toBeGreaterThan(0.9)
    expectShare(visit(501).none, (0.9 * 50.5) / 100)
    expectShare(visit(601).none, 0.9)
  })

  test('renewed soon, connections from before the expiry are still open', () => {
    const { certificate, visit } = visited({ requests_per_connection: 10, keepalive: '100s' })
    visit(1)
    certificate.bend(0)
    visit(2)
    certificate.unbend(0)
    expect(visit(12).none).toBeGreaterThan(0.85)
  })

  test('a standby that nobody has visited for keepalive knows nobody', () => {
    const { tls, visit } = visited({ requests_per_connection: 10 })
    visit(1)
    const request = new Request()
    let none = 0
    for (request.key = 0; request.key < 1000; request.key++)
      none += tls.handshake(request, 62) === Handshake.none ? 1 : 0
    expect(none).toBe(0)
  })
})

describe('what a handshake costs', () => {
  test('ECDSA P-256 and resumption are what saves CPU; TLS 1.3 resumes with a key exchange, 1.2 without', () => {
    const cost = (options: Record<string, unknown>) => {
      const { tls } = visited(options)
      return [tls.cost(Handshake.full), tls.cost(Handshake.resumed)] as const
    }
    const [rsa, rsaAgain] = cost({})
    const [ec, ecAgain] = cost({ certificate: 'ecdsa_p256' })
    // RSA-2048 signs in 0.953 ms, P-256 in 0.032 ms (openssl speed, same machine): the difference remains.
    expect((rsa - ec) * 1e3).toBeCloseTo(0.953 - 0.032, 0)
    expect(rsaAgain).toBeLessThan(rsa / 2)
    expect(ecAgain).toBeLessThan(ec)
    expect(cost({ version: '1.2' })[1]).toBeLessThan(rsaAgain / 2)
    expect(visited({}).tls.cost(Handshake.none)).toBe(0)
  })

  test('round trips: TLS 1.3 one, TLS 1.2 two, resumed one (RFC 8446, RFC 5246)', () => {
    const trips = (version: string) => {
      const { tls } = visited({ version })
      // Half a second away.
      const from = { wire: { tlsDistance: () => 0.5 } } as unknown as Request
      return [Handshake.none, Handshake.full, Handshake.resumed].map((h) => tls.delay(from, h))
    }
    expect(trips('1.2')).toEqual([0, 2, 1])
    expect(trips('1.3')).toEqual([0, 1, 1])
  })

  const lb = (tls: string, rate: string, more = '') => `
lasts: 20s
warmup: 0s
hosts: { lb-1: { cores: 1 } }
users: { u: { arrive: constant(${rate}), to: lb${more} } }
components:
  lb: { kind: haproxy, host: lb-1, service: 0s, servers: [a], default_server: { check: on }, tls: { ${tls} } }
  a: { kind: service, servers: unlimited, service: 1ms }
`
  test('500 new connections/s with RSA-2048 and TLS 1.3 use 0.93 of a core; keep-alive of 100 requests 0.0093', () => {
    const busy = (tls: string) => {
      const { model } = play(lb(tls, '500/s'))
      return model.hosts.get('lb-1')!.processor.busy.mean(model.kernel.now)
    }
    expect(busy('')).toBeCloseTo(0.93, 2)
    expect(busy('requests_per_connection: 100')).toBeCloseTo(0.0093, 2)
    expect(busy('certificate: ecdsa_p256, version: 1.2, resumption: 100%')).toBeCloseTo(0.153, 2)
  })

  test('visitors who are refused by an expired certificate cost the handshake all the same, and each retry again', () => {
    const cpu = (faults: string, more = '') => {
      const { model, ended } = play(`${lb('', '100/s', more)}faults: [${faults}]`)
      return { ...tally(ended), cpu: model.components.get('lb')!.probe.cpu }
    }
    const expiry = '{ kind: certificate, target: lb, at: 0s }'
    const [sound, expired, retried] = [cpu(''), cpu(expiry), cpu(expiry, ', retries: 1')]
    expect(expired).toMatchObject({ tls_failed: 1999 })
    expect(expired.cpu).toBeCloseTo(sound.cpu, 9)
    expect(retried.cpu / sound.cpu).toBeCloseTo(2, 2)
  })
})

test('misuse is explained, with its place', () => {
  const said = (tls: string) =>
    problemsOf(`
users: { u: { arrive: constant(1/s), to: lb } }
components:
  lb: { kind: haproxy, servers: [a], default_server: { check: on }, tls: { ${tls} } }
  a: { kind: service, service: 1ms }
`)[0]
  expect(said('certificate: rsa4096')).toMatch(
    /^4:\d+: components\.lb\.tls\.certificate: expected one of rsa2048, ecdsa_p256, not "rsa4096"/,
  )
  expect(said('resumption: 2')).toMatch(/components\.lb\.tls\.resumption: expected a share/)
  expect(said('requests_per_connection: 0')).toMatch(/expected a whole number of 1 or more/)
  expect(said('keep_alive: 1min')).toMatch(/there is no option "keep_alive"; did you mean "keepalive"\?/)
})
