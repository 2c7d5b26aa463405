import { describe, expect, test } from 'vitest'
import { Observation } from '../../../sim/components/haproxy/observation.js'
import { Outcome } from '../../../sim/parts/outcome.js'
import { play, problemsOf, tally } from '../../support/world.js'

/** Servers behind a HAProxy that takes no time; every request to b is answered 500, and its checks are not. */
const site = (
  server: string,
  { rate = 40, servers = '[a, b]', lasts = '20s', lb = 'option_httpchk: on', faults = '', at = '0s' } = {},
) => `
lasts: ${lasts}
warmup: 0s
users: { u: { arrive: constant(${rate}/s), to: lb } }
components:
  lb: { kind: haproxy, service: 0s, timeout_connect: 1s, servers: ${servers}, default_server: { ${server} }, ${lb} }
  a: { kind: service, servers: unlimited, service: 1ms }
  b: { kind: service, servers: unlimited, service: 1ms }
  c: { kind: service, servers: unlimited, service: 1ms }
faults: [${faults || `{ kind: errors, target: b, class: request, share: 100%, at: ${at} }`}]
`
const counts = ({ model }: ReturnType<typeof play>) => model.components.get('lb')!.extra(model.kernel.now)

/** When those who were answered 500 came, without a pause of a second: one list for each time that b was up. */
function episodes(ended: ReturnType<typeof play>['ended']): number[][] {
  const times = ended.filter(({ outcome }) => outcome === '500').map(({ arrived }) => arrived)
  const begins = times.flatMap((time, i) => (i === 0 || time - times[i - 1]! > 1 ? [i] : []))
  return begins.map((begin, i) => times.slice(begin, begins[i + 1]))
}

describe('observe layer7, 20/s at a server that answers 500, its checks fine (measured on 2.6.12)', () => {
  const runs = (server: string) => [0, 1, 2, 3, 4].map((replication) => play(site(server), replication))

  test('error-limit 10 mark-down: down after ten, up after two passed checks, and so on', () => {
    for (const played of runs('check: on, observe: layer7, on_error: mark-down')) {
      const all = episodes(played.ended)
      // A check between begins the row anew: 10 to 13 when measured, of 19 at most.
      expect(all[0]!.length).toBeGreaterThanOrEqual(10)
      expect(all[0]!.length).toBeLessThanOrEqual(19)
      // Later it has just passed one.
      for (const one of all.slice(1, -1)) expect(one).toHaveLength(10)
      expect(counts(played).observed_down).toBeGreaterThanOrEqual(5)
      expect(counts(played).observed_down).toBeLessThanOrEqual(6)
      // Up at a check, down half a second later, and up at the second check from then: every 4 s, as measured.
      for (const [i, one] of all.slice(2).entries()) expect(one[0]! - all[i + 1]![0]!).toBeCloseTo(4, 1)
      expect(counts(played).marked_down).toBe(0)
    }
  })

  test('error-limit 5 fail-check: each five are a failed check, down after three of them', () => {
    for (const played of runs('check: on, observe: layer7, error_limit: 5')) {
      const all = episodes(played.ended)
      for (const one of all.slice(1, -1)) expect(one).toHaveLength(15)
      for (const [i, one] of all.slice(2).entries()) expect(one[0]! - all[i + 1]![0]!).toBeCloseTo(4, 1)
    }
  })

  test('error-limit 8 sudden-death with checks that pass: never down, a third of the requests fail', () => {
    const server = 'check: on, inter: 1s, rise: 3, observe: layer7, error_limit: 8, on_error: sudden-death'
    const played = play(site(server, { rate: 30, servers: '[a, b, c]' }))
    expect(counts(played)).toMatchObject({ observed_down: 0, marked_down: 0 })
    expect(Math.abs(tally(played.ended)['500']! - 200)).toBeLessThanOrEqual(1)
  })
})

describe('what errors do', () => {
  const dies = { faults: '{ kind: errors, target: b, share: 100%, at: 10s }', lasts: '30s' }
  const failures = (server: string) =>
    tally(play(site(`check: on, inter: 10s, ${server}`, dies)).ended)['500']!

  test('sudden-death leaves one failure to go, and fastinter brings the next check forward', () => {
    // Twenty a second: ten errors, then a check 100 ms later, and all three of them 100 ms apart.
    expect(failures('observe: layer7, on_error: fastinter, fastinter: 100ms')).toBeLessThanOrEqual(17)
    expect(failures('observe: layer7, on_error: sudden-death, fastinter: 100ms')).toBeLessThanOrEqual(13)
    expect(failures('observe: layer7, on_error: sudden-death')).toBeGreaterThan(13)
    expect(failures('fastinter: 100ms')).toBeGreaterThan(30)
  })

  test('what is down is so in all that is told: who looks for a server, and since when', () => {
    const { model } = play(site('check: on, observe: layer7, on_error: mark-down', { at: '5s' }))
    expect(model.context.detections[0]).toMatchObject({ component: 'lb', says: 'marked b down' })
    expect(model.context.detections[0]!.since).toBeCloseTo(5, 1)
  })

  test('layer4 counts connections that are not made, each try of them, and no answers', () => {
    const refused = { faults: '{ kind: crash, target: b, at: 10s }', lasts: '30s' }
    const server = 'check: on, inter: 10s, observe: layer4, error_limit: 6, on_error: mark-down'
    for (const mode of ['http', 'tcp']) {
      const lb = `mode: ${mode}, redispatch: on`
      const played = play(site(server, { ...refused, lb }))
      expect(counts(played)).toMatchObject({ observed_down: 1, retries: 6 })
    }
    expect(counts(play(site(server))).observed_down).toBe(0)
  })

  test('a timeout and a connection that breaks are errors of layer 7', () => {
    const hangs = { faults: '{ kind: hang, target: b, at: 10s }', lasts: '30s' }
    const lb = 'timeout_server: 1s'
    const server = 'check: on, inter: 10s, observe: layer7, on_error: mark-down'
    const { model, ended } = play(site(server, { ...hangs, lb }))
    // Those of the first half second are the ten, a second later.
    expect(tally(ended)['504']).toBeGreaterThanOrEqual(28)
    expect(tally(ended)['504']).toBeLessThanOrEqual(31)
    expect(model.context.detections[0]!.at).toBeGreaterThan(11.4)
    expect(model.context.detections[0]!.at).toBeLessThan(11.6)
  })

  test('a row ends with a good answer, a passed check, a start, or when it was enough', () => {
    const row = new Observation('layer7', 3)
    const meets = (...outcomes: Outcome[]) => outcomes.map((outcome, i) => row.met(outcome, i))
    const { ok, forbidden, internalError: bad, reset, connectTimeout, tooManyRequests } = Outcome
    expect(meets(bad, bad, ok, bad, reset, connectTimeout)).toEqual([false, false, false, false, false, true])
    expect(row.since).toBe(3)
    expect(meets(bad, bad, forbidden, bad, bad, tooManyRequests, bad, bad)).not.toContain(true)
    row.clear()
    expect(meets(bad, bad)).not.toContain(true)
  })
})

test('nothing is observed of a server that is not checked, since nothing would bring it up again', () => {
  const server = 'check: on, fastinter: 100ms, observe: layer7, on_error: mark-down'
  const played = play(site(server, { servers: '[a, { name: b, check: off }]', lasts: '5s' }))
  expect(counts(played)).toMatchObject({ observed_down: 0 })
  expect(tally(played.ended)['500']).toBeGreaterThan(95)
})

describe('what does not fit', () => {
  const told = (server: string, more = {}) => problemsOf(site(server, more)).join()

  test.each([
    ['observe: layer7', 'observe: is for check: on'],
    ['check: on, error_limit: 5', 'error_limit: and nothing is observed'],
    ['check: on, on_error: mark-down', 'on_error: and nothing is observed'],
    ['check: on, observe: layer5', 'expected one of none, layer4, layer7'],
  ])('%s', (server, says) => expect(told(server)).toContain(says))

  test('layer7 in mode tcp', () =>
    expect(told('check: on, observe: layer7', { lb: 'mode: tcp' })).toContain('is for mode: http'))

  test('what default_server says need not be of use to all', () => {
    const servers = '[{ name: a, check: off }, b]'
    expect(told('check: on, observe: layer7', { servers })).toBe('')
  })
})
