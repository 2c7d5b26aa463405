import { describe, expect, test } from 'vitest'
import { needs } from '../../../sim/components/needed.js'
import { parseScenario } from '../../../sim/scenario/parse.js'
import { play, problemsOf, responses, tally } from '../../support/world.js'

/** Pages and the API through one nginx, before servers a and b of pages, c and d of the API. */
const site = (
  nginx: string,
  { mix = '{ page: 50%, api: 50% }', users = '', faults = '', lasts = '10.03s' } = {},
) => `
lasts: ${lasts}
warmup: 0s
users: { u: { arrive: constant(20/s), to: web, mix: ${mix}${users} } }
components:
  web: { kind: nginx, service: 0s, proxy_read_timeout: 5s, upstream: [a, b], ${nginx} }
  a: { kind: service, servers: unlimited, service: 10ms }
  b: { kind: service, servers: unlimited, service: 10ms }
  c: { kind: service, servers: unlimited, service: 10ms }
  d: { kind: service, servers: unlimited, service: 10ms }
faults: [${faults}]
`
const api = 'upstreams: { api: { servers: [c, d] } }, location: { api: proxy_pass http://api/ }'
const sentTo = ({ model }: ReturnType<typeof play>) =>
  Object.fromEntries(model.wires.filter((w) => w.from === 'web').map((w) => [w.towards, w.sent]))
const asking = (name: string) => ({ mix: `{ ${name}: 100%, other: 0% }` })

describe('location: proxy_pass', () => {
  test('a class goes to its upstream, in turn, and the others to the first', () => {
    expect(sentTo(play(site(api, asking('api'))))).toEqual({ a: 0, b: 0, c: 100, d: 100 })
    expect(sentTo(play(site(api, { mix: '{ page: 100%, api: 0% }' })))).toEqual({
      a: 100,
      b: 100,
      c: 0,
      d: 0,
    })
  })

  test('each upstream has its balance, its weights, and knows by itself which server has failed', () => {
    const weighted = api.replace('[c, d]', '[{ name: c, weight: 3 }, d]')
    expect(sentTo(play(site(weighted, asking('api'))))).toEqual({ a: 0, b: 0, c: 150, d: 50 })
    const { ended, model } = play(site(api, { faults: '{ kind: crash, target: c, at: 0s }' }))
    expect(tally(ended)).toEqual({ ok: 200 })
    // One try of it, and then it is left out for 10 s (max_fails 1); those of pages go on as ever.
    const { a, b, c, d } = sentTo({ ended, model })
    expect(c).toBe(1)
    expect(Math.abs(a! - b!)).toBeLessThanOrEqual(1)
    expect(a! + b! + d!).toBe(200)
  })

  test('502 for those whose upstream has no live server, and for nobody else', () => {
    const faults = '{ kind: crash, target: c, at: 0s }, { kind: crash, target: d, at: 0s }'
    const { ended, model } = play(site(api, { faults }))
    const { a, b } = sentTo({ ended, model })
    expect(tally(ended)).toEqual({ ok: a! + b!, '502': 200 - a! - b! })
  })

  test('a box without an upstream answers the rest itself', () => {
    const lone = site(api).replace('upstream: [a, b], ', '')
    const { ended, model } = play(lone)
    expect(tally(ended)).toEqual({ ok: 200 })
    expect(responses(ended).sort()).toEqual([0, 0.01])
    expect(Object.keys(sentTo({ ended, model }))).toEqual(['c', 'd'])
  })

  test('what a request needs to be answered is a server of its own upstream', () => {
    const { components } = parseScenario(
      site(api.replace('location: {', 'location: { old: return 301,')),
      'x.yaml',
    )
    const neighbours = components.map(({ name, kind, options }) => ({ name, kind: kind.kind, options }))
    const web = neighbours.find(({ name }) => name === 'web')!
    const needed = (named: string) => needs.nginx!(web as never, named, neighbours as never)
    expect(needed('api')).toEqual([['c', 'd']])
    expect(needed('page')).toEqual([['a', 'b']])
    expect(needed('old')).toEqual([])
  })
})

describe('location: return', () => {
  const answered = (action: string, nginx = '', more: Parameters<typeof site>[1] = {}) => {
    const { ended, model } = play(site(`location: { x: ${action} }${nginx}`, { ...asking('x'), ...more }))
    return { outcomes: tally(ended), after: responses(ended), asked: sentTo({ ended, model }).a! }
  }

  test.each([
    ['return 403', '403'],
    ['return 404', '404'],
    ['return 429', '429'],
    ['return 503', '503'],
    ['return 200 "ok"', 'ok'],
    ['return 301 https://example.org/', 'ok'],
    ['return 444', 'reset'],
  ])('%s: %s at once, and no server is asked', (action, outcome) => {
    expect(answered(`'${action}'`)).toEqual({ outcomes: { [outcome]: 200 }, after: [0], asked: 0 })
  })

  test('before limit_req has its turn, in the access log, and for one place of worker_connections', () => {
    const limited = ', limit_req: { rate: 1/s }'
    expect(answered('return 403', limited).outcomes).toEqual({ '403': 200 })
    const { model } = play(site('location: { x: return 403 }', asking('x')))
    expect(model.components.get('web')!.extra(model.kernel.now).logged_qps).toBeCloseTo(20, 0)
    expect(answered('return 403', ', worker_connections: 1').outcomes).toEqual({ '403': 200 })
    // One that is passed on takes two.
    expect(tally(play(site('worker_connections: 1', asking('page'))).ended)).toEqual({ reset: 200 })
  })

  test('before static: of the same class', () => {
    expect(tally(play(site('location: { static: return 404 }', asking('static'))).ended)).toEqual({
      '404': 200,
    })
  })
})

describe('what does not fit is said where it stands', () => {
  test.each([
    ['upstreams: { api: { servers: c } }', 'upstreams.api: no request class goes there'],
    ['location: { api: proxy_pass api }', 'location.api: there is no upstream "api"'],
    [api.replace('http://api/', 'apo'), 'did you mean "api"?'],
    ['location: { api: deny all }', 'location.api: expected proxy_pass and the name of one of upstreams:'],
    ['location: { api: return 418 }', 'not "return 418"'],
  ])('%s', (nginx, message) => {
    expect(problemsOf(site(nginx)).join('\n')).toContain(message)
  })
})
