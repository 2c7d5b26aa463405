import { readdirSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { readScenario } from '../../cli/files.js'
import { remarksOn } from '../../sim/scenario/oddities.js'
import { parseScenario } from '../../sim/scenario/parse.js'
import { root } from '../support/built.js'

const remarks = (text: string) => remarksOn(parseScenario(text, 'test.yaml'))

/** A sound scenario, with something else in the place of a part. */
const stack = ({
  users = 'arrive: poisson(100/s), to: lb, timeout: 10s, mix: { read: 90%, write: 10% }',
  lb = 'servers: [{ name: app-1, check: on }, { name: app-2, check: on }], timeout_connect: 5s',
  more = '',
  hosts = '',
  top = '',
}: Partial<Record<'users' | 'lb' | 'more' | 'hosts' | 'top', string>> = {}) => `
lasts: 200s
hosts: { h: {}, ${hosts} }
users: { u: { ${users} } }
components:
  lb: { kind: haproxy, host: h, ${lb} }
  app-1: { kind: app, service: 1ms, database: [db-1, db-2] }
  app-2: { kind: app, service: 1ms, database: [db-1, db-2], connect_timeout: 1s }
  db-1: { kind: mysql, service: 1ms, replicas: db-2 }
  db-2: { kind: mysql, service: 1ms }
  watch: { kind: monitor, targets: [app-1, db-1] }
${more}
${top}
`

/** Two applications of the stack wait for a database longer than visitors do. */
const APPS = 'app-1 gives up a silent server (connect_timeout: 1min)'
const others = (text: string) => remarks(text).filter((one) => !one.includes(APPS))

describe('what is legal and hardly meant is remarked on', () => {
  test('what matters only beside an option that is not said', () => {
    const disk = (more: string, semi: string) => `
hosts: { h: { fsyncs: 1 } }
users: { u: { arrive: poisson(10/s), to: db, mix: { read: 50%, write: 50% } } }
components:
  db: { kind: mysql, host: h, service: 1ms, replicas: other, ${more} rpl_semi_sync_master_wait_point: AFTER_SYNC, rpl_semi_sync_master_enabled: ${semi} }
  other: { kind: mysql, service: 1ms }`
    const [limit, wait] = [
      'the fsyncs of h limit nothing: no database there waits for its disk (fsync:)',
      'the rpl_semi_sync_master_wait_point of db does nothing: rpl_semi_sync_master_enabled is off',
    ]
    expect(remarks(disk('', 'off'))).toEqual(expect.arrayContaining([limit, wait]))
    const none = remarks(disk('fsync: 4ms,', 'on'))
    for (const one of [limit, wait]) expect(none).not.toContain(one)
  })

  test('a disk that nobody shares, and memory that nobody looks at', () => {
    const machine = (host: string, box: string) => `
hosts: { h: { ${host} } }
users: { u: { arrive: poisson(10/s), to: box } }
components: { box: { host: h, service: 1ms, ${box} } }`
    const disk = 'the disk_queue_depth of h limits nothing: there is no database on it'
    expect(remarks(machine('disk_queue_depth: 1', 'kind: app'))).toContain(disk)
    expect(remarks(machine('disk_queue_depth: 1', 'kind: mysql'))).not.toContain(disk)
    const unsaid = 'the memory of h limits nothing: nothing there says what it has (memory:)'
    const boundless = 'the memory of box is not looked at: no memory: is said of the host'
    expect(remarks(machine('memory: 1GB', 'kind: app'))).toContain(unsaid)
    expect(remarks(machine('', 'kind: app, memory_per_request: 1MB'))).toContain(boundless)
    const both = remarks(machine('memory: 1GB', 'kind: app, memory: 1MB'))
    for (const one of [unsaid, boundless]) expect(both).not.toContain(one)
  })

  test('a disk that nothing fills, and what is written where there is always room', () => {
    const machine = (host: string, box: string, faults = '') => `
hosts: { h: { ${host} } }
users: { u: { arrive: poisson(10/s), to: box } }
components: { box: { kind: app, host: h, service: 1ms, ${box} } }
faults: [${faults}]`
    const nothing = 'nothing fills the disk of h: nothing there says what it writes (disk_per_request:)'
    const boundless = 'the disk_per_request of box fills nothing: no disk_size: is said of the host'
    expect(remarks(machine('disk_size: 1GB', ''))).toContain(nothing)
    expect(remarks(machine('', 'disk_per_request: 1kB'))).toContain(boundless)
    const fine = [
      ...remarks(machine('disk_size: 1GB', 'disk_per_request: 1kB')),
      ...remarks(machine('disk_size: 1GB', '', '{ kind: fill, target: h, at: 1min }')),
    ]
    for (const one of [nothing, boundless]) expect(fine).not.toContain(one)
  })

  test('pauses before tries that nobody makes', () => {
    const stack = (users: string, call: string) =>
      others(`
lasts: 100s
users: { u: { arrive: poisson(10/s), to: a, timeout: 5s, ${users} } }
components:
  a: { kind: app, service: 1ms, calls: [{ name: s, timeout: 1s, ${call} }] }
  s: { kind: service, servers: 9, service: 1ms }`)
    expect(stack('backoff: 1s', 'growth: 2')).toEqual([
      'the backoff of u does nothing: nothing is tried again (retries: 0)',
      'the growth of a -> s does nothing: nothing is tried again (retries: 0)',
    ])
    expect(stack('retries: 1, backoff: 1s', 'retries: 1, growth: 2, backoff: 1ms')).toEqual([])
  })

  test('objects that make no difference to any box', () => {
    const stack = (components: string) =>
      others(`
lasts: 100s
users: { u: { arrive: poisson(10/s), to: a, timeout: 5s, objects: { count: 9 } } }
components:
  a: { ${components} }
  s: { kind: service, servers: 9, service: 1ms }`).filter((one) => one.includes('objects'))
    const haproxy = (more: string) => stack(`kind: haproxy, timeout_connect: 5s, servers: [s]${more}`)
    expect(haproxy('')).toEqual([
      'the objects of u make no difference: no box hashes them (balance:), and no cache has keys: visitors',
    ])
    expect(haproxy(', balance: uri')).toEqual([])
    expect(haproxy(', balance: hdr(X-Key)')).toEqual([])
    expect(stack('kind: nginx, upstream: [s], balance: hash $request_uri')).toEqual([])
    expect(stack('kind: cache, origin: s, keys: visitors')).toEqual([])
  })

  test('a sound scenario needs no remark but the one on the patience for a database', () => {
    expect(others(stack())).toEqual([])
  })

  test('what nobody calls, and what stands behind that', () => {
    const more =
      '  app-3: { kind: app, service: 1ms, database: cache }\n  cache: { kind: service, service: 1ms }'
    expect(others(stack({ more }))).toEqual([
      'nobody calls app-3 and cache: no request of any users comes there',
    ])
  })

  test('a host that carries nothing, or nothing that works', () => {
    expect(others(stack({ hosts: 'spare: {}, other: {}' }))).toEqual(['nothing runs on spare and other'])
    const lb =
      'servers: [{ name: app-1, check: on }, { name: app-2, check: on }], timeout_connect: 5s, service: 0s'
    expect(others(stack({ lb }))).toEqual([
      'the cores of h are never used: what runs there (lb) takes no CPU time',
    ])
    expect(others(stack({ lb: `${lb}, tls: {}` }))).toEqual([])
  })

  test('a primary to which nobody writes: no mix is all reads', () => {
    const says = (name: string) =>
      `nobody writes: no users ask for the class ${name} (mix:), so db-1 has nothing for db-2 to copy`
    const users = 'arrive: poisson(100/s), to: lb, timeout: 10s'
    expect(others(stack({ users }))).toEqual([says('write')])
    expect(others(stack({ users: `${users}, mix: { read: 100%, write: 0% }` }))).toEqual([says('write')])
  })

  test('sessions of visitors who ask once', () => {
    const app = (name: string) =>
      `database_selector of ${name} does nothing: nobody asks more than once (closed users, or such with page: or addresses:)`
    const site = (users: string) => `
lasts: 60s
users: { u: { ${users}, to: a, timeout: 10s, mix: { read: 90%, write: 10% } } }
components:
  a: { kind: app, service: 1ms, database: [p, r], database_selector: {} }
  p: { kind: mysql, service: 1ms, replicas: [r] }
  r: { kind: mysql, service: 1ms }
`
    const said = (users: string) => remarksOn(parseScenario(site(users), 'a.yaml')).join()
    expect(said('arrive: poisson(100/s)')).toContain(app('a'))
    for (const again of [
      'arrive: poisson(100/s), addresses: { count: 9 }',
      'arrive: poisson(100/s), page: { assets: 3 }',
      'arrive: "closed(users=9, think=1s)"',
    ])
      expect(said(again)).not.toContain('database_selector')
  })

  test('one of several servers without a check', () => {
    const lb = 'servers: [{ name: app-1, check: on }, { name: app-2, check: off }], timeout_connect: 5s'
    expect(others(stack({ lb }))).toEqual([
      'lb does not check app-2 (check: on would): it goes on sending requests to a dead one',
    ])
    expect(others(stack({ lb: lb.replace('{ name: app-1, check: on }, ', '') })).join()).not.toContain(
      'check',
    )
  })

  test('users who give up before a proxy tries another server', () => {
    const users = 'arrive: poisson(100/s), to: lb, timeout: 3s, mix: { read: 90%, write: 10% }'
    expect(others(stack({ users }))).toEqual([
      'u give up after 3s, before lb gives up a silent server (timeout_connect: 5s): they never get the answer of another one',
    ])
    const lb = 'servers: [{ name: app-1, check: on }, { name: app-2, check: on }]'
    expect(others(stack({ lb })).join()).toContain('(timeout_connect: none)')
  })

  test('retries without a timeout', () => {
    const users = 'arrive: poisson(100/s), to: lb, retries: 2, mix: { read: 90%, write: 10% }'
    expect(others(stack({ users })).join()).toContain('u try again (retries:) but have no timeout')
  })

  test.each([
    ['{ kind: crash, target: spare, at: 10s, for: 1s }', true],
    ['{ kind: crash, target: lone, at: 10s, for: 1s }', true],
    ['{ kind: crash, target: [spare, app-1], at: 10s, for: 1s }', false],
    ['{ kind: crash, target: h, at: 10s, for: 1s }', false],
    ['{ kind: crash, target: watch, at: 10s, for: 1s }', false],
    ['{ kind: partition, target: lone -> db-1, at: 10s, for: 1s }', true],
    ['{ kind: partition, target: lb -> app-1, at: 10s, for: 1s }', false],
    ['{ kind: surge, target: u, factor: 2, at: 10s, for: 1s }', false],
  ])('a fault that strikes nothing that anybody uses: %s: %s', (fault, told) => {
    const text = stack({
      hosts: 'spare: {}',
      more: '  lone: { kind: app, service: 1ms, database: [db-1] }',
      top: `faults: [${fault}]`,
    })
    expect(remarks(text).some((one) => one.endsWith('strikes nothing that anybody uses'))).toBe(told)
  })

  test('a monitor that watches nothing on the way', () => {
    const more = '  lone: { kind: service, service: 1ms }\n  eye: { kind: monitor, targets: lone }'
    expect(others(stack({ more }))).toContain('eye watches nothing that requests pass through')
  })

  test('a fault whose end is not seen', () => {
    const faults = (lasts: string) => `faults: [{ kind: crash, target: app-1, at: 100s, for: ${lasts} }]`
    expect(others(stack({ top: faults('100s') }))).toEqual([
      'the crash of app-1 ends at 200s, and the run at 200s (lasts:): what comes after it is not seen',
    ])
    expect(others(stack({ top: faults('90s') }))).toEqual([])
  })

  test('a percentile that this length cannot give', () => {
    const top = 'expect: { latency_p99: "<= 1s", latency_p999: "<= 1s" }'
    expect(others(stack({ top }))).toEqual([
      'latency_p999 in expect: cannot be told from 200s (lasts:): 100 requests beyond it take 1000s',
    ])
  })
})

/** Those that are about what is remarked on. */
const SHOWN: Readonly<Record<string, string>> = {
  'stream-hung-server.yaml':
    'visitors give up after 10s, before edge gives up a silent server (proxy_connect_timeout: 1min): they never get the answer of another one',
}

test('the shipped scenarios need none, but where it is what they show', () => {
  for (const folder of ['scenarios', 'scenarios/experiments']) {
    for (const name of readdirSync(path.join(root, folder)).filter((one) => one.endsWith('.yaml')))
      expect(remarksOn(readScenario(path.join(root, folder, name), {})), name).toEqual(
        SHOWN[name] === undefined ? [] : [SHOWN[name]],
      )
  }
})

test('a recording that goes on after the end of the run is remarked on', () => {
  const of = (lasts: string) =>
    remarksOn(
      parseScenario(
        `lasts: ${lasts}
users: { u: { arrive: trace(log.csv), to: q } }
components: { q: { kind: service, servers: 2, service: 1ms } }`,
        'test.yaml',
        {},
        () => '1\n2\n30\n40\n',
      ),
    ).filter((one) => one.includes('recorded'))
  expect(of('20s')).toEqual([
    'the run ends at 20s (lasts:), what is recorded of u at 40s: 2 of its 4 requests are not played',
  ])
  expect(of('40s')).toEqual([])
})

describe('pages', () => {
  const web = (page: string, haproxy = '', nginx = '') => `
lasts: 200s
users: { u: { arrive: poisson(100/s), to: fw, timeout: 10s, page: { ${page} } } }
components:
  fw: { kind: firewall, to: lb }
  lb: { kind: haproxy, servers: [n], timeout_connect: 5s, ${haproxy} }
  n: { kind: nginx, upstream: [s], ${nginx} }
  s: { kind: service, servers: 100, service: 1ms }`

  test('over HTTP/2 in clear, which no browser speaks', () => {
    const [remark, ...others] = remarks(web('assets: 3, http: 2'))
    expect(remark).toBe(
      'u load pages by HTTP/2 in clear: browsers speak it over TLS only (tls: where they come to)',
    )
    expect(others).toEqual([])
    expect(remarks(web('assets: 3'))).toEqual([])
    expect(remarks(web('assets: 3, http: 2', 'tls: {}'))).toEqual([])
  })

  test('but not where TLS is passed on to who ends it', () => {
    const clear = (text: string) => remarks(text).filter((one) => one.includes('in clear: browsers'))
    const passed = web('assets: 3, http: 2').replace('servers: [n]', 'mode: tcp, servers: [n]')
    expect(clear(passed).length).toBe(1)
    expect(clear(passed.replace('nginx, ', 'nginx, tls: {}, '))).toEqual([])
  })

  test('whose assets a web server passes on, which has others of its own', () => {
    expect(remarks(web('assets: 3, class: image'))).toEqual([
      'n passes on the assets of u: static: does not name their class (image)',
    ])
    expect(remarks(web('assets: 3, class: image', '', 'static: [image]'))).toEqual([])
  })
})
