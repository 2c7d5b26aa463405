import { describe, expect, test } from 'vitest'
import { play, problemsOf, response, responses, tally } from '../../support/world.js'

const site = ({ nginx = '', arrive = 'constant(10/s)', lasts = '20s', faults = '', latency = '30ms' }) => `
lasts: ${lasts}
warmup: 0s
hosts: { near: { cores: 4, ip_local_port_range: 40000 40049 }, far: { cores: 4 } }
users: { u: { arrive: ${arrive}, to: nginx } }
components:
  nginx: { kind: nginx, host: near, service: 0s, upstream: [app], ${nginx} }
  app: { kind: app, host: far, workers: 100, service: 1ms }
wires: { nginx -> app: { latency: ${latency} } }
faults: [${faults}]`

const late = (options: Parameters<typeof site>[0], from = 1) =>
  play(site(options)).ended.filter((r) => r.arrived > from)

describe('connections to an upstream', () => {
  test('one for each request by default: 121 ms over 30 ms each way; with keepalive 61 ms', () => {
    expect(responses(late({}))).toEqual([0.121])
    expect(responses(late({ nginx: 'keepalive: 16' }))).toEqual([0.061])
    expect(response(play(site({ nginx: 'keepalive: 16' })).ended[0]!)).toBe(0.121)
  })

  test('keepalive does nothing over HTTP/1.0 (measured)', () => {
    expect(responses(late({ nginx: 'keepalive: 16, proxy_http_version: 1.0' }))).toEqual([0.121])
  })

  test('are closed after keepalive_requests, and when they were idle for keepalive_timeout', () => {
    const some = late({ nginx: 'keepalive: 16, keepalive_requests: 5', arrive: 'constant(5/s)' }, 0).map(
      response,
    )
    expect(some.slice(0, 11)).toEqual([
      0.121, 0.061, 0.061, 0.061, 0.061, 0.121, 0.061, 0.061, 0.061, 0.061, 0.121,
    ])
    const rare = { arrive: 'constant(0.2/s)', lasts: '60s' }
    expect(responses(late({ ...rare, nginx: 'keepalive: 16, keepalive_timeout: 6s' }, 6))).toEqual([0.061])
    expect(responses(late({ ...rare, nginx: 'keepalive: 16, keepalive_timeout: 4s' }, 6))).toEqual([0.121])
  })

  test('so many are kept idle, however many were open', () => {
    const text = site({ nginx: 'keepalive: 4', arrive: 'poisson(300/s)', lasts: '60s' })
    const { ended, model } = play(text.replace(', ip_local_port_range: 40000 40049', ''))
    const share = model.components.get('nginx')!.extra(60).opened_share!
    const opened = ended.filter((r) => response(r) > 0.1).length
    expect(opened / ended.length).toBeCloseTo(share, 3)
    expect(share).toBeGreaterThan(0.15)
    expect(share).toBeLessThan(0.3)
  })
})

test('a SYN that was lost is sent again as the kernel of its host does it (tcp_syn_linear_timeouts)', () => {
  const slowest = (host: string) => {
    const text = site({
      lasts: '30s',
      faults: '{ kind: partition, target: "nginx -> app", at: 10.095s, for: 1.6s }',
    })
    return Math.max(
      ...play(text.replace('near: { cores: 4,', `near: { cores: 4, ${host}`)).ended.map(response),
    )
  }
  // He who came at 10.1 s tries at 11.1 s, in the cut, and then at 13.1 or 12.1 s.
  expect(slowest('')).toBeCloseTo(3.121, 6)
  expect(slowest('tcp_syn_linear_timeouts: 4,')).toBeCloseTo(2.121, 6)
})

test('what is sent on a connection that was just made, and meets a cut, is sent again as data are', () => {
  const text = site({
    lasts: '30s',
    faults: '{ kind: partition, target: "nginx -> app", at: 10.05s, for: 1.6s }',
  })
  // Its SYN of 10.0 s was answered, the request itself arrives at 10.09: sent again R, 2 R, 4 R, 8 R after that, R = 268 ms.
  const one = play(text).ended.find(({ arrived }) => Math.abs(arrived - 10) < 1e-6)!
  expect(response(one)).toBeLessThan(0.121 + 8 * 0.268 + 0.061)
  expect(response(one)).toBeGreaterThan(8 * 0.268)
})

describe('its ports', () => {
  const two = { arrive: 'constant(2/s)', lasts: '180s', latency: '3ms' }
  const answered = (nginx: string) => {
    const ended = late({ ...two, nginx }, 60)
    return { share: (tally(ended).ok ?? 0) / ended.length, ended }
  }

  test('run out where it closes first: HTTP/1.1 without keepalive, then 502 at once', () => {
    const { share, ended } = answered('proxy_http_version: 1.1')
    expect(share * 2).toBeCloseTo(50 / 60, 1)
    expect(responses(ended.filter((r) => r.outcome === '502'))).toEqual([0])
  })

  test('do not where the server closes first, nor where connections are kept', () => {
    expect(answered('').share).toBe(1)
    expect(answered('keepalive: 16').share).toBe(1)
  })

  test('a range that is none is told', () => {
    expect(problemsOf(site({}).replace('40000 40049', '60999 32768'))).toEqual([
      expect.stringMatching(
        /^4:\d+: hosts\.near\.ip_local_port_range: expected the first and the last port, as in "32768 60999", not "60999 32768"$/,
      ),
    ])
  })
})

/** Requests at 10, 15 and 20 s, after one at 5 s whose connection is kept; `kind` strikes at 7 s. */
const struck = (kind: string, target: string, lasts = '100s', nginx = 'keepalive: 16') =>
  play(
    site({
      nginx: `${nginx}, proxy_connect_timeout: 1s, proxy_read_timeout: 3s`,
      arrive: 'constant(0.2/s)',
      lasts: '30s',
      latency: '5ms',
      faults: `{ kind: ${kind}, target: ${target}, at: 7s, for: ${lasts} }`,
    }),
  ).ended.map(({ arrived, ended, outcome }) => [outcome, +(ended - arrived).toFixed(3)])

describe('a kept connection, as measured on nginx 1.22.1', () => {
  test('to a machine that has gone: silence until the read timeout; the next ones find no connection', () => {
    expect(struck('crash', 'far').slice(1, 4)).toEqual([
      ['504', 3],
      ['504', 1],
      ['504', 1],
    ])
  })

  test('to a process that was killed: its machine has closed it, and refuses', () => {
    expect(struck('crash', 'app').slice(1, 4)).toEqual([
      ['502', 0.01],
      ['502', 0.01],
      ['502', 0.01],
    ])
  })

  test('to a process that was started again: a new one, and the next ride on that', () => {
    expect(struck('crash', 'app', '1s').slice(1, 4)).toEqual([
      ['ok', 0.021],
      ['ok', 0.011],
      ['ok', 0.011],
    ])
  })
})
