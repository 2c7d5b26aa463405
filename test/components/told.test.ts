import { readdirSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { readScenario } from '../../cli/files.js'
import { kinds } from '../../sim/components/registry.js'
import { told } from '../../sim/components/told.js'
import { neighbourOf } from '../../sim/parts/kind.js'
import { parseScenario } from '../../sim/scenario/parse.js'
import type { Scenario } from '../../sim/scenario/scenario.js'

const root = path.resolve(import.meta.dirname, '../..')

/** What is told of a component. */
function of(scenario: Scenario, name: string): string[] {
  const all = scenario.components.map(neighbourOf)
  const self = all.find((one) => one.name === name)!
  return told[self.kind]!(self as never, { all, asked: scenario.classes })
}
const stack = (components: string, mix = 'read: 1') =>
  parseScenario(
    `users: { web: { arrive: poisson(1/s), to: a, mix: { ${mix} } } }\ncomponents:\n${components}`,
    'stack.yaml',
  )
const service = 'kind: service, service: 1ms'
const two = `b: { ${service} }\n  c: { ${service} }`

test('every kind tells what its components do, of its example and of every shipped scenario', () => {
  expect(new Set(Object.keys(told))).toEqual(new Set(kinds.map(({ kind }) => kind)))
  const files = readdirSync(path.join(root, 'scenarios'), { recursive: true, encoding: 'utf8' }).filter(
    (name) => name.endsWith('.yaml'),
  )
  const shipped = files.map((name) => readScenario(path.join(root, 'scenarios', name)))
  const examples = kinds.map(({ example, kind }) =>
    parseScenario(
      `users: { web: { arrive: poisson(1/s), to: ${kind} } }\ncomponents:${example.includes('\n') ? example : `\n    ${example}`}`,
      'example.yaml',
    ),
  )
  for (const scenario of [...shipped, ...examples])
    for (const name of scenario.order) {
      const sentences = of(scenario, name)
      expect(sentences.length, name).toBeGreaterThan(0)
      for (const one of sentences)
        expect(one).toMatch(/^[a-z](?!.*(undefined|NaN|\[object|Infinity))[^.]*[^. ]$/)
    }
})

describe('what is told holds for how it is set', () => {
  test('mysql: what a loss of power costs', () => {
    const last = (options: string) => of(stack(`  a: { kind: mysql, service: 1ms${options} }`), 'a').at(-2)
    expect(last('')).toBe('keeps the data, alone')
    expect(last(', fsync: 1ms')).toMatch(/^answers a write when it is on its disk:/)
    expect(last(', fsync: 1ms, sync_binlog: 0')).toMatch(/can cost the last writes$/)
    expect(last(', fsync: 1ms, sync_binlog: 1')).toMatch(/^answers a write when it is on its disk:/)
    const second = /^answers a write before it is on its disk: a loss of power(, or a crash,)? costs/
    expect(second.exec(last(', innodb_flush_log_at_trx_commit: 0')!)![1]).toBe(', or a crash,')
    expect(second.exec(last(', innodb_flush_log_at_trx_commit: 2')!)![1]).toBeUndefined()
  })

  test('haproxy: whom, how it learns that one is gone, and what it does then', () => {
    const plain = `a: { kind: haproxy, timeout_connect: 1s, timeout_server: 1s, servers: [b, c] }\n  ${two}`
    expect(of(stack(`  ${plain}`), 'a')).toEqual([
      'sends each request to one of b or c (in turn)',
      'checks nobody: a dead server is sent its share for ever',
    ])
    const checked = plain.replace(
      'servers:',
      'balance: leastconn, redispatch: on, maxconn: 50, tls: {}, default_server: { check: on, inter: 500ms, fall: 1 }, servers:',
    )
    expect(of(stack(`  ${checked}`), 'a')).toEqual([
      'sends each request to one of b or c (the one with the fewest connections)',
      'checks every 500 ms whether each of them is there, and until 1 failed check in a row goes on trusting one that is dead',
      'tries another one when a server takes no connection',
      'ends TLS: from here on requests can be read',
      'takes 50 connections at a time, and lets others wait',
    ])
    const some = plain.replace('[b, c]', '[{ name: b, check: on }, c]')
    expect(of(stack(`  ${some}`), 'a')[1]).toBe(
      'checks some of them: a dead one of the others is sent its share for ever',
    )
    expect(of(stack(`  ${plain.replace('[b, c]', '[b]')}`), 'a')[0]).toBe('passes each request on to b')
    const sends = 'answers 301 to those who come in clear, and sends them to TLS'
    const redirect = plain.replace('servers:', 'tls: {}, redirect: scheme https code 301, servers:')
    expect(of(stack(`  ${redirect}`), 'a')).toContain(sends)
    const nginx = '  a: { kind: nginx, tls: {}, return: "301 https://$host$request_uri" }'
    expect(of(stack(nginx), 'a')).toContain(sends)
  })

  test('haproxy in mode tcp: connections, and TLS if there is any in them', () => {
    const tcp = (web: string) =>
      `  a: { kind: haproxy, mode: tcp, servers: [b, c] }\n  b: { kind: nginx${web} }\n  c: { kind: nginx${web} }`
    const blind =
      'looks at no request: what comes on a connection goes where that leads, and a failure closes it'
    const unchecked = 'checks nobody: a dead server is sent its share for ever'
    expect(of(stack(tcp('')), 'a')).toEqual([
      'sends each connection to one of b or c (in turn)',
      blind,
      unchecked,
    ])
    expect(of(stack(tcp(', tls: {}')), 'a')).toEqual([
      'sends each connection to one of b or c (in turn)',
      blind,
      'passes TLS on: requests can be read at b and c only',
      unchecked,
    ])
  })

  test('nginx_stream: where connections lead, and for how long', () => {
    const web = `  a: { kind: nginx_stream, upstream: [b, c] }\n  ${two}`
    expect(of(stack(web), 'a')).toEqual([
      'passes each connection on to b or c (in turn), and looks at no request',
      'tries another of them where a connection can not be made',
      'leaves one of them out for 10 s when 1 connection to it could not be made',
      'closes a connection on which nothing passes for 10 min',
      'has 512 connections at a time, two for each that it passes on',
    ])
    const other =
      'balance: hash $remote_addr, proxy_next_upstream: off, proxy_timeout: none, upstream: [b, { name: c, max_fails: 0 }]'
    expect(of(stack(web.replace('upstream: [b, c]', other)), 'a')).toEqual([
      'passes each connection on to b or c (the one that the visitor’s address is hashed to), and looks at no request',
      'has 512 connections at a time, two for each that it passes on',
    ])
    expect(of(stack(web.replace('[b, c]', '[b]')), 'a')[0]).toBe(
      'passes each connection on to b, and looks at no request',
    )
  })

  test('nginx: what it answers itself, of what is asked', () => {
    const web = `  a: { kind: nginx, upstream: [b, c] }\n  ${two}`
    expect(of(stack(web, 'read: 50%, static: 50%'), 'a')).toEqual([
      'answers static itself',
      'passes the rest on to b or c',
      'leaves one of them out for 10 s when it has failed 1 time',
      'takes 512 connections at a time, two for each request that it passes on',
    ])
    expect(of(stack(web), 'a')[0]).toBe('passes everything on to b or c')
    expect(of(stack('  a: { kind: nginx }'), 'a')[0]).toBe('answers everything itself')
    const way = (balance: string) =>
      of(stack(web.replace('upstream', `balance: ${balance}, upstream`)), 'a')[0]!.replace(
        'passes everything on to b or c',
        '',
      )
    expect(way('round_robin')).toBe('')
    expect(way('least_conn')).toBe(' (the one with the fewest connections)')
    expect(way('ip_hash')).toBe(' (the one that the network of the visitor’s address is hashed to)')
    expect(way('hash $remote_addr consistent')).toBe(' (the one that the visitor’s address is hashed to)')
    expect(way('random two least_conn')).toBe(' (of two by chance the one with fewer connections)')
  })

  test('nginx: whom it limits', () => {
    const limits = (text: string) => of(stack(`  a: { kind: nginx, ${text} }`), 'a').slice(0, -2)
    expect(limits('limit_req: { rate: 10/s }')).toEqual([
      'lets one request pass every 100 ms, and answers 503 to those that come sooner',
    ])
    const each = (more: string) =>
      limits(
        `limit_req: { key: $binary_remote_addr, rate: 1/s, burst: 20${more} }, limit_req_status: 429`,
      ).join()
    const one = 'lets one request of each address pass every 1 s'
    const wait = 'has up to 20 that come sooner wait for their turn'
    expect(each('')).toBe(`${one}, ${wait}, and answers 429 to others`)
    expect(each(', delay: 5')).toBe(`${one}, ${wait} (the first 5 do not), and answers 429 to others`)
    const soon = `${one}, with it up to 20 that come sooner, and answers 429 to others`
    expect([each(', nodelay: on'), each(', delay: 30')]).toEqual([soon, soon])
    expect(
      limits('limit_conn: { $binary_remote_addr: 1, $server_name: 1000 }, limit_conn_status: 444'),
    ).toEqual([
      'answers no more than 1 request of an address at a time; it closes the connections of others',
      'answers no more than 1,000 requests of all together at a time; it closes the connections of others',
    ])
  })

  test('app and mysql: who writes where, and what comes when the primary is gone', () => {
    const data = (promotion: string) => `  a: { kind: app, workers: 3, service: 1ms, database: [p, r] }
  p: { kind: mysql, service: 1ms, replicas: [r], promotion: { mode: ${promotion} } }
  r: { kind: mysql, service: 1ms }`
    expect(of(stack(data('none')), 'a')).toEqual([
      'runs the program in 3 workers, each of which has one request at a time, also while it waits for the database; when all have one, the next waits',
      'writes at the primary of p and r, and reads at the replicas',
    ])
    expect(of(stack(data('none')), 'p')).toEqual([
      'is the primary: what is written is written here, and copied to r after the answer',
      'has nobody who takes its place: while it is gone nothing can be written',
      'takes 151 connections at a time',
    ])
    expect(of(stack(data('automatic')), 'p')[1]).toBe(
      'is replaced when it is gone: a replica takes its place by itself after about 13 s',
    )
    expect(of(stack(data('manual, after: 15min')), 'p')[1]).toBe(
      'is replaced when it is gone: somebody makes a replica the primary after about 15 min',
    )
    expect(of(stack(data('none')), 'r')[0]).toBe(
      'is a replica of p: it does again what was written there, and can be read',
    )
  })

  test('app: how it learns of another primary, and whether it begins a write again', () => {
    const told = (options: string) =>
      of(
        stack(`  a: { kind: app, service: 1ms, database: [p, r]${options} }
  p: { kind: mysql, service: 1ms, replicas: [r], promotion: { mode: automatic }, rows: 9, innodb_lock_wait_timeout: 50s }
  r: { kind: mysql, service: 1ms }`),
        'a',
      ).slice(2)
    expect(told('')).toEqual([])
    expect(told(', finds_primary: { by: dns, ttl: 30s }')).toEqual([
      'writes at the old primary for up to 30 s after another has taken its place: so long it keeps the answer of its name server',
    ])
    expect(told(', finds_primary: { by: proxy }')[0]).toMatch(
      /for up to 1 s .* so often its proxy looks who takes writes$/,
    )
    expect(told(', finds_primary: { by: vip }')[0]).toMatch(/as soon as there is one/)
    expect(told(', transaction_attempts: 3')).toEqual([
      'begins a write that was rolled back for others again, 3 tries in all',
    ])
  })

  test('mysql: writes of several rows', () => {
    const told = (options: string) =>
      of(
        stack(`  a: { kind: mysql, service: 1ms, rows: 9, innodb_lock_wait_timeout: 50s${options} }`),
        'a',
      ).find((one) => one.startsWith('has writes'))
    expect(told('')).toBeUndefined()
    expect(told(', rows_per_write: 2')).toMatch(/up to 2 rows, .* one is rolled back at once$/)
    expect(told(', rows_per_write: 2, innodb_deadlock_detect: off')).toMatch(
      /wait for one another do so for 50 s$/,
    )
    expect(told(', rows_per_write: 2, rows_in_order: on')).toMatch(/the lowest first/)
  })

  test('app: reads where it writes, if none of its list is a replica', () => {
    const alone = `  a: { kind: app, service: 1ms, database: p }
  p: { kind: mysql, service: 1ms, replicas: [r] }
  r: { kind: mysql, service: 1ms }`
    expect(of(stack(alone), 'a')[1]).toBe('writes and reads at p')
  })

  test('app: whom it calls outside, how often, and what it does when that fails', () => {
    const calls = (said: string, more = '') =>
      of(stack(`  a: { kind: app, service: 1ms, calls: [${said}]${more} }\n  ${two}`), 'a').slice(1)
    expect(calls('b, { name: c, classes: [read], timeout: 2s, fallback: on }', ', call: parallel')).toEqual([
      'calls b and c when its queries are done, all at once, and keeps its worker for it',
      'waits for b as long as it takes, and fails with it',
      'waits for c for read for 2 s, and goes without if that fails',
    ])
    const tries = (budget: string) => calls(`{ name: b, retries: 2, retry_budget: { ${budget} } }`)[1]
    expect(tries('')).toBe(
      'waits for b as long as it takes, 3 times at most, with 10 retries a second and one for each 5 calls at most, and fails with it',
    )
    expect(of(stack('  a: { kind: app, service: 1ms, codel: {} }'), 'a')[1]).toBe(
      'answers 503 to who has waited for one for more than 10 ms, while all do for more than 5 ms (looked at each 100 ms)',
    )
    expect(
      of(stack('  a: { kind: app, service: 1ms, worker_class: async, worker_connections: 10 }'), 'a'),
    ).toEqual([
      'runs the program in 5 event loops, each of which does one thing at a time, while all else of it waits, and has 10 requests at most',
    ])
    const process =
      'gc: { every: 3000, pause: exponential(200ms) }, startup: 20s, cold_start: { factor: 4, for: 30s }'
    expect(of(stack(`  a: { kind: app, service: 1ms, ${process} }`), 'a').slice(1)).toEqual([
      'stands still for 200 ms in the mean each 3,000 requests, to collect garbage',
      'listens 20 s after its process has started',
      'is slow after a start: 4 times as slow at first, warm after 30 s',
    ])
    expect(calls('{ name: b, circuit_breaker: {} }')[1]).toBe(
      'waits for b as long as it takes, and fails with it; while too many of its tries fail it tries none for 60 s (circuit breaker)',
    )
    expect(calls('{ name: b, hedging_delay: 20ms, retry_budget: {} }')[1]).toBe(
      'waits for b as long as it takes, asks a second time after 20 ms without an answer, with 10 retries a second and one for each 5 calls at most, and fails with it',
    )
    expect(tries('retry_ratio: 10%, min_retries_per_second: 0')).toContain(', with one for each 10 calls at')
    expect(tries('retry_ratio: 0%, min_retries_per_second: 1')).toContain(', with 1 retry a second at most')
    expect(tries('retry_ratio: 0%, min_retries_per_second: 0')).toContain(', with a budget of no retries')
  })

  test('monitor: what its rules wait for', () => {
    const rules = [
      '{ alert: Errors, expr: error_rate > 5%, range: 3min, for: 30s, targets: b }',
      '{ alert: Gone, expr: up == 0, for: 10min }',
    ]
    const text = `  a: { kind: balancer, servers: [b, c] }\n  ${two}
  m: { kind: monitor, targets: [b, c], rules: [${rules.join(', ')}] }`
    expect(of(stack(text), 'm').slice(2, 4)).toEqual([
      'alerts of Errors when error_rate > 5% over 3 min at b, for 30 s',
      'alerts of Gone when up == 0, for 10 min',
    ])
  })

  test('logsearch and hotline: whose lines, whose calls, and how late', () => {
    const text = (more: string) =>
      `  a: { kind: balancer, servers: [b, c] }\n  ${two}\n  l: { kind: logsearch, targets: [b, c], ${more} }\n  h: { kind: hotline, targets: [a], share: 2.5% }`
    const rules = 'rules: [{ alert: Few, expr: qps < 1/s, range: 1h, targets: b }]'
    expect(
      of(stack(text(`${rules}, evaluation_delay: 1min, delay: 2min, rotate: { every: 1d, keep: 1 }`)), 'l'),
    ).toEqual([
      'reads the access logs of b and c: what left no line it does not see',
      'finds a line 35 s after it was shipped, in the mean',
      'alerts of Few when qps < 1/s over 60 min at b, as it finds out every 2 min',
      'looks no nearer than 60 s before now',
      'is heard 2 min later, in the mean',
      'misses what it has not read when a file is gone, 2 d after it was begun',
      'answers no visitor',
    ])
    expect(of(stack(text(rules)), 'h')).toEqual([
      'hears 2.5% of the visitors of a who failed, 5 min later in the mean',
      'tells people after 3 calls within 15 min',
    ])
  })

  test('monitor: who is told of what', () => {
    const told = (more: string) =>
      of(
        stack(
          `  a: { kind: balancer, servers: [b, c] }\n  ${two}\n  m: { kind: monitor, targets: [b, c], ${more} }`,
        ),
        'm',
      ).slice(2, -1)
    expect(told('receivers: [{ name: mail, delay: 10min }]')).toEqual([
      'tells of all by mail, which is read 10 min later in the mean',
    ])
    const routes =
      'routes: [{ matchers: [severity = page], receiver: pager, continue: on }, { matchers: [alertname = A] }, {}]'
    const ways = 'receivers: [{ name: mail, delay: 10min }, { name: pager }]'
    expect(told(`severity: page, ${ways}, route: { receiver: mail, ${routes} }`)).toEqual([
      'gives the alert of a target that is gone the severity page',
      'tells of what has severity = page by pager, which is read at once, and goes on to the next route',
      'tells of what has alertname = A by mail, which is read 10 min later in the mean',
      'tells of all by mail, which is read 10 min later in the mean',
      'tells of what none of its routes takes by mail, which is read 10 min later in the mean',
    ])
  })

  test('vip, firewall, dns, cache: what happens to who stands behind', () => {
    const pair = (more: string) => `  a: { kind: vip, servers: [b, c]${more} }\n  ${two}`
    expect(of(stack(pair('')), 'a')).toEqual([
      'is one address for b and c: one of them has it, and another takes it when its machine is gone (a dead process alone is not noticed)',
    ])
    expect(of(stack(pair(', track_script: {}, mode: active-active')), 'a')[0]).toContain(
      'one moves to another of them when its machine or its process is gone',
    )
    expect(of(stack(pair(', track_script: { script: page, page: read }')), 'a')[0]).toContain(
      'another takes it when its machine is gone or does not answer read well',
    )
    const wall = (more: string) => `  a: { kind: firewall, to: b${more} }\n  b: { ${service} }`
    expect(of(stack(wall('')), 'a')[1]).toBe('lets nothing pass while it is dead: it stands in series')
    expect(of(stack(wall(', fail_open: on')), 'a')[1]).toBe('lets everything pass while it is dead')
    expect(of(stack(`  a: { kind: dns, addresses: [b, c], ttl: 0s }\n  ${two}`), 'a')).toEqual([
      'tells visitors where the site is: b or c, in turn',
      'is asked at every request',
      'does not know whether they are there',
    ])
    expect(
      of(stack(`  a: { kind: cache, origin: b, hit_ratio: 80% }\n  b: { ${service} }`, 'write: 1'), 'a'),
    ).toEqual(['has 80% of what is looked for, and asks b for the rest', 'lets write go past it'])
    const redis = (policy: string) =>
      of(
        stack(
          `  a: { kind: cache, origin: b, keys: 9, size: 3, maxmemory_policy: ${policy} }\n  b: { ${service} }`,
        ),
        'a',
      )[1]
    expect(redis('noeviction')).toBe('stores nothing where it has no room for it (noeviction)')
    expect(redis('allkeys-random')).toBe(
      'takes a sample where it has no room, and lets one of that go (allkeys-random)',
    )
  })

  test('service: who waits', () => {
    const q = (options: string) => of(stack(`  a: { kind: service, service: 1ms, ${options} }`), 'a')
    expect(q('servers: 2')).toEqual(['serves 2 requests at a time; others wait'])
    expect(q('servers: 2, queue: 3')).toEqual([
      'serves 2 requests at a time; 3 others can wait, and more are refused',
    ])
    expect(q('servers: 1, queue: 0')).toEqual(['serves 1 request at a time; others are refused'])
    expect(q('servers: 4, discipline: ps')).toEqual(['serves all who come at once, who share 4 cores'])
    expect(q('servers: unlimited')).toEqual(['serves all who come at once'])
  })
})
