import { describe, expect, test } from 'vitest'
import { play, problemsOf, tally, type world } from '../../support/world.js'

/** Visitors of one address before servers a, b, c of two slots each, 200 ms of work; HAProxy takes no time. */
const site = ({
  arrive = 'trace(test/components/haproxy/crowd.csv)',
  haproxy = 'hash_type: consistent',
  server = 'maxconn: 2',
  users = 'addresses: { count: 1 }',
  work = '200ms',
  lasts = '10s',
  patience = '1s',
  faults = '',
} = {}) => `
lasts: ${lasts}
warmup: 0s
users: { u: { arrive: ${arrive}, to: lb, ${users} } }
components:
  lb:
    kind: haproxy
    service: 0s
    balance: source
    timeout_connect: 1s
    timeout_queue: ${patience}
    default_server: { ${server} }
    servers: [a, b, c]
    ${haproxy}
  a: { kind: service, servers: unlimited, service: ${work} }
  b: { kind: service, servers: unlimited, service: ${work} }
  c: { kind: service, servers: unlimited, service: ${work} }
faults: [${faults}]
`
const sentTo = (model: ReturnType<typeof world>['model']) =>
  model.wires.filter((w) => w.from === 'lb').map((w) => w.sent)
const times = (ended: ReturnType<typeof play>['ended'], outcome: string) =>
  ended.filter((one) => one.outcome === outcome).map((one) => +(one.ended - one.arrived).toFixed(6))

describe('20 requests at once with one key, 3 servers of maxconn 2, 200 ms (measured on 2.6.12)', () => {
  test.each([
    ['redispatch: off', 'hash_type: consistent'],
    ['redispatch: on', 'hash_type: consistent'],
    ['redispatch: on', 'hash_type: map-based'],
  ])(
    'timeout queue 1s, %s, %s: 10 x 200, the last at 1 s, 10 x 503 at 1 s, by one server',
    (redispatch, hash) => {
      // With what else a request takes there: five turns were over after 1.011 s.
      const haproxy = `redispatch: ${redispatch.slice(12)}\n    ${hash}`
      const { ended, model } = play(site({ haproxy, work: '202ms' }))
      expect(tally(ended)).toEqual({ ok: 10, 503: 10 })
      expect(Math.max(...times(ended, 'ok'))).toBe(1.01)
      expect(new Set(times(ended, '503'))).toEqual(new Set([1]))
      expect([...sentTo(model)].sort()).toEqual([0, 0, 10])
    },
  )

  test.each(['off', 'on'])('maxqueue 4, redispatch %s: 6 x 200, 14 x 503 at once', (redispatch) => {
    const { ended, model } = play(
      site({ server: 'maxconn: 2, maxqueue: 4', haproxy: `redispatch: ${redispatch}` }),
    )
    expect(tally(ended)).toEqual({ ok: 6, 503: 14 })
    expect(new Set(times(ended, '503'))).toEqual(new Set([0]))
    expect(times(ended, 'ok')).toEqual([0.2, 0.2, 0.4, 0.4, 0.6, 0.6])
    expect([...sentTo(model)].sort()).toEqual([0, 0, 6])
    expect(model.components.get('lb')!.extra(10)).toMatchObject({ queue_full: 14 })
  })

  test('roundrobin answers all of them', () => {
    const { ended, model } = play(site({ haproxy: '' }).replace('balance: source', 'balance: roundrobin'))
    expect(tally(ended)).toEqual({ ok: 20 })
    expect([...sentTo(model)].sort()).toEqual([6, 7, 7])
  })
})

describe('the ring of hash-type consistent', () => {
  test('servers are numbered in their own backend (id): others before it change nothing', () => {
    const alone = site({ arrive: 'constant(100/s)', users: '', server: '', work: '1ms' })
    const routed = alone.replace(
      'servers: [a, b, c]',
      'servers: [a]\n    backends: { api: { servers: [b, c], balance: source } }\n    use_backend: { api: [request] }',
    )
    const [, b, c] = sentTo(play(routed).model)
    expect([b, c]).toEqual(sentTo(play(alone.replace('servers: [a, b, c]', 'servers: [b, c]')).model))
  })

  test('with all active servers down the first backup has everyone, who waits at it when it is full', () => {
    const text = site({
      arrive: 'constant(100/s)',
      users: '',
      server: 'maxconn: 2, maxqueue: 1, check: on, inter: 100ms, fall: 1',
      faults: '{ kind: crash, target: a, at: 0s }',
      lasts: '3s',
    }).replace('[a, b, c]', '[a, { name: b, backup: on }, { name: c, backup: on }]')
    const { ended, model } = play(text)
    const late = ended.filter(({ arrived }) => arrived > 1)
    expect(new Set(times(late, '503'))).toEqual(new Set([0]))
    expect(sentTo(model)[2]).toBe(0)
  })
})

describe('whose server does not answer', () => {
  const many = { arrive: 'constant(20/s)', users: '', work: '10ms', server: '' }

  test('503 after four attempts, a second apart; with redispatch the last goes elsewhere, if the hash is consistent', () => {
    const dead = '{ kind: crash, target: a, at: 0s }'
    const run = (haproxy: string) => play(site({ ...many, haproxy, faults: dead, lasts: '60s' })).ended
    expect(new Set(times(run('hash_type: consistent'), '503'))).toEqual(new Set([3]))
    expect(new Set(times(run('redispatch: on'), '503'))).toEqual(new Set([3]))
    const consistent = run('hash_type: consistent\n    redispatch: on')
    expect(tally(consistent)['503']).toBe(undefined)
    expect(new Set(times(consistent, 'ok'))).toEqual(new Set([0.01, 3.01]))
  })

  test('known to be down: its visitors go elsewhere at once, those of others stay (consistent)', () => {
    const down = '{ kind: crash, target: a, at: 0s }'
    const text = site({ ...many, server: 'check: on, inter: 500ms, fall: 1', faults: down, lasts: '60s' })
    const { ended } = play(text)
    const late = ended.filter(({ arrived }) => arrived > 2)
    expect(tally(late)).toEqual({ ok: late.length })
  })

  const queued = (redispatch: string) =>
    play(
      site({
        server: 'maxconn: 2, check: on, inter: 100ms, fall: 1',
        haproxy: `hash_type: consistent\n    redispatch: ${redispatch}`,
        faults: `{ kind: hang, target: ${home}, at: 150ms }`,
        work: '300ms',
        patience: 'none',
      }).replace(
        'timeout_connect: 1s',
        'timeout_connect: 1s\n    timeout_server: 2s\n    option_httpchk: on',
      ),
    )
  const home = ['a', 'b', 'c'][sentTo(play(site()).model).findIndex((sent) => sent > 0)]!

  test('who waits there when it is marked down looks for another with redispatch, and stays without', () => {
    const stays = queued('off')
    const goes = queued('on')
    const elsewhere = ({ model }: typeof goes) =>
      sentTo(model).reduce((sum, sent, i) => sum + ('abc'[i] === home ? 0 : sent), 0)
    expect(elsewhere(stays)).toBe(0)
    expect(elsewhere(goes)).toBe(18)
    expect(tally(goes.ended)).toEqual({ ok: 18, 504: 2 })
  })

  test('a crash of HAProxy itself leaves nobody in a queue', () => {
    const { model, ended } = play(
      site({ server: 'maxconn: 1', faults: '{ kind: crash, target: lb, at: 200ms, for: 1s }' }),
    )
    expect(ended).toHaveLength(20)
    expect(tally(ended).ok ?? 0).toBe(0)
    expect(model.context.requests.inUse).toBe(0)
  })
})

describe('addresses of users', () => {
  test('one address goes to one server, a thousand to all of them', () => {
    const to = (users: string) => sentTo(play(site({ arrive: 'constant(100/s)', users, server: '' })).model)
    expect(to('addresses: { count: 1 }').filter((sent) => sent > 0)).toHaveLength(1)
    for (const sent of to('addresses: { count: 1000 }')) expect(sent).toBeGreaterThan(250)
    for (const sent of to('')) expect(sent).toBeGreaterThan(250)
  })

  test('a visitor who tries again meets the same server', () => {
    const { model } = play(
      site({ users: 'addresses: { count: 1 }, retries: 3', server: 'maxconn: 2, maxqueue: 1', lasts: '3s' }),
    )
    expect(sentTo(model).filter((sent) => sent > 0)).toHaveLength(1)
  })

  test('what is wrong is told', () => {
    expect(problemsOf(site({ users: 'addresses: { count: 0 }' }))[0]).toContain('addresses')
    expect(problemsOf(site({ users: 'addresses: { zipf: 1 }' }))[0]).toContain('count')
  })
})

describe('what does not fit together', () => {
  test.each([
    ['roundrobin', 'hash_type: consistent', '', 'hash_type: is for balance: source'],
    ['roundrobin', '', 'maxconn: 1, maxqueue: 4', 'maxqueue: is for balance: source'],
    ['source', '', 'maxqueue: 4', 'and no maxconn'],
  ])('balance %s with %s %s', (balance, haproxy, server, says) => {
    const text = site({ haproxy, server }).replace('balance: source', `balance: ${balance}`)
    expect(problemsOf(text)).toHaveLength(1)
    expect(problemsOf(text).join('\n')).toContain(says)
  })

  const besides = (server: string, own: string, servers = '[c]') =>
    problemsOf(
      site({ haproxy: '', server }).replace(
        'servers: [a, b, c]',
        `servers: [a, b]\n    backends: { api: { servers: ${servers}, ${own} } }\n    use_backend: { api: [request] }`,
      ),
    ).map((one) => one.replace(/^\d+:\d+: components\.lb\./, ''))

  test('a maxqueue of default_server is for the backends that hash: one that does not need not undo it', () => {
    expect(besides('maxconn: 2, maxqueue: 4', 'balance: roundrobin')).toEqual([])
    expect(besides('maxconn: 2', 'balance: roundrobin, default_server: { maxqueue: 4 }')).toEqual([
      expect.stringMatching(/^backends\.api\.default_server: maxqueue: is for balance: source/),
    ])
    expect(besides('maxconn: 2', 'balance: roundrobin', '[{ name: c, maxqueue: 4 }]')).toEqual([
      expect.stringMatching(/^backends\.api\.servers.*: maxqueue: is for balance: source/),
    ])
    expect(besides('maxconn: 2, maxqueue: 4', '', '[{ name: c, maxconn: 0 }]')).toEqual([])
  })

  test('a backend may hash where the default one does not, in its own way', () => {
    const text = site({ haproxy: '', server: '' })
      .replace('balance: source', 'balance: roundrobin')
      .replace(
        'servers: [a, b, c]',
        'servers: [a]\n    backends: { api: { servers: [b, c], balance: source, hash_type: consistent } }\n    use_backend: { api: [request] }',
      )
    expect([...sentTo(play(text).model)].sort()).toEqual([0, 0, 20])
  })
})
