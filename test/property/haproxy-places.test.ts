import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Model } from '../../sim/model/model.js'
import { parseScenario } from '../../sim/scenario/parse.js'
import { runOut } from '../support/observer.js'

/** NINES_RUNS=20 for twenty times as many. */
const times = Number(process.env.NINES_RUNS ?? 1)

const struck = fc.record({
  kind: fc.constantFrom('crash', 'crash', 'hang', 'slow', 'maintenance', 'partition', 'loss', 'latency'),
  box: fc.constantFrom('lb', 'a', 'b'),
  wire: fc.constantFrom('users -> lb', 'lb -> a', 'lb -> b'),
  at: fc.integer({ min: 0, max: 25 }),
  lasts: fc.integer({ min: 1, max: 15 }),
})

const sizes: Readonly<Record<string, object>> = {
  slow: { factor: 20 },
  maintenance: { drain: '500ms' },
  loss: { share: '30%' },
  latency: { add: '100ms' },
}
const onWire = ['partition', 'loss', 'latency']

/** What only a HAProxy that sees requests does with some of them. */
const seeing = fc.record({
  http_request: fc.constantFrom(
    undefined,
    { x: 'deny' },
    { x: 'tarpit' },
    { x: 'silent-drop' },
    { x: 'redirect code 301' },
  ),
  stick_table: fc.constantFrom(undefined, { http_req_rate: '1s', gt: 5 }, { conn_rate: '1s', gt: 5 }),
  option_httpclose: fc.constantFrom(undefined, undefined, 'on'),
  http_reuse: fc.constantFrom(undefined, 'never', 'always'),
  cookie: fc.constantFrom(undefined, undefined, 'S insert'),
})

/** Few places before two servers with few slots, and visitors who keep their connections, load pages, lose patience. */
const scenarios = fc
  .record({
    tcp: fc.constantFrom(false, false, false, true),
    seeing,
    tls: fc.boolean(),
    redirected: fc.boolean(),
    maxconn: fc.integer({ min: 1, max: 6 }),
    slots: fc.integer({ min: 1, max: 3 }),
    source: fc.boolean(),
    redispatch: fc.constantFrom('on', 'off'),
    keep: fc.constantFrom('none', '300ms'),
    server: fc.constantFrom(
      {},
      { on_marked_down: 'shutdown-sessions' },
      { observe: 'layer4', error_limit: 1, on_error: 'mark-down', on_marked_down: 'shutdown-sessions' },
    ),
    users: fc.record({
      arrive: fc.constantFrom('poisson(20/s)', 'closed(users=8, think=exponential(200ms))'),
      timeout: fc.constantFrom('200ms', '3s'),
      retries: fc.integer({ min: 0, max: 2 }),
      keepalive: fc.constantFrom('0s', '200ms', '2s'),
      requests_per_connection: fc.constantFrom(1, 3, 'unlimited'),
      page: fc.constantFrom(undefined, { assets: 4 }, { assets: 7, connections: 2 }, { assets: 9, http: 2 }),
      addresses: fc.constantFrom(undefined, { count: 3 }),
    }),
    latency: fc.constantFrom('0s', '20ms'),
    faults: fc.array(struck, { maxLength: 4 }),
    seed: fc.nat(1e6),
  })
  .map((a) => {
    const named = (name: string) =>
      !a.tcp && a.seeing.cookie !== undefined ? { name, cookie: name, weight: name === 'b' ? 0 : 1 } : name
    const secret = a.tls && !a.tcp
    const server = { kind: 'service', servers: 3, service: 'exponential(30ms)' }
    const mix = { request: '70%', x: '30%' }
    return JSON.stringify({
      seed: a.seed,
      lasts: '3s',
      warmup: '0s',
      users: { users: { ...a.users, to: 'lb', mix, ...(secret && a.redirected && { scheme: 'http' }) } },
      components: {
        lb: {
          kind: 'haproxy',
          mode: a.tcp ? 'tcp' : 'http',
          ...(a.tcp ? {} : a.seeing),
          ...(secret && { tls: {} }),
          ...(secret && a.redirected && { redirect: 'scheme https' }),
          maxconn: a.maxconn,
          timeout_client: a.keep,
          timeout_connect: '300ms',
          timeout_server: '1s',
          redispatch: a.redispatch,
          balance: a.source ? 'source' : 'roundrobin',
          default_server: {
            ...a.server,
            check: 'on',
            inter: '200ms',
            maxconn: a.slots,
            maxqueue: a.source ? 2 : 0,
          },
          servers: ['a', 'b'].map(named),
        },
        a: server,
        b: server,
      },
      wires: { 'users -> lb': { latency: a.latency } },
      faults: a.faults.map(({ kind, box, wire, at, lasts }) => ({
        kind,
        target: onWire.includes(kind) ? wire : box,
        at: `${at / 10}s`,
        for: `${lasts / 10}s`,
        ...sizes[kind],
      })),
    })
  })

test('when nobody comes any more a HAProxy has given back every place, slot and connection', () => {
  fc.assert(
    fc.property(scenarios, (text) => {
      const model = new Model(parseScenario(text, 'random.yaml'), 0)
      model.run()
      runOut(model, 1000)
      const { acceptQueue, probe } = model.components.get('lb')!
      expect({
        connections: acceptQueue!.taken,
        inKernel: acceptQueue!.waiting,
        slots: probe.serving.value,
        queued: probe.waiting.value,
        inside: probe.inside.value,
        requests: model.context.requests.inUse,
      }).toEqual({ connections: 0, inKernel: 0, slots: 0, queued: 0, inside: 0, requests: 0 })
    }),
    { seed: 16, numRuns: 40 * times },
  )
})
