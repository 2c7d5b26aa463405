import { describe, expect, test } from 'vitest'
import { play, response, tally } from '../../support/world.js'

const site = ({
  haproxy = '',
  per = '1',
  arrive = 'constant(5/s)',
  lasts = '200s',
  latency = '15ms',
  faults = '',
}) => `
lasts: ${lasts}
warmup: 0s
hosts: { near: { cores: 4 }, far: { cores: 4 } }
users: { u: { arrive: ${arrive}, to: lb, requests_per_connection: ${per} } }
components:
  lb: { kind: haproxy, host: near, service: 0s, servers: [s], timeout_connect: 1s, timeout_server: 3s, ${haproxy} }
  s: { kind: service, host: far, servers: unlimited, service: 20ms }
wires: { lb -> s: { latency: ${latency} } }
faults: [${faults}]`

/** The share of requests that open a connection to the server: 80 ms instead of 50. */
const opened = (haproxy: string, per = '1') => {
  const some = play(site({ haproxy, per })).ended.map(response)
  expect(new Set(some).size).toBeLessThanOrEqual(2)
  return some.filter((seconds) => seconds > 0.06).length / some.length
}

describe('connections to servers, as measured on HAProxy 2.6.12', () => {
  test('safe, the default: the first request of each client opens one', () => {
    expect(opened('')).toBe(1)
    expect(opened('', '20')).toBeCloseTo(0.05, 1)
    expect(opened('', '2')).toBeCloseTo(0.5, 1)
  })

  test('never: a client uses his own alone, which comes to the same for one server', () => {
    expect(opened('http_reuse: never')).toBe(1)
    expect(opened('http_reuse: never', '20')).toBeCloseTo(0.05, 1)
  })

  test('always: the first request of a client may use one that is idle', () => {
    expect(opened('http_reuse: always')).toBeLessThan(0.01)
    expect(opened('http_reuse: always', '20')).toBeLessThan(0.01)
  })

  test('aggressive: one that has served more than one client', () => {
    expect(opened('http_reuse: aggressive')).toBe(1)
    expect(opened('http_reuse: aggressive', '2')).toBeLessThan(0.1)
  })

  test('http-server-close and httpclose open one each; with httpclose the client does, too', () => {
    expect(opened('option_http_server_close: on', '20')).toBe(1)
    expect(opened('option_httpclose: on', '20')).toBe(1)
    const far = (haproxy: string) =>
      play(
        site({ haproxy, latency: '0ms', lasts: '20s' })
          .replace('wires: { ', 'wires: { u -> lb: { latency: 50ms }, ')
          .replace(', requests_per_connection: 1', ''),
      ).ended.map(response)
    const tls = 'tls: { version: 1.3, requests_per_connection: 1000000 }'
    expect(far(tls).at(-1)).toBeLessThan(0.13)
    expect(far(`${tls}, option_httpclose: on`).at(-1)).toBeGreaterThan(0.3)
  })
})

const struck = (kind: string, target: string, lasts = '100s') =>
  play(
    site({
      haproxy: 'http_reuse: always',
      arrive: 'constant(0.2/s)',
      lasts: '40s',
      latency: '5ms',
      // Idle connections are closed after 5 s or more: one request keeps one warm.
      faults: `{ kind: ${kind}, target: ${target}, at: 7s, for: ${lasts} }`,
    }).replace('arrive: constant(0.2/s)', 'arrive: trace(test/components/haproxy/three.csv)'),
  ).ended.map(({ arrived, ended, outcome }) => [outcome, +(ended - arrived).toFixed(3)])

describe('a kept connection', () => {
  test('to a machine that has gone: silence until timeout server, then four attempts to connect', () => {
    expect(struck('crash', 'far').slice(1)).toEqual([
      ['504', 3],
      ['503', 4],
    ])
  })

  test('to a process that was killed: closed; the port refuses, and each attempt waits a second', () => {
    const [, first] = struck('crash', 's')
    expect(first![0]).toBe('503')
    // Measured: 3.044 s; each refusal takes a round trip.
    expect(first![1]).toBeCloseTo(3.04, 2)
  })

  test('to a process that was started again: a new one', () => {
    expect(struck('crash', 's', '0.5s').slice(1)).toEqual([
      ['ok', 0.04],
      ['ok', 0.03],
    ])
  })
})

test('nobody is lost over them when the load balancer or the server dies', () => {
  for (const fault of [
    '{ kind: crash, target: lb, at: 5s, for: 1s }',
    '{ kind: crash, target: s, at: 5s, for: 1s }',
  ]) {
    const { ended } = play(site({ haproxy: 'http_reuse: always', per: '5', faults: fault, lasts: '30s' }))
    const late = ended.filter((r) => r.arrived > 12)
    expect(tally(late)).toEqual({ ok: late.length })
  }
})
