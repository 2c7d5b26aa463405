import { describe, expect, test } from 'vitest'
import { play, problemsOf, response, tally } from '../../support/world.js'

/** Ten at once before servers a and b, which take 6 s; the health page of b turns bad at 1 s for a while. */
const site = (
  server: string,
  { lb = '', users = '', arrive = 'trace(test/components/haproxy/ten.csv)' } = {},
) => `
lasts: 20s
warmup: 0s
users: { u: { arrive: ${arrive}, to: lb${users} } }
components:
  lb:
    kind: haproxy
    service: 0s
    timeout_connect: 1s
    option_httpchk: on
    default_server: { check: on, inter: 500ms, fall: 2, rise: 2${server} }
    servers: [a, b]
    ${lb}
  a: { kind: service, servers: unlimited, service: 6s }
  b: { kind: service, servers: unlimited, service: 6s }
faults: [{ kind: errors, target: b, share: 100%, at: 1s, for: 3s }]
`
const shut = ', on_marked_down: shutdown-sessions'
const lb = ({ model }: ReturnType<typeof play>) => model.components.get('lb')!

describe('a server is marked down while it works for five of ten (measured on HAProxy 2.6.12)', () => {
  test('on-marked-down shutdown-sessions: they get 502 at that moment, and are not tried again', () => {
    const played = play(site(shut))
    expect(tally(played.ended)).toEqual({ ok: 5, 502: 5 })
    const cut = played.ended.filter(({ outcome }) => outcome === '502').map(({ ended }) => ended)
    expect(new Set(cut).size).toBe(1)
    // Two checks: 0.63 to 0.9 s after the fault when measured.
    expect(cut[0]).toBeGreaterThan(1.5)
    expect(cut[0]).toBeLessThan(2)
    expect(lb(played).extra(20)).toMatchObject({ cut: 5, retries: 0 })
    expect(lb(played).probe.serving.value).toBe(0)
  })

  test('without it all finish', () => {
    const played = play(site(''))
    expect(tally(played.ended)).toEqual({ ok: 10 })
    expect(Math.max(...played.ended.map(response))).toBe(6)
  })

  test('who asks on a connection that has carried others finds that closed, as when the server dies', () => {
    const users = ', requests_per_connection: unlimited, keepalive: 10s'
    const arrive = '"closed(users=10, think=1ms)"'
    const played = play(site(shut, { users, arrive }).replaceAll('6s', '400ms'))
    const { cut } = lb(played).extra(20)
    expect(cut).toBeGreaterThan(0)
    expect(tally(played.ended)).toMatchObject({ reset: cut })
    expect(tally(played.ended)['502']).toBe(undefined)
  })
})

describe('what else shuts down', () => {
  test('in mode tcp connections are closed, those at rest too: what would have come on them goes elsewhere', () => {
    const tcp = { lb: 'mode: tcp' }
    expect(tally(play(site(shut, tcp)).ended)).toEqual({ ok: 5, reset: 5 })
    const kept = site(shut, {
      lb: 'mode: tcp\n    maxconn: 100',
      users: ', keepalive: 30s, requests_per_connection: unlimited',
      arrive: '"closed(users=10, think=300ms)"',
    }).replaceAll('6s', '10ms')
    const { ended } = play(kept)
    const between = (from: number, to: number) =>
      tally(ended.filter(({ arrived }) => arrived > from && arrived < to))
    expect(between(1, 2)['500']).toBeGreaterThan(3)
    expect(Object.keys(between(2, 3.9))).toEqual(['ok'])
  })

  test('what requests meet can mark it down, and cut those that wait', () => {
    const server = `${shut}, observe: layer7, error_limit: 1, on_error: mark-down`
    const some = site(server, { arrive: 'constant(10/s)', lb: 'timeout_server: 2s' })
      .replace(
        'a: { kind: service, servers: unlimited, service: 6s',
        'a: { kind: service, servers: unlimited, service: 1ms',
      )
      .replace(/faults.*/, '')
    const played = play(some)
    const { cut, observed_down } = lb(played).extra(20)
    // Each time the first that has waited for 2 s takes the server down, with the nine that came to it after that one.
    expect(observed_down).toBeGreaterThan(4)
    expect(tally(played.ended)).toMatchObject({ 504: observed_down, 502: cut })
    expect(cut! / observed_down!).toBeGreaterThan(8)
    expect(cut! / observed_down!).toBeLessThan(10.1)
  })

  test('it needs checks', () => {
    const text = site(shut).replace('check: on, inter: 500ms, fall: 2, rise: 2', 'weight: 2')
    expect(problemsOf(text).join()).toContain('on_marked_down: is for check: on')
  })
})
