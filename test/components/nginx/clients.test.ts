import { describe, expect, test } from 'vitest'
import { play, problemsOf, responses, tally } from '../../support/world.js'

describe('an idle connection of a client', () => {
  /** One visitor who asks again after a pause, 30 ms away: 60 ms on a connection that is open, 120 ms on a new one. */
  const times = (nginx: string, pause: string, users = 'keepalive: 1h') =>
    responses(
      play(`
lasts: 10min
warmup: 0s
users: { u: { arrive: "closed(users=1, think=${pause})", to: web, requests_per_connection: unlimited, ${users} } }
components: { web: { kind: nginx, service: 0s, ${nginx} } }
wires: { u -> web: { latency: 30ms } }`).ended.slice(1),
    )

  test('is closed by nginx after 75 s (keepalive_timeout of ngx_http_core_module)', () => {
    expect(times('', '74s')).toEqual([0.06])
    expect(times('', '76s')).toEqual([0.12])
  })

  test('is closed after http: { keepalive_timeout: 10s }, and by the client if that is sooner', () => {
    expect(times('http: { keepalive_timeout: 10s }', '9s')).toEqual([0.06])
    expect(times('http: { keepalive_timeout: 10s }', '11s')).toEqual([0.12])
    expect(times('http: { keepalive_timeout: 10s }', '6s', 'keepalive: 5s')).toEqual([0.12])
  })

  test('is none with keepalive_timeout: 0, whatever the client would like', () => {
    expect(times('http: { keepalive_timeout: 0s }', '1s')).toEqual([0.12])
    expect(times('http: { keepalive_timeout: 0s }', '1s', '')).toEqual([0.12])
    expect(times('', '1s', '')).toEqual([0.06])
  })
})

describe('client_max_body_size', () => {
  /** Requests of 2 MB over 16 Mbit/s, which take a second. */
  const site = (nginx: string, users = '') => `
lasts: 20.5s
warmup: 0s
sizes: { upload: { request: 2MB }, page: { request: 1kB } }
users: { u: { arrive: constant(0.5/s), to: web, mix: { upload: 100%, page: 0% }, ${users} } }
components:
  web: { kind: nginx, service: 0s, upstream: [app], ${nginx} }
  app: { kind: service, servers: unlimited, service: 10ms }
wires: { u -> web: { bandwidth: 16Mbit/s } }`

  test('413 for more than 1 MB, as soon as the head of the request is there', () => {
    const { ended, model } = play(site(''))
    expect(tally(ended)).toEqual({ '413': ended.length })
    expect(Math.max(...responses(ended))).toBeLessThan(0.1)
    expect(model.components.get('app')!.probe.inside.mean(20)).toBe(0)
  })

  test('any other limit, and none with 0', () => {
    for (const size of ['3MB', '0']) {
      const { ended } = play(site(`client_max_body_size: ${size}`))
      expect(tally(ended)).toEqual({ ok: ended.length })
      expect(Math.min(...responses(ended))).toBeGreaterThan(1)
    }
  })

  test('nobody asks again for what is too large, and a location does not change it', () => {
    const { ended } = play(site('location: { upload: return 503 }', 'retries: 2'))
    expect(tally(ended)).toEqual({ '413': ended.length })
    expect(ended.every(({ tries }) => tries === 0)).toBe(true)
  })
})

test('words about clients that are none', () => {
  const said = (words: string) =>
    problemsOf(`
lasts: 10s
users: { u: { arrive: poisson(1/s), to: web } }
components: { web: { kind: nginx, ${words} } }`).join()
  expect(said('client_max_body_size: 1m')).toContain('is "1m" meant as 1MB?')
  expect(said('http: { keepalive_timout: 5s }')).toContain('keepalive_timeout')
  expect(said('keepalive_disable: msie6')).toContain('requests_per_connection: 1 of users')
})
