import { describe, expect, test } from 'vitest'
import { type Ended, play, problemsOf, response, tally } from '../../support/world.js'

/** Visitors a and b, of one address each, before an nginx with `limits` and a server that takes `work`. */
const site = (
  limits: string,
  { a = 'constant(30/s)', b = 'constant(5/s)', lasts = '12.6s', work = '0s', more = '' } = {},
) => `
lasts: ${lasts}
warmup: 0s
users:
  a: { arrive: ${a}, to: web, addresses: { count: 1 } }
  b: { arrive: ${b}, to: web, addresses: { count: 1 } }
components:
  web: { kind: nginx, service: 0s, upstream: [server], ${limits} }
  server: { kind: service, servers: unlimited, service: ${work} }
${more}`
/** Those of them who came within the first so many seconds. */
const of = (ended: readonly Ended[], users: string, within = 12.0001) =>
  ended.filter((one) => one.users === users && one.arrived < within)
const responses = (ended: readonly Ended[]) => ended.map(response)
const extra = (model: ReturnType<typeof play>['model']) => model.components.get('web')!.extra(1)

describe('limit_req by address: 30/s and 5/s at 10/s with a burst of 5 for 12 s, as measured on nginx 1.22.1', () => {
  const limit = (more = '') =>
    `limit_req: { key: $binary_remote_addr, rate: 10/s, burst: 5${more} }, limit_req_status: 429`

  test('125 of 360 pass, after 477 ms in the mean and 536 ms at most, and all of the other', () => {
    const { ended, model } = play(site(limit()))
    expect(tally(of(ended, 'a'))).toEqual({ ok: 125, 429: 235 })
    expect(tally(of(ended, 'b'))).toEqual({ ok: 60 })
    expect(extra(model).limit_req_exceeded).toBeGreaterThanOrEqual(235)
    const waits = responses(of(ended, 'a').filter(({ outcome }) => outcome === 'ok'))
    const mean = waits.reduce((sum, one) => sum + one) / waits.length
    // Measured 461 to 486 and 512 to 554, each with 2 ms of its own.
    expect(mean).toBeGreaterThan(0.461)
    expect(mean).toBeLessThan(0.486)
    expect(Math.max(...waits)).toBeGreaterThan(0.46)
    expect(Math.max(...waits)).toBeLessThan(0.512)
    expect(Math.max(...responses(of(ended, 'b')))).toBe(0)
  })

  test('with nodelay as many pass, and none waits', () => {
    const { ended } = play(site(limit(', nodelay: on')))
    expect(tally(of(ended, 'a'))).toEqual({ ok: 125, 429: 235 })
    expect(Math.max(...responses(ended))).toBe(0)
  })

  test('the first of the burst do not wait with delay', () => {
    const { ended } = play(site(limit(', delay: 2'), { a: 'trace(test/components/nginx/six.csv)' }))
    const waits = responses(of(ended, 'a')).sort((a, b) => a - b)
    expect(waits.map((one) => +one.toFixed(6))).toEqual([0, 0, 0, 0.1, 0.2, 0.3])
  })

  test('with one key for all they share the rate, and the usual status is 503', () => {
    const { ended } = play(site('limit_req: { rate: 10/s, burst: 5, nodelay: on }'))
    expect(tally([...of(ended, 'a'), ...of(ended, 'b')])).toEqual({ ok: 125, 503: 295 })
  })

  test('a process that is started anew knows of nobody', () => {
    const slow = limit(', nodelay: on').replace('10/s', '1/min')
    const more = 'faults: [{ kind: crash, target: web, at: 4s, for: 1s }]'
    const run = (more: string) => tally(of(play(site(slow, { more })).ended, 'a')).ok
    expect(run('')).toBe(6)
    expect(run(more)).toBe(12)
  })
})

describe('limit_conn by address: 2, at 300 ms each, as measured on nginx 1.22.1', () => {
  const limits = 'limit_conn: { $binary_remote_addr: 2 }, limit_conn_status: 429'
  const six = 'trace(test/components/nginx/six.csv)'

  test('of six at once two are answered, and the others at once get their status', () => {
    const { ended, model } = play(site(limits, { a: six, work: '302ms' }))
    expect(tally(of(ended, 'a'))).toEqual({ ok: 2, 429: 4 })
    const turned = of(ended, 'a').filter(({ outcome }) => outcome === '429')
    expect(Math.max(...responses(turned))).toBe(0)
    // 5/s of 300 ms are never more than two.
    expect(tally(of(ended, 'b'))).toEqual({ ok: 60 })
    expect(extra(model)).toMatchObject({ limit_conn_exceeded: 4 })
  })

  test('18 of 60 at 20/s', () => {
    // With what else a request takes there: a place was not free again 300 ms later.
    const { ended } = play(site(limits, { a: 'constant(20/s)', lasts: '4s', work: '302ms' }))
    expect(tally(of(ended, 'a', 3.0001))).toEqual({ ok: 18, 429: 42 })
  })

  test('of the whole server: all count, whoever they are, and they are one of its limits', () => {
    const both = 'limit_conn: { $binary_remote_addr: 4, $server_name: 5 }'
    const { ended, model } = play(site(both, { a: six, b: six, work: '302ms' }))
    expect(tally(of(ended, 'a')).ok! + tally(of(ended, 'b')).ok!).toBe(5)
    expect(tally(ended)).toEqual({ ok: 5, 503: 7 })
    const limit = model.components
      .get('web')!
      .limits()
      .find(({ says }) => says.includes('limit_conn'))!
    expect(limit.capacity).toBe(5)
    expect(limit.refused!()).toBeCloseTo(7 / 12, 9)
  })

  test('counts those whose answer is on its way to a slow client, and who wait for limit_req not at all', () => {
    const slow = 'bandwidth: 800kbit/s, receive_buffer: 1kB'
    const sizes = 'sizes: { request: { answer: 100kB } }'
    const text = site(limits, { a: six, lasts: '20s', more: sizes }).replace(
      'to: web, addr',
      `to: web, ${slow}, addr`,
    )
    expect(tally(of(play(text).ended, 'a'))).toEqual({ ok: 2, 429: 4 })
    const both = `limit_req: { key: $binary_remote_addr, rate: 1/s, burst: 5 }, ${limits}`
    const { ended } = play(site(both, { a: six, b: six, work: '302ms' }))
    expect(tally(ended)).toEqual({ ok: 12 })
  })

  test('444 closes the connections of the others', () => {
    const { ended } = play(site(limits.replace('429', '444'), { a: six, work: '302ms' }))
    expect(tally(of(ended, 'a'))).toEqual({ ok: 2, reset: 4 })
  })

  test('a process that is started anew counts nobody', () => {
    const more = 'faults: [{ kind: crash, target: web, at: 1s, for: 100ms }]'
    const hour = 'addresses: { count: 1 }, timeout: 1h'
    const text = site(limits, { a: 'constant(10/s)', work: '1h', lasts: '2.05s', more })
    const { ended } = play(text.replace('addresses: { count: 1 }', hour))
    // Two were lost with it, two are inside again when it is over.
    expect(tally(of(ended, 'a'))).toEqual({ reset: 2, 429: 7 + 8, refused: 1 })
  })
})

describe('what does not fit is told', () => {
  test.each([
    ['limit_req: { key: $request_uri, rate: 1/s }', 'expected one of $server_name, $binary_remote_addr'],
    ['limit_req_status: 429', 'nobody is limited: expected limit_req: beside it'],
    ['limit_conn_status: 429', 'nobody is limited: expected limit_conn: beside it'],
    ['limit_conn: {}', 'expected how many, such as { $binary_remote_addr: 10 }'],
    ['limit_conn: { $binary_remote_addr: 0 }', 'expected a whole number from 1 to 65535'],
    ['limit_req: { rate: 1/s }, limit_req_status: 418', 'expected one of 400, 401, 403,'],
    ['limit_req_zone: $binary_remote_addr', 'limit_req: { key: $binary_remote_addr, rate: 10/s }'],
  ])('%s', (limits, message) => {
    const problems = problemsOf(site(limits))
    expect(problems).toHaveLength(1)
    expect(problems[0]).toContain(message)
  })
})
