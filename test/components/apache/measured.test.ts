import { describe, expect, test } from 'vitest'
import { play, response, tally } from '../../support/world.js'

/** Apache 2.4 with MPM prefork, as measured; all processes are there from the start. */
const site = (users: string, apache: string, lasts = '10s') => `
lasts: ${lasts}
warmup: 0s
users: { u: { ${users}, to: web } }
components:
  web: { kind: apache, ${apache} }`

const mean = (of: readonly number[]) => of.reduce((sum, x) => sum + x, 0) / of.length

describe('measured on Apache 2.4 (prefork)', () => {
  // With two clients each has its worker for 102 ms, that is 2 ms beside the script. Some 3 s each, from an idle start.
  test.each([
    [2, 19.546, 102.194, 1.956],
    [5, 48.919, 102.145, 0.343],
    [10, 97.595, 102.325, 0.697],
    [20, 96.761, 202.627, 6.048],
    [40, 98.177, 384.959, 1.228],
  ])('%i clients in a closed loop, 10 workers, 100 ms: %f/s, %f ms', (clients, rate, ms, sd) => {
    const { ended } = play(
      site(
        `arrive: "closed(users=${clients}, think=0s)"`,
        'max_request_workers: 10, keep_alive: off, service: 102ms',
      ),
    )
    const first = ended.filter((one) => one.ended <= 3)
    expect(tally(ended)).toEqual({ ok: ended.length })
    expect(Math.abs(first.length / 3 - rate)).toBeLessThan(0.02 * rate)
    expect(Math.abs(mean(first.map(response)) * 1000 - ms)).toBeLessThan(Math.max(2 * sd, 0.03 * ms) + 3)
  })

  test('a burst of 40 of 300 ms at 4 workers, ListenBacklog 511: ten waves of four', () => {
    const { ended } = play(
      site(
        'arrive: trace(test/components/apache/burst-40.csv)',
        'max_request_workers: 4, keep_alive: off, service: 300ms',
      ),
    )
    expect(tally(ended)).toEqual({ ok: 40 })
    expect(ended.filter((r) => r.ended < 1).length).toBe(12)
    expect(Math.abs(mean(ended.map(response)) - 1.662)).toBeLessThan(0.05)
    expect(Math.abs(Math.max(...ended.map(response)) - 3.013)).toBeLessThan(0.09)
  })

  test('visitors of one request, 5/s, who stay until KeepAliveTimeout ends it: 1.9/s are answered, 31 of 120 give up after 20 s', () => {
    const { ended } = play(
      site(
        'arrive: constant(5/s), profile: { 0s: 100%, 24s: 0% }, keepalive: 1h, timeout: 20s, tcp_syn_linear_timeouts: 4',
        'max_request_workers: 10, keep_alive_timeout: 5s, service: 2ms',
        '60s',
      ),
    )
    const answered = ended.filter(({ outcome }) => outcome === 'ok')
    expect(ended.length).toBe(120)
    expect(answered.filter((one) => one.ended > 8 && one.ended <= 24).length / 16).toBe(1.875)
    expect(Math.abs(tally(ended).timeout! - 31)).toBeLessThanOrEqual(1)
    expect(Math.abs(mean(answered.map(response)) - 11.42)).toBeLessThan(0.35)
  })
})
