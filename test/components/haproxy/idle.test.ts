import { describe, expect, test } from 'vitest'
import { play, response, tally } from '../../support/world.js'

/** Ten clients at 1 s who leave their connections open, and one more at 2 s; maxconn 10. */
const site = (haproxy: string, users = '', more = '') => `
lasts: 60s
warmup: 0s
users:
  idle: { arrive: trace(test/components/haproxy/ten.csv), to: lb, keepalive: 1h }
  late: { arrive: trace(test/components/haproxy/late.csv), to: lb, ${users} }
components:
  lb: { kind: haproxy, service: 0s, maxconn: 10, servers: [s], ${haproxy} }
  s: { kind: service, servers: unlimited, service: 10ms }
${more}`

const late = (haproxy: string, users = '', more = '') => {
  const { ended } = play(site(haproxy, users, more))
  return ended.filter((r) => r.users === 'late').map(response)
}

describe('idle connections take up places of maxconn, as measured on HAProxy 2.6.12', () => {
  test('until timeout http-keep-alive, else http-request, else client', () => {
    // Answered when the first idle one is closed; the idle ones were answered at 1.01 s.
    expect(late('timeout_http_keep_alive: 4s')).toEqual([3.02])
    expect(late('timeout_http_keep_alive: 4s, timeout_http_request: 2s, timeout_client: 2s')).toEqual([3.02])
    expect(late('timeout_http_request: 3s, timeout_client: 9s')).toEqual([2.02])
    expect(late('timeout_client: 5s')).toEqual([4.02])
  })

  test('or until the client closes', () => {
    const text = site('timeout_client: 30s').replace('keepalive: 1h', 'keepalive: 2s')
    expect(
      play(text)
        .ended.filter((r) => r.users === 'late')
        .map(response),
    ).toEqual([1.02])
  })

  test('with http-server-close too; with httpclose nobody waits', () => {
    expect(late('timeout_http_keep_alive: 4s, option_http_server_close: on')).toEqual([3.02])
    expect(late('timeout_http_keep_alive: 4s, option_httpclose: on')).toEqual([0.01])
  })

  test('a request of a client who is idle needs no other place', () => {
    const text = site('timeout_http_keep_alive: 4s')
      .replace('late: {', 'other: {')
      .replace('keepalive: 1h', 'keepalive: 1h, requests_per_connection: unlimited')
      .replace('ten.csv', 'ten-twice.csv')
    const { ended } = play(text)
    expect(tally(ended)).toEqual({ ok: 21 })
    expect(ended.filter((r) => r.users === 'idle').map(response)).toEqual(new Array(20).fill(0.01))
  })

  test('through a firewall and a virtual address, and after a crash nobody is there', () => {
    const through = (haproxy: string, faults = '') =>
      play(
        site(
          haproxy,
          '',
          `  vip: { kind: vip, servers: [lb] }\n  fw: { kind: firewall, service: 0s, to: vip }\n${faults}`,
        ).replaceAll('to: lb,', 'to: fw,'),
      )
        .ended.filter((r) => r.users === 'late')
        .map(response)
    expect(through('timeout_http_keep_alive: 4s')).toEqual([3.02])
    expect(
      through('timeout_http_keep_alive: 4s', 'faults: [{ kind: crash, target: lb, at: 1.5s, for: 0.1s }]'),
    ).toEqual([0.01])
  })
})

describe('a place is free again', () => {
  const late = (users: string, components: string) =>
    play(`
lasts: 60s
warmup: 0s
users:
  some: { profile: { 0s: 100%, 10s: 100%, 10.1s: 0% }, ${users} }
  late: { arrive: trace(test/components/haproxy/twenty.csv), to: lb, timeout: 1s }
components:
  lb: { kind: haproxy, service: 0s, maxconn: 4, servers: [s], timeout_http_keep_alive: 1s }
  s: { kind: service, servers: unlimited, service: 10ms }
  ${components}`).ended.filter((r) => r.users === 'late')

  test('when idle clients were closed, also by who looks for one to ride on', () => {
    const ended = late(
      'arrive: poisson(3/s), to: lb, keepalive: 1h, requests_per_connection: 2, timeout: 5s',
      '',
    )
    expect(ended.map(response)).toEqual([0.01, 0.01, 0.01, 0.01])
  })

  test('when nginx before it keeps no connection any more; until then it is taken', () => {
    const nginx = (timeout: string) =>
      late(
        'arrive: "poisson(30/s)", to: nginx, timeout: 5s',
        `nginx: { kind: nginx, service: 0s, upstream: [lb], keepalive: 4, keepalive_timeout: ${timeout} }`,
      )
    expect(nginx('2s').map(response)).toEqual([0.01, 0.01, 0.01, 0.01])
    const text = `
lasts: 60s
warmup: 0s
users:
  some: { arrive: "poisson(30/s)", to: nginx, profile: { 0s: 100%, 10s: 100%, 10.1s: 0% } }
  late: { arrive: trace(test/components/haproxy/twenty.csv), to: lb, timeout: 1s }
components:
  nginx: { kind: nginx, service: 0s, upstream: [lb], keepalive: 4, keepalive_timeout: 40s }
  lb: { kind: haproxy, service: 0s, maxconn: 4, servers: [s] }
  s: { kind: service, servers: unlimited, service: 100ms }`
    expect(tally(play(text).ended.filter((r) => r.users === 'late'))).toEqual({ timeout: 4 })
  })
})

test('who never got a connection has none to keep: the places of others stay taken', () => {
  // A place is held for 100 s, so that ten connect in the first 100 s, and ten in each hundred after that.
  const { ended } = play(`
lasts: 900s
warmup: 0s
users: { u: { arrive: constant(1/s), to: lb, keepalive: 100s } }
components:
  lb: { kind: haproxy, service: 0s, maxconn: 10, backlog: 1, servers: [s] }
  s: { kind: service, servers: unlimited, service: 10ms }
`)
  const { ok, connect_timeout } = tally(ended) as { ok: number; connect_timeout: number }
  expect(ok).toBeLessThanOrEqual(110)
  expect(connect_timeout).toBeGreaterThan(600)
})

describe('visitors with one request each, whose connections are kept for 2 s, at 20 places', () => {
  const mean = (rate: number) => {
    const runs = [0, 1, 2, 3, 4, 5].map((replication) => {
      const { ended } = play(
        `
lasts: 20s
warmup: 0s
users: { u: { arrive: poisson(${rate}/s), to: lb, keepalive: 1h, tcp_syn_linear_timeouts: 4 } }
components:
  lb: { kind: haproxy, service: 0s, maxconn: 20, servers: [s], timeout_http_keep_alive: 2s }
  s: { kind: service, servers: unlimited, service: 14ms }
`,
        replication,
      )
      return ended.reduce((sum, r) => sum + response(r), 0) / ended.length
    })
    return runs.reduce((sum, one) => sum + one, 0) / runs.length
  }

  test('8/s wait a little; 15/s are more than ten a second, and their SYNs are lost', () => {
    // Measured: 136 ms (44 to 228) and, to the last of 20 s, 6425 ms (4983 to 7867).
    expect(mean(8)).toBeGreaterThan(0.04)
    expect(mean(8)).toBeLessThan(0.3)
    expect(mean(15)).toBeGreaterThan(2)
  })
})

test('with httpclose each request opens a connection, however many a visitor would send on one', () => {
  const { ended } = play(`
lasts: 10s
warmup: 0s
users: { u: { arrive: constant(1/s), to: lb, requests_per_connection: unlimited } }
components:
  lb: { kind: haproxy, service: 0s, servers: [s], option_httpclose: on }
  s: { kind: service, servers: unlimited, service: 10ms }
wires: { u -> lb: { latency: 30ms } }
`)
  expect(new Set(ended.map(response))).toEqual(new Set([0.13]))
})
