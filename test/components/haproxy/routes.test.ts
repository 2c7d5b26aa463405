import { describe, expect, test } from 'vitest'
import { needs } from '../../../sim/components/needed.js'
import { parseScenario } from '../../../sim/scenario/parse.js'
import { play, problemsOf, responses, tally } from '../../support/world.js'

/** Pages and the API through one HAProxy, before servers a and b of pages, c and d of the API. */
const site = (
  haproxy: string,
  { mix = '{ page: 50%, api: 50% }', users = '', faults = '', lasts = '10.01s' } = {},
) => `
lasts: ${lasts}
warmup: 0s
users: { u: { arrive: constant(20/s), to: lb, mix: ${mix}${users} } }
components:
  lb: { kind: haproxy, service: 0s, timeout_connect: 1s, servers: [a, b], ${haproxy} }
  a: { kind: service, servers: unlimited, service: 10ms }
  b: { kind: service, servers: unlimited, service: 10ms }
  c: { kind: service, servers: unlimited, service: 10ms }
  d: { kind: service, servers: unlimited, service: 10ms }
faults: [${faults}]
`
const api = 'backends: { api: { servers: [c, d] } }, use_backend: { api: [api] }'
const sentTo = ({ model }: ReturnType<typeof play>) =>
  Object.fromEntries(model.wires.filter((w) => w.from === 'lb').map((w) => [w.towards, w.sent]))
const asking = (name: string) => ({ mix: `{ ${name}: 100%, other: 0% }` })

describe('use_backend', () => {
  test('a class goes to its backend, in turn, and the others to the default one', () => {
    expect(sentTo(play(site(api, { mix: '{ api: 100% }' })))).toEqual({ a: 0, b: 0, c: 100, d: 100 })
    expect(sentTo(play(site(api, { mix: '{ page: 100%, api: 0% }' })))).toEqual({
      a: 100,
      b: 100,
      c: 0,
      d: 0,
    })
    const { a, b, c, d } = sentTo(play(site(api)))
    expect(Math.abs(a! - b!)).toBeLessThanOrEqual(1)
    expect(Math.abs(c! - d!)).toBeLessThanOrEqual(1)
    expect(a! + b! + c! + d!).toBe(200)
  })

  test('each backend has its balance, and its servers what default_server of the component and its own say', () => {
    const first = 'backends: { api: { servers: [c, d], balance: first } }, use_backend: { api: [api] }'
    expect(sentTo(play(site(first, { mix: '{ api: 100% }' })))).toEqual({ a: 0, b: 0, c: 200, d: 0 })
    const slots = (own: string) =>
      play(
        site(
          `default_server: { maxconn: 1 }, backends: { api: { servers: [c], ${own} } }, use_backend: { api: [api] }`,
          {
            mix: '{ api: 100% }',
          },
        ).replace(
          'c: { kind: service, servers: unlimited, service: 10ms }',
          'c: { kind: service, servers: unlimited, service: 200ms }',
        ),
      )
        .model.components.get('lb')!
        .limits()
        .map(({ says, capacity }) => `${says} ${capacity}`)
    const pages = ['slots of server a 1', 'slots of server b 1']
    expect(slots('')).toEqual([...pages, 'slots of server c 1'])
    expect(slots('default_server: { maxconn: 5 }')).toEqual([...pages, 'slots of server c 5'])
  })

  test('who waits for a backend is in nobody else’s way', () => {
    const full = site(
      'timeout_queue: 1s, backends: { api: { servers: [c], default_server: { maxconn: 1 } } }, use_backend: { api: [api] }',
    ).replace(
      'c: { kind: service, servers: unlimited, service: 10ms }',
      'c: { kind: service, servers: unlimited, service: 1s }',
    )
    const { ended, model } = play(full)
    const quick = ended.filter((one) => one.ended - one.arrived < 0.0101)
    // One a second is served, and the rest is told 503 after a second.
    expect(tally(ended)['503']).toBeGreaterThan(60)
    expect(quick.length).toBe(sentTo({ ended, model }).a! + sentTo({ ended, model }).b!)
    expect(quick.length).toBeGreaterThan(70)
  })

  test('503 for those whose backend has no server up, at once', () => {
    const checked = `default_server: { check: on }, ${api}`
    const faults = '{ kind: crash, target: c, at: 0s }, { kind: crash, target: d, at: 0s }'
    const { ended } = play(site(checked, { faults, lasts: '30s' }))
    const late = ended.filter(({ arrived }) => arrived > 10)
    expect(Object.keys(tally(late)).sort()).toEqual(['503', 'ok'])
    expect(responses(late.filter(({ outcome }) => outcome === '503'))).toEqual([0])
  })

  test('what a request needs to be answered is a server of its own backend', () => {
    const { components, classes } = parseScenario(site(`${api}, http_request: { admin: deny }`), 'x.yaml')
    const neighbours = components.map(({ name, kind, options }) => ({ name, kind: kind.kind, options }))
    const lb = neighbours.find(({ name }) => name === 'lb')!
    const needed = (named: string) => needs.haproxy!(lb as never, named, neighbours as never)
    expect(classes.length).toBeGreaterThan(0)
    expect(needed('api')).toEqual([['c', 'd']])
    expect(needed('page')).toEqual([['a', 'b']])
    expect(needed('admin')).toEqual([])
  })
})

describe('http_request: what HAProxy answers itself', () => {
  const answered = (action: string, more: Parameters<typeof site>[1] = {}, haproxy = '') => {
    const { ended, model } = play(
      site(`http_request: { x: "${action}" }${haproxy}`, { ...asking('x'), ...more }),
    )
    return { outcomes: tally(ended), after: responses(ended), asked: sentTo({ ended, model }).a! }
  }

  test.each([
    ['deny', '403'],
    ['deny deny_status 429', '429'],
    ['deny deny_status 404', '404'],
    ['return status 401', '401'],
    ['return status 410', '410'],
    ['return', 'ok'],
    ['return status 204', 'ok'],
    ['redirect location /new code 301', 'ok'],
  ])('%s: %s at once, and no server is asked', (action, outcome) => {
    expect(answered(action)).toEqual({ outcomes: { [outcome]: 200 }, after: [0], asked: 0 })
  })

  test('tarpit: held for timeout_tarpit, then 500, and a place of maxconn all the while (measured: 45 at 15/s for 3 s)', () => {
    const held = answered('tarpit', { lasts: '30.01s' }, ', timeout_tarpit: 3s')
    expect(held).toMatchObject({ outcomes: { 500: 540 }, after: [3], asked: 0 })
    expect(answered('tarpit').after).toEqual([1])
    const { model } = play(
      site('maxconn: 100, timeout_tarpit: 3s, http_request: { x: tarpit }', {
        ...asking('x'),
        lasts: '60s',
      }).replace('constant(20/s)', 'constant(15/s)'),
    )
    const [place] = model.components.get('lb')!.limits()
    expect(place!.says).toBe('connections (maxconn)')
    // In the first 3 s they fill up.
    expect(place!.used(model.kernel.now)).toBeCloseTo((45 * (60 - 1.5)) / 60, 0)
  })

  test('silent-drop: nothing is said, and the place is free at once', () => {
    const dropped = answered('silent-drop', { users: ', timeout: 2s' }, ', maxconn: 1')
    expect(dropped).toEqual({ outcomes: { timeout: 160 }, after: [2], asked: 0 })
  })

  test('nobody asks again for what is forbidden or not there, and who came too often does', () => {
    const tries = (action: string) => {
      const { ended } = play(
        site(`http_request: { x: "${action}" }`, { ...asking('x'), users: ', retries: 2' }),
      )
      return [...new Set(ended.map((one) => one.tries))]
    }
    expect(tries('deny')).toEqual([0])
    expect(tries('return status 404')).toEqual([0])
    expect(tries('deny deny_status 429')).toEqual([2])
  })
})

describe('what does not fit is said where it stands', () => {
  test.each([
    ['backends: { api: { servers: c } }', 'backends.api: no request class goes there'],
    ['use_backend: { api: [api] }', 'use_backend.api: there is no backend "api"'],
    [`${api.replace('api: [api]', 'apo: [api]')}`, 'did you mean "api"?'],
    [
      'backends: { x: { servers: c }, y: { servers: d } }, use_backend: { x: [api], y: [api] }',
      'use_backend.y.0: api goes to x already',
    ],
    [`${api}, http_request: { api: deny }`, 'use_backend.api.0: api is answered by http_request: already'],
    ['http_request: { page: denied }', 'http_request.page: expected deny, deny deny_status 429'],
    ['http_request: { page: deny deny_status 418 }', 'not "deny deny_status 418"'],
    ['timeout_tarpit: 3s', 'timeout_tarpit: nobody is tarpitted'],
    [`mode: tcp, ${api}`, 'use_backend: is for mode: http'],
    ['mode: tcp, http_request: { page: deny }', 'http_request: is for mode: http'],
    [
      'backends: { api: { servers: [c, { name: d, ssl: on }] } }, use_backend: { api: [api] }',
      'backends.api.servers.1: ssl: on, and d has no tls:',
    ],
  ])('%s', (haproxy, message) => {
    expect(problemsOf(site(haproxy)).join('\n')).toContain(message)
  })
})
