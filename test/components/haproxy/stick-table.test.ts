import { describe, expect, test } from 'vitest'
import { RequestRates } from '../../../sim/components/haproxy/stick-table.js'
import { moments } from '../../support/statistics.js'
import { play, problemsOf, tally } from '../../support/world.js'

/** One client at `first`/s from 0 on, then at `second`/s: which requests pass. */
function client(period: number, limit: number, phases: readonly [number, number, number?][]) {
  const rates = new RequestRates(period)
  let from = 0
  return phases.map(([rate, seconds, requests]) => {
    const start = from
    from += seconds
    return Array.from({ length: requests ?? Math.round(rate * seconds) }, (_, i) => {
      const at = start + i / rate
      return { after: at - start, passes: rates.count(1, at) <= limit }
    })
  })
}

describe('http_req_rate, measured on HAProxy 2.6.12', () => {
  test.each([
    // Period, limit, rates, seconds of each, requests in the first; first denied, accepted in the second phase, first accepted there.
    [2, 40, 30, 10, 10, 300, 41, 89, 1.1],
    [2, 40, 25, 19, 10, 251, 41, 155, 1.84],
    [10, 20, 3, 1, 25, 76, 21, 19, 6],
    // Of connections (conn_rate), where the refused ones count too.
    [3, 30, 20, 5, 9, 180, 31, 35, 2.2],
  ])(
    '%i s, %i: at %i/s, then at %i/s for %i s',
    (period, limit, first, second, seconds, requests, denied, passed, after) => {
      const [fast, slow] = client(period, limit, [
        [first, seconds, requests],
        [second, seconds],
      ])
      expect(fast!.findIndex(({ passes }) => !passes) + 1).toBe(denied)
      expect(fast!.filter(({ passes }) => passes)).toHaveLength(limit)
      const accepted = slow!.filter(({ passes }) => passes)
      expect(Math.abs(accepted.length - passed)).toBeLessThanOrEqual(1)
      expect(Math.abs(accepted[0]!.after - after)).toBeLessThanOrEqual(1 / second + 0.005)
    },
  )

  test('1 s, 10: at 8/s all pass', () => {
    expect(client(1, 10, [[8, 6]])[0]!.every(({ passes }) => passes)).toBe(true)
  })

  test('periods begin with the first request of an address, and others do not count', () => {
    const rates = new RequestRates(10)
    expect([rates.count(1, 3), rates.count(2, 3), rates.count(1, 12.9)]).toEqual([1, 1, 2])
    // Half of the two of the period before, and this one; after two periods of silence nothing of all that.
    expect([rates.count(1, 18), rates.count(1, 44), rates.count(1, 53.9)]).toEqual([2, 1, 2])
  })

  test('those who are long gone are forgotten, and nobody else', () => {
    const rates = new RequestRates(1)
    for (let i = 0; i < 1000; i++) rates.count(i, 0)
    for (let i = 0; i < 5; i++) rates.count(7, 4.5)
    for (let i = 1000; i < 10_000; i++) rates.count(i, 5)
    expect(rates.count(7, 5)).toBe(6)
    expect(rates.count(8, 5)).toBe(1)
  })
})

const site = (users: string, haproxy = 'stick_table: { http_req_rate: 10s, gt: 100, deny_status: 429 }') => `
lasts: 40s
warmup: 0s
users: { u: { to: lb, ${users} } }
components:
  lb: { kind: haproxy, service: 0s, timeout_connect: 1s, servers: [a], ${haproxy} }
  a: { kind: service, servers: unlimited, service: 10ms }
`

/** Which of the requests at `times` pass, each by all that came before it. No period may be without any. */
function passing(times: readonly number[], period: number, limit: number): boolean[] {
  const periods = times.map((time) => (time - times[0]!) / period)
  const numbers = periods.map(Math.floor)
  return times.map((_, i) => {
    const upToNow = numbers.slice(0, i + 1)
    const own = upToNow.filter((number) => number === numbers[i]).length
    const last = upToNow.filter((number) => number === numbers[i]! - 1).length
    return Math.floor(own + last * (1 + numbers[i]! - periods[i]!)) <= limit
  })
}

describe('stick_table of a HAProxy', () => {
  test.each([
    // Rate; mean and standard deviation of three clients.
    [4, 1, 0],
    [8, 0.999, 0.002],
    [9, 0.987, 0.022],
    [10, 0.668, 0.11],
    [11, 0.216, 0.002],
    [14, 0.172, 0.007],
  ])(
    'a client at poisson %i/s under 100 in 10 s: each request as its history says, and %d pass, as of three when measured',
    (rate, measured, spread) => {
      const text = site(`arrive: poisson(${rate}/s), addresses: { count: 1 }`)
      const shares = Array.from({ length: 10 }, (_, replication) => {
        const { ended } = play(text, replication)
        const inOrder = ended.toSorted((a, b) => a.key - b.key)
        const passes = passing(
          inOrder.map(({ arrived }) => arrived),
          10,
          100,
        )
        expect(inOrder.map(({ outcome }) => outcome)).toEqual(passes.map((ok) => (ok ? 'ok' : '429')))
        return passes.filter((ok) => ok).length / passes.length
      })
      const { mean, m2 } = moments(shares)
      const sd = Math.sqrt(m2)
      // A mean of three is within three of its standard errors, of which either spread is an estimate.
      const error = Math.max(sd, spread) / Math.sqrt(3)
      expect(Math.abs(mean - measured)).toBeLessThanOrEqual(3 * error + 0.001)
    },
  )

  test('each has his own count where each has his own address, and the status is what is said', () => {
    const all = play(site('arrive: constant(50/s)')).ended
    expect(tally(all)).toEqual({ ok: all.length })
    const one = 'arrive: constant(50/s), addresses: { count: 1 }'
    const { ended, model } = play(site(one, 'stick_table: { http_req_rate: 10s, gt: 100 }'))
    expect(tally(ended)).toEqual({ ok: 100, 403: ended.length - 100 })
    expect(model.components.get('lb')!.extra(40)).toMatchObject({ answered_itself: ended.length - 100 })
  })

  test('a start of the process forgets all', () => {
    const fault = '\nfaults: [{ kind: crash, target: lb, at: 20s, for: 1s }]'
    const { ended } = play(site('arrive: constant(50/s), addresses: { count: 1 }') + fault)
    expect(tally(ended).ok).toBe(200)
  })

  test('what does not fit is told', () => {
    const status = 'stick_table: { http_req_rate: 10s, gt: 100, deny_status: 418 }'
    expect(problemsOf(site('arrive: constant(1/s)', status)).join()).toContain('expected a status that deny')
    const tcp = 'mode: tcp, stick_table: { http_req_rate: 10s, gt: 100 }'
    expect(problemsOf(site('arrive: constant(1/s)', tcp)).join()).toContain('is for mode: http')
  })
})

describe('conn_rate: connections that are closed without an answer', () => {
  const limit = 'stick_table: { conn_rate: 3s, gt: 30 }'
  const one = 'addresses: { count: 1 }'

  test.each(['http', 'tcp'])('mode %s: at 20/s under 30 in 3 s, 30 of 180 pass (measured)', (mode) => {
    const users = `arrive: constant(20/s), ${one}`
    const { ended, model } = play(site(users, `mode: ${mode}, ${limit}`).replace('lasts: 40s', 'lasts: 9s'))
    expect(tally(ended)).toEqual({ ok: 30, reset: ended.length - 30 })
    expect(ended.length).toBeGreaterThanOrEqual(179)
    expect(ended.slice(0, 30).every(({ outcome }) => outcome === 'ok')).toBe(true)
    expect(model.components.get('lb')!.extra(9).rejected).toBe(ended.length - 30)
  })

  test('what rides on a connection that is open is let through, however much it is', () => {
    const users = `arrive: constant(50/s), ${one}, requests_per_connection: 100, keepalive: 10s`
    expect(Object.keys(tally(play(site(users, limit)).ended))).toEqual(['ok'])
  })

  test('before TLS is spoken, and of maxconn no place is kept', () => {
    const users = `arrive: constant(20/s), ${one}, requests_per_connection: 1`
    const { ended, model } = play(site(users, `${limit}, maxconn: 2, tls: {}`))
    const { rejected, tls_handshakes } = model.components.get('lb')!.extra(40)
    expect(rejected).toBe(tally(ended).reset)
    expect(tls_handshakes).toBe(tally(ended).ok)
    expect(model.components.get('lb')!.acceptQueue!.taken).toBe(0)
  })

  test('what does not fit is told', () => {
    const told = (table: string) =>
      problemsOf(site('arrive: constant(1/s)', `stick_table: { ${table} }`)).join()
    expect(told('conn_rate: 3s, http_req_rate: 3s, gt: 3')).toContain(
      'expected one of http_req_rate: and conn_rate:',
    )
    expect(told('gt: 3')).toContain('expected one of http_req_rate: and conn_rate:')
    expect(told('conn_rate: 3s, gt: 3, deny_status: 429')).toContain('is closed without an answer')
  })
})
