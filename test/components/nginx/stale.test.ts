import { describe, expect, test } from 'vitest'
import { play } from '../../support/world.js'

/**
 * One request at 1 s, another so long after the answer, on a connection that the server closes after 0.6 s; 20 ms one
 * way. Measured on nginx 1.22.1 and HAProxy 2.6.12, 30 ms before the server closes and 0.1 s after.
 */
const second = (proxy: string, pause: number, kind = 'read', users = '') =>
  play(`
lasts: 20s
warmup: 0s
users: { u: { arrive: "closed(users=1, think=${pause}s)", to: proxy, mix: { ${kind}: 100% }, ${users} } }
components:
  proxy: { ${proxy} }
  app: { kind: app, workers: 8, service: 1ms, keepalive_timeout: 600ms }
wires: { proxy -> app: { latency: 20ms } }`)
    .ended.slice(2, 10)
    .map(({ arrived, ended, outcome }) => [outcome, +(ended - arrived).toFixed(3)])

const inTheWindow = 0.58
const afterIt = 0.7

describe('a request that meets the FIN of the server on its way', () => {
  const nginx = 'kind: nginx, service: 0s, upstream: [app], keepalive: 16'

  test('nginx: a GET is sent again on a new connection, a POST fails', () => {
    // 40 ms for nothing, and 81 ms; every other one, since the second connection is as young again.
    expect(second(nginx, inTheWindow)).toContainEqual(['ok', 0.121])
    expect(second(nginx, inTheWindow).every(([outcome]) => outcome === 'ok')).toBe(true)
    expect(second(nginx, inTheWindow, 'write')).toContainEqual(['502', 0.04])
  })

  test('nginx: once the FIN is there both open a connection', () => {
    expect(new Set(second(nginx, afterIt).map(String))).toEqual(new Set(['ok,0.081']))
    expect(new Set(second(nginx, afterIt, 'write').map(String))).toEqual(new Set(['ok,0.081']))
  })

  const haproxy = 'kind: haproxy, service: 0s, servers: [app], http_reuse: always'

  test('HAProxy: 502 to a new client; the connection of a client who had one is closed', () => {
    expect(second(haproxy, inTheWindow)).toContainEqual(['502', 0.04])
    const kept = second(haproxy, inTheWindow, 'read', 'requests_per_connection: unlimited')
    expect(kept).toContainEqual(['reset', 0.04])
  })

  test('HAProxy with retry-on all-retryable-errors: sent again on a new connection, a POST too', () => {
    const again = `${haproxy}, retry_on: all-retryable-errors`
    for (const kind of ['read', 'write']) {
      expect(second(again, inTheWindow, kind)).toContainEqual(['ok', 0.121])
      expect(second(again, inTheWindow, kind).every(([outcome]) => outcome === 'ok')).toBe(true)
    }
  })

  test('HAProxy: once the FIN is there it opens a connection', () => {
    expect(new Set(second(haproxy, afterIt).map(String))).toEqual(new Set(['ok,0.081']))
  })
})
