import { describe, expect, test } from 'vitest'
import { play, problemsOf, response, responses, tally } from '../../support/world.js'

/** 40/s for 5 s before servers that take 10 ms; a and the like answer 503, s and the like 200. */
const site = (
  lb: string,
  { servers = '[a, s]', users = 'arrive: constant(40/s)', faults = '', more = '' } = {},
) => `
lasts: 5s
warmup: 0s
users: { u: { ${users}, to: lb } }
${more}
components:
  lb: { kind: haproxy, service: 0s, timeout_connect: 1s, servers: ${servers}, ${lb} }
  a: { kind: haproxy, service: 10ms, servers: [s], http_request: { request: deny deny_status 503 } }
  s: { kind: service, servers: unlimited, service: 10ms }
  t: { kind: service, servers: unlimited, service: 10ms }
faults: [${faults}]
`
const one = 'arrive: "closed(users=1, think=1s)"'
/** But for one that is under way when the run ends. */
const expectNear = (given: number | undefined, expected: number) => {
  expect(given).toBeGreaterThanOrEqual(expected)
  expect(given).toBeLessThanOrEqual(expected + 4)
}
const counts = ({ model }: ReturnType<typeof play>, name = 'lb') =>
  model.components.get(name)!.extra(model.kernel.now)

describe('retry-on 503 (measured on HAProxy 2.6.12: HA_retry503_1of1, _noredisp, _redisp, _redisp2)', () => {
  test('one server: four attempts back to back, and the client gets the 503', () => {
    const played = play(site('retry_on: 503', { servers: '[a]' }))
    expect(Object.keys(tally(played.ended))).toEqual(['503'])
    expectNear(counts(played).retries, 3 * played.ended.length)
    expect(responses(played.ended)).toEqual([0.04])
  })

  test('one of two, without redispatch: half fail, after four attempts at the same server', () => {
    const played = play(site('retry_on: 503'))
    const { ok, 503: failed } = tally(played.ended) as { ok: number; 503: number }
    expect(Math.abs(ok - failed)).toBeLessThanOrEqual(1)
    expectNear(counts(played, 'a').answered_itself, 4 * failed)
    expectNear(counts(played).retries, 3 * failed)
    expect(counts(played).redispatches).toBe(0)
  })

  test.each(['on', 1, 2])(
    'redispatch %s: the retry uses up the turn, so that all meet the bad one first',
    (n) => {
      const played = play(site(`retry_on: 503, redispatch: ${n}`))
      expect(tally(played.ended)).toEqual({ ok: played.ended.length })
      expect(counts(played).redispatches).toBeGreaterThanOrEqual(played.ended.length - 1)
      expect(played.ended.slice(1).every((request) => response(request) === 0.02)).toBe(true)
    },
  )
})

describe('what else is sent again (measured on 2.6.12)', () => {
  const fails = '{ kind: errors, target: s, share: 100%, at: 0s }'

  test('500 of one of two, redispatch: the other answers', () => {
    const played = play(site('retry_on: 500, redispatch: on', { servers: '[s, t]', faults: fails }))
    expect(tally(played.ended)).toEqual({ ok: played.ended.length })
  })

  test('500 of the only one: four attempts, and the client gets the 500', () => {
    const played = play(site('retry_on: 500', { servers: '[s]', users: one, faults: fails }))
    expect(Object.keys(tally(played.ended))).toEqual(['500'])
    expect(responses(played.ended)).toEqual([0.04])
  })

  test('response-timeout, retries 2, timeout server 300 ms: 504 after 0.9 s', () => {
    const lb = 'retry_on: response-timeout, retries: 2, timeout_server: 300ms'
    const played = play(site(lb, { servers: '[s]', users: one }).replaceAll('10ms', '2s'))
    expect(Object.keys(tally(played.ended))).toEqual(['504'])
    expect(responses(played.ended)).toEqual([0.9])
  })

  test('a server dies with all that it works on: with empty-response nobody knows', () => {
    const dies = '{ kind: crash, target: t, at: 2s, for: 1s }'
    const run = (retry_on: string) =>
      play(
        site(`redispatch: on, retry_on: ${retry_on}`, { servers: '[s, t]', faults: dies }).replaceAll(
          '10ms',
          '500ms',
        ),
      )
    const failed = tally(run('conn-failure').ended)
    // Half of the 40/s for 0.5 s.
    expect(failed['502']).toBe(10)
    expect(Object.keys(tally(run('conn-failure empty-response').ended))).toEqual(['ok'])
    expect(Object.keys(tally(run('all-retryable-errors').ended))).toEqual(['ok'])
  })
})

describe('what is not', () => {
  test('what is not named: the answer is the answer', () => {
    const played = play(site('retry_on: conn-failure 502 504 response-timeout, redispatch: on'))
    expect(counts(played).retries).toBe(0)
    expect(tally(played.ended)['503']).toBeGreaterThan(90)
  })

  test('a connection that is not made, where conn-failure is not named', () => {
    const never = '{ kind: crash, target: s, at: 0s }'
    for (const retry_on of ['none', '503']) {
      const played = play(site(`retry_on: ${retry_on}`, { servers: '[s]', users: one, faults: never }))
      expect(Object.keys(tally(played.ended))).toEqual(['503'])
      expect(responses(played.ended)).toEqual([0])
    }
  })

  test('its own 503: no server is up', () => {
    const lb = 'retry_on: all-retryable-errors, default_server: { check: on, inter: 100ms, fall: 1 }'
    const played = play(site(lb, { servers: '[s]', faults: '{ kind: crash, target: s, at: 1s }' }))
    expect(responses(played.ended.filter(({ arrived }) => arrived > 2))).toEqual([0])
  })

  test('a class that is said not to be sent twice (http-request disable-l7-retry)', () => {
    const users = 'arrive: constant(40/s), mix: { read: 50%, write: 50% }'
    const text = site('retry_on: 503, disable_l7_retry: [write], redispatch: on', { users })
    const played = play(text.replace('{ request: deny', '{ read: deny deny_status 503, write: deny'))
    expect(tally(played.ended)['503']).toBe(counts(played, 'a').answered_itself! - counts(played).retries!)
    expect(tally(played.ended)['503']).toBeGreaterThan(0)
  })

  test('a request that does not fit into the buffer, or had not come when it was sent', () => {
    const upload = (size: string, bandwidth: string) => {
      const users = `arrive: constant(1/s), bandwidth: ${bandwidth}`
      const more = `sizes: { request: { request: ${size}, answer: 1kB } }\nwires: { u -> lb: { latency: 50ms } }`
      return tally(play(site('retry_on: 503, redispatch: on', { users, more })).ended)
    }
    expect(upload('14kB', '1Gbit/s')).toEqual({ ok: 4 })
    expect(upload('100kB', '1Gbit/s')['503']).toBeGreaterThan(0)
    // More than the first ten packets, and less than the buffer: the rest comes a round trip later.
    expect(upload('15kB', '1Gbit/s')['503']).toBeGreaterThan(0)
  })
})

describe('option redispatch N, a cookie to a server that refuses, retries 3', () => {
  const lost = (redispatch: string, retries = 3) => {
    const text = site(`cookie: C insert, redispatch: ${redispatch}, retries: ${retries}`, {
      servers: '[{ name: s, cookie: s }, { name: t, cookie: t }]',
      users: 'arrive: "closed(users=4, think=1s)"',
      faults: '{ kind: crash, target: s, at: 1.5s }',
    }).replace('lasts: 5s', 'lasts: 20s')
    const waited = play(text).ended.filter((request) => response(request) > 0.5 || request.outcome !== 'ok')
    return waited.map((request) => [request.outcome, +response(request).toFixed(1)].join(' '))
  }

  test('-1: the last retry goes elsewhere, after 2 s (measured on 2.6.12)', () => {
    expect(new Set(lost('on'))).toEqual(new Set(['ok 2']))
    expect(lost('-1')).toEqual(lost('on'))
  })

  test('each second, and one before the last: after 1 s (stream_choose_redispatch)', () => {
    expect(new Set(lost('2'))).toEqual(new Set(['ok 1']))
    expect(new Set(lost('-2'))).toEqual(new Set(['ok 1']))
    expect(new Set(lost('-2', 5))).toEqual(new Set(['ok 3']))
  })

  test('each: at once; none, or none so early: 503 after 3 s', () => {
    expect(lost('1')).toEqual([])
    expect(new Set(lost('0'))).toEqual(new Set(['503 3']))
    expect(new Set(lost('4'))).toEqual(new Set(['503 3']))
    expect(new Set(lost('off'))).toEqual(new Set(['503 3']))
  })
})

describe('observe, of what is sent again', () => {
  test('layer7 does not learn of it, but of the last attempt (http_ana.c: before health_adjust)', () => {
    const server = 'default_server: { check: on, observe: layer7, error_limit: 3, on_error: mark-down }'
    const of = (lb: string) =>
      counts(play(site(`option_httpchk: on, ${server}, redispatch: on, ${lb}`))).observed_down
    expect(of('retry_on: 503')).toBe(0)
    expect(of('retry_on: 502')).toBeGreaterThan(0)
  })
})

describe('what does not fit', () => {
  test('words that there are not, retries that nobody gets', () => {
    expect(problemsOf(site('retry_on: 505'))[0]).toContain('expected words of retry-on (none, conn-failure')
    expect(problemsOf(site('retry_on: none 503'))[0]).toContain('expected none alone')
    expect(problemsOf(site('retry_on: [503]'))[0]).toContain('expected words of retry-on')
    expect(problemsOf(site('retry_on: 503, retries: 0'))[0]).toContain('nothing is tried again')
    expect(problemsOf(site('mode: tcp, retry_on: 503'))[0]).toContain('is for mode: http')
    expect(problemsOf(site('disable_l7_retry: [request]'))[0]).toContain('nothing is sent again')
    expect(problemsOf(site('redispatch: -4'))[0]).toContain('expected -3 or more')
    expect(problemsOf(site('redispatch: 1.5'))[0]).toContain('expected on, off, or an interval')
    expect(
      problemsOf(site('redispatch: -3, retry_on: 0rtt-rejected conn-failure junk-response 425')),
    ).toEqual([])
  })
})
