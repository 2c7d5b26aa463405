import { describe, expect, test } from 'vitest'
import { Server } from '../../../sim/components/balance/server.js'
import { Persistence } from '../../../sim/components/haproxy/persistence.js'
import { familyOf, Request } from '../../../sim/parts/request.js'
import { play, problemsOf, responses, tally } from '../../support/world.js'

/** Visitors before servers a, b, c with cookies of their names; HAProxy takes no time. */
const site = ({
  users = 'arrive: "closed(users=30, think=500ms)"',
  haproxy = '',
  each = '',
  more = '',
  faults = '',
  lasts = '20s',
  service = '0s',
} = {}) => `
lasts: ${lasts}
warmup: 0s
users: { u: { to: lb, ${users} } }
components:
  lb:
    kind: haproxy
    service: 0s
    timeout_connect: 1s
    cookie: SRV insert indirect nocache
    servers: [{ name: a, cookie: s1${each} }, { name: b, cookie: s2${each}${more} }, { name: c, cookie: s3${each} }]
    ${haproxy}
  a: &own { kind: service, servers: unlimited, service: ${service} }
  b: *own
  c: *own
faults: [${faults}]
`
type Played = ReturnType<typeof play>
const sentTo = ({ model }: Played) => model.wires.filter((w) => w.from === 'lb').map((w) => w.sent)

const checked = ', check: on, inter: 1s, fall: 2, rise: 2'
const away = '{ kind: crash, target: b, at: 3s, for: 8s }'

describe('cookie insert: one of 3 servers refuses, check inter 1s fall 2 (measured on 2.6.12)', () => {
  const run = (redispatch: string, lasts = '20s') =>
    play(site({ each: checked, faults: away, haproxy: `redispatch: ${redispatch}`, lasts }))
  const late = ({ ended }: Played) => ended.filter((one) => one.ended - one.arrived > 0.5)

  test('without redispatch each client of the dead one loses one request, with 503 after 3 s, and the next goes elsewhere', () => {
    const played = run('off')
    const lost = played.ended.filter(({ outcome }) => outcome !== 'ok')
    expect(tally(lost)).toEqual({ 503: 10 })
    expect(responses(lost)).toEqual([3])
    expect(Math.max(...lost.map(({ arrived }) => arrived))).toBeLessThan(3.5)
    expect(new Set(lost.map(({ key }) => key % 30)).size).toBe(10)
    expect(late(played)).toHaveLength(10)
    // Of 1200 that they ask in 20 s, each of the ten misses six while he waits.
    expect(Math.abs(played.ended.length - 1140)).toBeLessThanOrEqual(10)
  })

  test('with redispatch none is lost: each waits once, 2 s, or 1 s where the check marks it down before the next try', () => {
    const played = run('on')
    expect(Object.keys(tally(played.ended))).toEqual(['ok'])
    expect(late(played)).toHaveLength(10)
    for (const one of late(played)) expect([1, 2]).toContain(+(one.ended - one.arrived).toFixed(6))
  })

  test('without checks too: the last of four tries goes elsewhere, 2 s after the first, and so does all that follows', () => {
    const { ended, model } = play(site({ faults: away, haproxy: 'redispatch: on' }))
    expect(Object.keys(tally(ended))).toEqual(['ok'])
    expect(responses(ended)).toEqual([0, 2])
    expect(model.components.get('lb')!.extra(20)).toMatchObject({ retries: 30, redispatches: 10 })
  })

  test.each(['off', 'on'])('after the return nobody goes back (redispatch %s)', (redispatch) => {
    const [first, then] = [run(redispatch, '11s'), run(redispatch)].map(sentTo)
    expect(then![1]).toBe(first![1])
    expect(then![0]! - first![0]!).toBeGreaterThan(250)
  })

  test('who is new goes there again', () => {
    const users = 'arrive: constant(30/s)'
    const [first, then] = ['12s', '20s'].map((lasts) =>
      sentTo(play(site({ users, each: checked, faults: away, lasts }))),
    )
    expect(then![1]! - first![1]!).toBeGreaterThan(50)
  })
})

describe('who has a cookie', () => {
  const drained = '{ kind: maintenance, target: b, drain: 1min, at: 3s, for: 1s }'

  test('closed users each for himself; of others all of one address; and the assets of a page', () => {
    const closed = play(site())
    // Each came once without.
    expect(closed.model.components.get('lb')!.extra(20).by_cookie).toBe(closed.ended.length - 30)
    const [one] = [play(site({ users: 'arrive: constant(20/s), addresses: { count: 1 }' }))]
    expect([...sentTo(one)].sort()).toEqual([0, 0, one.ended.length])
    const strangers = play(site({ users: 'arrive: constant(20/s)' }))
    expect(strangers.model.components.get('lb')!.extra(20).by_cookie).toBe(0)
    const pages = play(site({ users: 'arrive: constant(1/s), page: { assets: 4 }' }))
    expect(pages.model.components.get('lb')!.extra(20).by_cookie).toBe(4 * 20)
  })

  test('goes on to a drained server, where nobody new comes, and to one of weight 0 (measured)', () => {
    const [before, then] = ['3.1s', '20s'].map((lasts) => sentTo(play(site({ faults: drained, lasts }))))
    expect(then![1]! - before![1]!).toBeGreaterThan(300)
    const strangers = { users: 'arrive: constant(20/s)', faults: drained }
    const [some, all] = ['3.1s', '20s'].map((lasts) => sentTo(play(site({ ...strangers, lasts }))))
    expect(all![1]).toBe(some![1])
    expect(sentTo(play(site({ more: ', weight: 0' })))[1]).toBe(0)
  })

  test('is answered by the one server that has it, though all the others are gone', () => {
    const faults = ['a', 'c'].map((target) => `{ kind: crash, target: ${target}, at: 5s }`).join()
    const { ended } = play(site({ each: checked, faults: `${drained}, ${faults}` }))
    const end = ended.filter(({ arrived }) => arrived > 15)
    // The others have no server to balance over.
    expect(tally(end).ok).toBeGreaterThan(90)
    expect(tally(end)['503']).toBeGreaterThan(180)
  })

  test('waits at his server when that is full, in its queue and no longer than that has places', () => {
    const one = { users: 'arrive: constant(100/s), addresses: { count: 1 }', lasts: '4s', service: '100ms' }
    const { ended, model } = play(site({ ...one, each: ', maxconn: 2, maxqueue: 3' }))
    const end = ended.filter(({ arrived }) => arrived > 1)
    expect(tally(end)['503']).toBeGreaterThan(200)
    expect(new Set(responses(end.filter(({ outcome }) => outcome === '503')))).toEqual(new Set([0]))
    expect(model.components.get('lb')!.extra(4).queue_full).toBe(tally(ended)['503'])
    // Of the first, who had none yet, some had other servers.
    expect(sentTo({ ended, model }).filter((sent) => sent > 30)).toHaveLength(1)
  })

  test('looks for another when the one that he waits at is marked down, with redispatch', () => {
    const one = { users: 'arrive: constant(50/s), addresses: { count: 1 }', lasts: '4s', service: '200ms' }
    const run = (redispatch: string, faults = '') =>
      play(
        site({
          ...one,
          faults,
          each: ', maxconn: 2, check: on, inter: 100ms, fall: 1',
          haproxy: `redispatch: ${redispatch}\n    option_httpchk: on\n    timeout_queue: none\n    timeout_server: 1s`,
        }),
      )
    const sent = sentTo(run('off'))
    const own = ['a', 'b', 'c'][sent.indexOf(Math.max(...sent))]
    const [stays, goes] = ['off', 'on'].map((redispatch) =>
      tally(run(redispatch, `{ kind: hang, target: ${own}, at: 2s }`).ended),
    )
    expect(stays!['504']).toBeGreaterThanOrEqual(4)
    expect(goes!['504']).toBe(2)
  })

  test('of a server without one loses the one that he has', () => {
    const played = play(site().replace('name: a, cookie: s1', 'name: a'))
    // Who was answered by it comes without, until another has answered him.
    const [unbound] = sentTo(played)
    expect(unbound).toBeGreaterThan(10)
    expect(unbound).toBeLessThan(60)
    expect(played.model.components.get('lb')!.extra(20).by_cookie).toBe(played.ended.length - 30 - unbound!)
    const { addresses, cookies } = played.model.context
    const visitor = { key: 1e6, family: familyOf('u') }
    expect(addresses.returns(visitor)).toBe(true)
    const [a, b] = [new Server(0, 1), new Server(1, 1)]
    const persistence = new Persistence(cookies.named('SRV'), () => true)
    persistence.add(b, 's2')
    const asked = new Request()
    asked.identify(visitor.key, visitor.family, false)
    persistence.answered(asked, b)
    expect(persistence.serverOf(asked)).toBe(b)
    persistence.answered(asked, a)
    expect(persistence.serverOf(asked)).toBe(null)
  })

  test('is kept by a second HAProxy that knows the cookie too', () => {
    const text = site()
    const lb = text.slice(text.indexOf('  lb:'), text.indexOf('  a:'))
    const two = text
      .replace('to: lb', 'to: front')
      .replace('  a:', `${lb.replace('lb:', 'lb-2:')}  front: { kind: balancer, servers: [lb, lb-2] }\n  a:`)
    const { ended, model } = play(two)
    const kept = ['lb', 'lb-2'].map((name) => model.components.get(name)!.extra(20).by_cookie!)
    expect(kept[0]! + kept[1]!).toBe(ended.length - 30)
    expect(Math.min(...kept)).toBeGreaterThan(400)
  })

  test('a backend has its own', () => {
    const backends =
      'backends: { api: { servers: [{ name: d, cookie: s4 }, { name: e, cookie: s5 }], cookie: API insert } }'
    const text = site({
      users: 'arrive: "closed(users=30, think=500ms)", mix: { page: 50%, api: 50% }',
      haproxy: `${backends}\n    use_backend: { api: [api] }`,
    }).replace('  b: *own', '  b: *own\n  d: *own\n  e: *own')
    const { ended, model } = play(text)
    // Each came once without to either.
    expect(model.components.get('lb')!.extra(20).by_cookie).toBe(ended.length - 60)
  })
})

describe('what is refused of cookies', () => {
  const told = (cookie: string, more = '') =>
    problemsOf(site({ haproxy: more }).replace('SRV insert indirect nocache', cookie))

  test.each([
    ['SRV', 'the name of a cookie and insert'],
    ['SRV prefix', 'prefix: the application sets no cookie here: expected insert'],
    ['SRV insert maxidle 30m', 'maxidle: cookies do not expire here'],
    ['SRV insert fast', 'not "SRV insert fast"'],
  ])('cookie %s', (cookie, says) => {
    expect(told(cookie)).toEqual([expect.stringContaining(says)])
  })

  test('a cookie without servers that have a value, a value without a cookie, and mode tcp', () => {
    const nobody = site().replace(/, cookie: s\d/g, '')
    expect(problemsOf(nobody)).toEqual([expect.stringContaining('cookie: leads to no server')])
    const unsaid = site().replace('    cookie: SRV insert indirect nocache\n', '')
    expect(problemsOf(unsaid)).toHaveLength(3)
    expect(problemsOf(unsaid)[0]).toContain('nobody gets it')
    expect(told('SRV insert', 'mode: tcp').join()).toContain('is for mode: http')
  })
})
