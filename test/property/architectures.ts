import fc from 'fast-check'
import { parse } from 'yaml'
import { kinds } from '../../sim/components/registry.js'

/** A component in the middle, of several that stand for one another. */
interface Middle {
  kind: string
  slots: number
  queue: string | number
  law: string
  patience: string | null
  shares: boolean
}

export interface Options {
  /** Kinds of faults, at most `count` of them; all heal before the run ends. */
  faults: readonly string[]
  count: number
  /** Whether health checks may go on after the users have stopped. */
  checks: boolean
  /** What stands in front; those that know timeouts get on with silence behind them. */
  fronts?: readonly string[]
}

type Components = Record<string, Record<string, unknown>>

/** What a kind's example has beside the one that it is about, and the plain services among them that this one calls. */
function exampleOf(kind: string): { main: Record<string, unknown>; others: Components; called: string[] } {
  const { [kind]: main, ...others } = parse(kinds.find((k) => k.kind === kind)!.example) as Components
  const called = Object.keys(others).filter((name) => others[name]!.kind === 'service' && refers(main, name))
  return { main: main!, others, called }
}

/** Whether `options` name `component` somewhere. */
function refers(options: unknown, component: string): boolean {
  if (options === component) return true
  return typeof options === 'object' && options !== null
    ? Object.values(options).some((part) => refers(part, component))
    : false
}

function renamed(options: unknown, to: ReadonlyMap<string, string>): unknown {
  if (typeof options === 'string') return to.get(options) ?? options
  if (Array.isArray(options)) return options.map((part) => renamed(part, to))
  if (typeof options !== 'object' || options === null) return options
  return Object.fromEntries(Object.entries(options).map(([key, part]) => [key, renamed(part, to)]))
}

/**
 * The example of `kind` under the name `name`, with `below` where it has plain services; alone if that is empty, or if it
 * starts servers itself, which have to be alike.
 */
function standing(kind: string, name: string, beneath: readonly string[]): Components {
  const { main, others, called } = exampleOf(kind)
  const below = kinds.some((one) => one.kind === kind && one.starts !== undefined) ? [] : beneath
  const own = (other: string) => `${name}-${other}`
  const kept = Object.keys(others).filter((other) => below.length === 0 || !called.includes(other))
  const as = new Map(kept.map((other) => [other, own(other)]))
  const options = Object.entries(main).map(([key, value]) => {
    // A list of services is one of all that stand below, each as the first has it.
    const list = Array.isArray(value) && value.length > 0 && called.some((one) => refers(value[0], one))
    if (below.length === 0 || !list) {
      for (const one of called) if (below.length > 0) as.set(one, below[0]!)
      return [key, renamed(value, as)]
    }
    return [
      key,
      below.map((to) => renamed(value[0], new Map([...as, ...called.map((one) => [one, to] as const)]))),
    ]
  })
  return {
    [name]: Object.fromEntries(options),
    ...Object.fromEntries(kept.map((other) => [own(other), renamed(others[other], as)])),
  } as Components
}

const everyKind = kinds.map(({ kind }) => kind)
/** Those that name what stands behind them, whatever that is: who starts servers wants them alike. */
export const everyFront = kinds.flatMap(({ kind, starts }) =>
  starts === undefined && exampleOf(kind).called.length > 0 ? [kind] : [],
)
/** Those whose options are drawn too, or set to be hard. */
const knownFronts = ['service', 'balancer', 'haproxy', 'nginx', 'firewall', 'dns']

const law = fc.constantFrom(
  '2ms',
  '20ms',
  'exponential(5ms)',
  'exponential(30ms)',
  'uniform(1ms, 9ms)',
  'lognormal(mean=10ms, cv=2)',
  'hyperexponential(mean=8ms, cv=3)',
)
const wire = fc.record({
  latency: fc.constantFrom('0s', '0.3ms', '10ms'),
  loss: fc.constantFrom('0%', '0%', '1%', '20%'),
})
/** Half of the stacks know no bytes. */
const bytes = fc.record({
  sizes: fc.constantFrom(
    null,
    null,
    { default: { request: '500B', answer: '5kB' } },
    { default: { request: '30kB', answer: 'lognormal(mean=60kB, cv=2)' } },
    // More than the kernels hold, and what the slowest line carries before its visitor gives up.
    { default: { request: 'lognormal(mean=50kB, cv=2)', answer: '300kB' } },
  ),
  lines: fc.array(fc.constantFrom({}, { bandwidth: '10Mbit/s' }, { bandwidth: '100Mbit/s' }), {
    minLength: 3,
    maxLength: 3,
  }),
  host: fc.constantFrom({}, { bandwidth: '20Mbit/s' }),
  // Who reads or sends slowly holds up those on whom he does.
  visitor: fc.constantFrom(
    {},
    { bandwidth: '1MB/s', requests_per_connection: 4 },
    { bandwidth: '200kB/s', receive_buffer: '4kB' },
    { bandwidth: '50kB/s', receive_buffer: '64kB', requests_per_connection: 2 },
    { receive_buffer: '4kB' },
  ),
})
/** Connections that are kept, few, or end early; half of the stacks have the defaults of all. */
const connections = fc.record({
  visitor: fc.constantFrom(
    {},
    {},
    { requests_per_connection: 'unlimited' },
    { requests_per_connection: 3, keepalive: '2s' },
    { keepalive: '500ms' },
    { keepalive: '1s', requests_per_connection: 2, scheme: 'http' },
  ),
  haproxy: fc.constantFrom(
    {},
    { http_reuse: 'always' },
    { http_reuse: 'aggressive', maxconn: 5, timeout_http_keep_alive: '1s' },
    { http_reuse: 'never', maxconn: 3, tls: { requests_per_connection: 2 } },
    { option_httpclose: 'on', maxconn: 4, timeout_client: '800ms' },
    { mode: 'tcp', redispatch: 'on' },
    { mode: 'tcp', maxconn: 5, timeout_client: '800ms' },
    { tls: { requests_per_connection: 3 }, redirect: 'scheme https', maxconn: 6 },
  ),
  nginx: fc.constantFrom(
    {},
    { keepalive: 2 },
    { keepalive: 1, keepalive_requests: 3 },
    { proxy_http_version: '1.1' },
  ),
  app: fc.constantFrom(
    {},
    { connection: 'persistent' },
    { connection: 'query', queries: 2 },
    { pool: { size: 2, acquire_timeout: '300ms' }, queries: 3 },
    { pool: { size: 1, idle_timeout: '200ms', held: 'query' }, request_terminate_timeout: '1s' },
  ),
  served: fc.constantFrom({}, { keepalive_timeout: '100ms' }),
  apache: fc.constantFrom(
    {},
    { keep_alive: 'off' },
    { keep_alive_timeout: '200ms', listen_backlog: 3 },
    { keep_alive_timeout: '3s' },
    { mpm: 'event', threads_per_child: 1, keep_alive_timeout: '200ms' },
    { mpm: 'event', threads_per_child: 1, async_request_worker_factor: 0.5, listen_backlog: 3 },
  ),
  host: fc.constantFrom(
    {},
    { ip_local_port_range: '40000 40008' },
    { tcp_tw_reuse: 1, tcp_syn_linear_timeouts: 4 },
  ),
})
const middle: fc.Arbitrary<Middle> = fc.record({
  // Half of them those whose options are drawn too.
  kind: fc.oneof(fc.constantFrom('service', 'app', 'nginx', 'apache'), fc.constantFrom(...everyKind)),
  slots: fc.integer({ min: 1, max: 6 }),
  queue: fc.constantFrom(0, 2, 20, 'unlimited'),
  law,
  patience: fc.constantFrom(null, null, '30ms', 'exponential(50ms)'),
  shares: fc.boolean(),
})
const strike = (kinds: readonly string[]) =>
  fc.record({
    kind: fc.constantFrom(...kinds),
    target: fc.nat(),
    at: fc.integer({ min: 0, max: 60 }),
    lasts: fc.integer({ min: 1, max: 39 }),
    size: fc.integer({ min: 1, max: 9 }),
  })

/** What belongs to a page; most visits are a request. */
const page = fc.constantFrom(
  {},
  {},
  {},
  { page: { assets: 3 } },
  { page: { assets: 9, connections: 2, class: 'request' } },
  { page: { assets: 12, http: 2 } },
  { page: { assets: 101, http: 2 } },
)

const users = fc.record({
  page,
  closed: fc.boolean(),
  rate: fc.constantFrom(5, 40, 150),
  arrive: fc.constantFrom('poisson', 'constant', 'renewal'),
  timeout: fc.constantFrom('50ms', '1s', '8s'),
  retries: fc.integer({ min: 0, max: 3 }),
  backoff: fc.constantFrom('0s', 'exponential(100ms)'),
  think: fc.constantFrom('0s', '20ms', 'exponential(1s)'),
  profile: fc.constantFrom(null, { '2s': 2, '4s': 0, '5s': 1 }),
})

/** Random stacks under random users and faults, as the text of a scenario that lasts ten seconds. */
export function scenarios({ faults, count, checks, fronts: only }: Options): fc.Arbitrary<string> {
  return fc
    .record({
      front: only
        ? fc.constantFrom(...only)
        : fc.oneof(fc.constantFrom(...knownFronts), fc.constantFrom(...everyFront)),
      policy: fc.constantFrom('roundrobin', 'random', 'leastconn', 'random2'),
      middles: fc.array(middle, { minLength: 1, maxLength: 3 }),
      base: fc.oneof(fc.constantFrom('none', 'service', 'mysql', 'cache'), fc.constantFrom(...everyKind)),
      baseLaw: law,
      baseSlots: fc.integer({ min: 1, max: 8 }),
      hosted: fc.boolean(),
      cores: fc.integer({ min: 1, max: 3 }),
      wires: fc.array(wire, { minLength: 3, maxLength: 3 }),
      users: fc.array(users, { minLength: 1, maxLength: 2 }),
      strikes: fc.array(strike(faults), { maxLength: count }),
      seed: fc.nat(1e6),
      tier: fc.record({ retries: fc.integer({ min: 0, max: 2 }), maxconn: fc.integer({ min: 1, max: 20 }) }),
      bytes,
      connections,
    })
    .map((a) => {
      const names = a.middles.map((_, i) => `m-${i + 1}`)
      const host = (name: string) => (a.hosted ? { host: name } : {})
      const service = { kind: 'service', servers: a.baseSlots, service: a.baseLaw }
      const fronts: Record<string, Record<string, unknown>> = {
        service: { kind: 'service', servers: 4, service: '1ms', next: names },
        balancer: { kind: 'balancer', policy: a.policy, servers: names },
        haproxy: {
          kind: 'haproxy',
          timeout_connect: '500ms',
          timeout_server: '2s',
          timeout_queue: '1s',
          retries: a.tier.retries,
          ...a.connections.haproxy,
          servers: names.map((name) => ({
            name,
            maxconn: a.tier.maxconn,
            ...(checks ? { check: 'on' } : {}),
          })),
        },
        nginx: {
          kind: 'nginx',
          upstream: names,
          proxy_connect_timeout: '1s',
          proxy_read_timeout: '2s',
          ...a.connections.nginx,
        },
        firewall: { kind: 'firewall', to: names[0] },
        dns: { kind: 'dns', addresses: names, ttl: '1s', resolvers: 5 },
      }
      const below = a.base === 'none' ? [] : ['base']
      const behind = below.length > 0
      const app = (m: Middle) => ({
        kind: 'app',
        workers: m.slots,
        service: m.law,
        ...a.connections.served,
        ...(behind
          ? { database: 'base', connect_timeout: '1s', read_timeout: '2s', ...a.connections.app }
          : {}),
      })
      const apache = (m: Middle) => ({
        kind: 'apache',
        max_request_workers: m.slots,
        service: m.law,
        ...a.connections.apache,
        ...(behind
          ? 'mpm' in a.connections.apache
            ? { upstream: 'base', proxy_timeout: '2s' }
            : { database: 'base', connect_timeout: '1s', read_timeout: '2s' }
          : {}),
      })
      const station = (m: Middle) => ({
        kind: 'service',
        servers: m.slots,
        queue: m.shares && m.queue === 'unlimited' ? 50 : m.queue,
        service: m.law,
        discipline: m.shares ? 'ps' : 'fifo',
        ...(m.patience !== null && !m.shares ? { patience: m.patience } : {}),
        ...(behind ? { next: below } : {}),
      })
      const middles = a.middles.map((m, i): Components => {
        const name = names[i]!
        if (m.kind === 'app') return { [name]: app(m) }
        if (m.kind === 'apache') return { [name]: apache(m) }
        if (m.kind === 'service') return { [name]: station(m) }
        if (m.kind === 'nginx' && behind)
          return {
            [name]: { kind: 'nginx', upstream: below, proxy_connect_timeout: '1s', proxy_read_timeout: '2s' },
          }
        return standing(m.kind, name, below)
      })
      const bases: Record<string, Components> = {
        none: {},
        service: { base: service },
        mysql: { base: { kind: 'mysql', service: a.baseLaw, max_connections: a.baseSlots } },
        cache: {
          base: { kind: 'cache', origin: 'origin', service: '1ms', hit_ratio: '70%' },
          origin: service,
        },
      }
      const components: Components = {
        ...(a.front in fronts ? { front: fronts[a.front]! } : standing(a.front, 'front', names)),
        ...Object.assign({}, ...middles),
        ...(bases[a.base] ?? standing(a.base, 'base', [])),
      }
      for (const [i, name] of names.entries()) Object.assign(components[name]!, host(`h${i % 2}`))
      const who = a.users.map((u) => ({
        arrive: u.closed
          ? `closed(users=${Math.ceil(u.rate / 8)}, think=${u.think})`
          : u.arrive === 'renewal'
            ? `renewal(erlang(2, ${1000 / u.rate}ms))`
            : `${u.arrive}(${u.rate}/s)`,
        to: 'front',
        timeout: u.timeout,
        retries: u.retries,
        backoff: u.backoff,
        ...(u.profile !== null && !u.closed ? { profile: u.profile } : {}),
        ...a.bytes.visitor,
        ...a.connections.visitor,
        ...u.page,
      }))
      const called = names.filter((name) => refers(components.front, name))
      const calls = ['users-1 -> front', ...called.map((name) => `front -> ${name}`)]
      const targets = ['front', ...names, ...(below.length > 0 ? ['base'] : [])]
      const open = who.findIndex((u) => !u.arrive.startsWith('closed'))
      const sized: Record<string, (size: number) => object> = {
        slow: (size) => ({ factor: size + 1 }),
        errors: (size) => ({ share: size / 10 }),
        latency: (size) => ({ add: `${size * 3}ms` }),
        loss: (size) => ({ share: size / 20 }),
        surge: (size) => ({ factor: 1 + size / 3 }),
      }
      const struck = a.strikes.flatMap(({ kind, target, at, lasts, size }) => {
        if (kind === 'surge' && open < 0) return []
        const onWire = ['latency', 'loss', 'partition'].includes(kind)
        return [
          {
            kind: kind === 'power' ? 'crash' : kind,
            target:
              kind === 'surge'
                ? `users-${open + 1}`
                : kind === 'power' && a.hosted
                  ? 'h0'
                  : onWire
                    ? calls[target % calls.length]
                    : targets[target % targets.length],
            at: `${at / 10}s`,
            for: `${lasts / 10}s`,
            ...(sized[kind]?.(size) ?? {}),
          },
        ]
      })
      return JSON.stringify({
        seed: a.seed,
        lasts: '10s',
        warmup: '2s',
        ...(a.bytes.sizes !== null ? { sizes: a.bytes.sizes } : {}),
        ...(a.hosted
          ? {
              hosts: {
                h0: { cores: a.cores, ...a.bytes.host, ...a.connections.host },
                h1: { cores: a.cores },
              },
            }
          : {}),
        users: Object.fromEntries(who.map((u, i) => [`users-${i + 1}`, u])),
        components,
        wires: Object.fromEntries(
          calls.map((call, i) => [call, { ...a.wires[i % 3], ...a.bytes.lines[i % 3] }]),
        ),
        faults: struck,
      })
    })
}

/** Faults that end with an answer, be it an error: nothing waits for ever. */
export const reported = [
  'crash',
  'hang',
  'slow',
  'errors',
  'latency',
  'loss',
  'surge',
  'maintenance',
] as const
/** Silence too: dead machines and cut wires. */
export const all = [...reported, 'power', 'partition'] as const
