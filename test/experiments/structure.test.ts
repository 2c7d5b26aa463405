import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { readScenario } from '../../cli/files.js'
import { Structure } from '../../sim/experiments/structure.js'
import { parseScenario } from '../../sim/scenario/parse.js'

const root = path.resolve(import.meta.dirname, '../..')
const shipped = (name: string) => new Structure(readScenario(path.join(root, 'scenarios', name), { set: [] }))
const stack = (components: string, more = '') =>
  new Structure(
    parseScenario(
      `users: { web: { arrive: poisson(1/s), to: a, mix: { read: 60%, write: 30%, static: 10% } } }\ncomponents:\n${components}\n${more}`,
      'stack.yaml',
    ),
  )
const without = (structure: Structure, ...lost: string[]) => structure.answered(new Set(lost))
const service = 'kind: service, service: 1ms'
const all = ['read', 'write', 'static']

describe('what stands alone stops what needs it', () => {
  test('in the simple stack all but what static files do not need', () => {
    const simple = shipped('01-simple-web-stack.yaml')
    expect(without(simple)).toEqual(simple.asked)
    expect(without(simple, 'server-1')).toEqual([])
    expect(without(simple, 'nginx')).toEqual([])
    expect(without(simple, 'app')).toEqual(['static'])
    expect(simple.cutSets(2)).toEqual([['server-1'], ['nginx'], ['app'], ['mysql']])
  })

  test('in the distributed one the load balancer, and for writes the primary with its machine', () => {
    const distributed = shipped('02-distributed.yaml')
    expect(without(distributed, 'haproxy')).toEqual([])
    expect(without(distributed, 'mysql-1')).toEqual(['static', 'read'])
    expect(without(distributed, 'mysql-2')).toEqual(distributed.asked)
    expect(without(distributed, 'server-2')).toEqual(distributed.asked)
    expect(distributed.cutSets(1)).toEqual([['lb-1'], ['server-1'], ['mysql-1']])
  })

  test('in the secured one each firewall that is in series too', () => {
    expect(shipped('03-secured-and-monitored.yaml').cutSets(1).flat()).toEqual(
      expect.arrayContaining(['fw-0', 'lb-1']),
    )
  })

  test('in the scaled one the address alone, and pairs of what stands twice', () => {
    const scaled = shipped('04-scale-up.yaml')
    expect(scaled.cutSets(1)).toEqual([['vip']])
    expect(scaled.cutSets(2).slice(1)).toEqual([
      ['lb-1', 'lb-2'],
      ['web-1', 'web-2'],
      ['code-1', 'code-2'],
      ['data-1', 'data-2'],
    ])
    expect(without(scaled, 'watch')).toEqual(scaled.asked)
  })
})

describe('a cluster needs its majority', () => {
  const cluster = (nodes: readonly string[], weight = '') => {
    const boxes = nodes.map((name, i) => {
      const others = i === 0 ? `, cluster: [${nodes.slice(1)}]${weight}` : ''
      return `  ${name}: { kind: galera, service: 1ms${others} }`
    })
    return stack(`  a: { kind: app, service: 1ms, database: [${nodes}] }\n${boxes.join('\n')}`)
  }

  test('of three nodes one may be lost, and no two', () => {
    const three = cluster(['x', 'y', 'z'])
    for (const one of ['x', 'y', 'z']) expect(without(three, one)).toEqual(three.asked)
    expect(three.cutSets(2)).toEqual([['a'], ['x', 'y'], ['x', 'z'], ['y', 'z']])
  })

  test('of two none, of four one, of five two', () => {
    expect(cluster(['x', 'y']).cutSets(1)).toEqual([['a'], ['x'], ['y']])
    const four = cluster(['v', 'w', 'x', 'y'])
    expect(without(four, 'v')).toEqual(four.asked)
    expect(without(four, 'w', 'y')).toEqual([])
    const five = cluster(['u', 'v', 'w', 'x', 'y'])
    expect(without(five, 'u', 'y')).toEqual(five.asked)
    expect(without(five, 'u', 'v', 'y')).toEqual([])
  })

  test('by weight: of two the heavier is enough, and needed', () => {
    expect(cluster(['x', 'y'], ', pc_weight: 2').cutSets(1)).toEqual([['a'], ['x']])
  })
})

describe('a class needs what its boxes say', () => {
  const databases = (promotion: string) => `
  a: { kind: app, service: 1ms, database: [db-1, db-2] }
  db-1: { kind: mysql, service: 1ms, replicas: [db-2], promotion: { mode: ${promotion} } }
  db-2: { kind: mysql, service: 1ms }`

  test('writes the primary, or who is promoted', () => {
    expect(without(stack(databases('none')), 'db-1')).toEqual(['read', 'static'])
    expect(without(stack(databases('automatic')), 'db-1')).toEqual(all)
    expect(without(stack(databases('manual, after: 1h')), 'db-1')).toEqual(all)
    expect(without(stack(databases('automatic')), 'db-1', 'db-2')).toEqual([])
  })

  test('as the applications or the databases say what writes', () => {
    const said = databases('none').replace('kind: mysql,', 'kind: mysql, writes: static,')
    expect(without(stack(said), 'db-1')).toEqual(['read', 'write'])
    const told = databases('none').replace('kind: app,', 'kind: app, writes: [read],')
    expect(without(stack(told), 'db-1')).toEqual(['write', 'static'])
  })

  test('reads the primary where they read there', () => {
    const primary = databases('none').replace('kind: app,', 'kind: app, reads: primary,')
    expect(without(stack(primary), 'db-1')).toEqual([])
  })

  test('nothing of a database that it does not ask', () => {
    const silent = databases('none').replace('kind: app,', 'kind: app, queries: { write: 0, default: 1 },')
    expect(without(stack(silent), 'db-1', 'db-2')).toEqual(['write'])
  })

  test('all parts of what is made of parts', () => {
    const page = stack(`
  a: { kind: fanout, to: [b, c] }
  b: { ${service} }
  c: { ${service} }`)
    expect(without(page, 'c')).toEqual([])
  })

  test('no origin where the cache answers all, but for what goes past it', () => {
    const cached = (share: string) => `
  a: { kind: cache, origin: b, hit_ratio: ${share} }
  b: { ${service} }`
    expect(without(stack(cached('100%')), 'b')).toEqual(['read', 'static'])
    expect(without(stack(cached('99%')), 'b')).toEqual([])
  })

  test('no server that is never used', () => {
    const web = stack(`
  a: { kind: nginx, upstream: [{ name: b, down: on }, c] }
  b: { ${service} }
  c: { ${service} }`)
    expect(without(web, 'b')).toEqual(all)
    expect(without(web, 'c')).toEqual(['static'])
  })

  test('no firewall that fails open, and one that does not', () => {
    const guarded = (mode: string) => `
  a: { kind: firewall, to: b, fail_open: ${mode} }
  b: { ${service} }`
    expect(without(stack(guarded('on')), 'a')).toEqual(all)
    expect(without(stack(guarded('off')), 'a')).toEqual([])
    // Who is cut off lets nothing pass, whatever it would do.
    const open = stack(guarded('on'))
    expect(open.wiresAt('a')).toEqual(['web -> a', 'a -> b'])
    expect(without(open, 'a', ...open.wiresAt('a'))).toEqual([])
  })
})

describe('what can be lost', () => {
  const placed = stack(
    `
  a: { kind: balancer, host: h, servers: [b, c] }
  b: { ${service}, host: i }
  c: { ${service}, host: j }
  d: { ${service}, host: j }`,
    'hosts: { h: { zone: x }, i: { zone: y }, j: { zone: y } }',
  )

  test('is zones, hosts, components and wires', () => {
    expect(placed.parts.map(({ name, what }) => `${what} ${name}`)).toEqual([
      'zone x',
      'zone y',
      'host h',
      'host i',
      'host j',
      'component a',
      'component b',
      'component c',
      'component d',
      'wire web -> a',
      'wire a -> b',
      'wire a -> c',
    ])
  })

  test('takes along what it carries', () => {
    expect(without(placed, 'y')).toEqual([])
    expect(without(placed, 'i')).toEqual(all)
    expect(without(placed, 'i', 'c')).toEqual([])
    expect(without(placed, 'web -> a')).toEqual([])
    expect(without(placed, 'a -> b', 'c')).toEqual([])
  })

  test('is told in the smallest sets: of a pair the component, where that is enough', () => {
    expect(placed.cutSets(1)).toEqual([['h']])
    expect(placed.cutSets(2)).toEqual([['h'], ['i', 'c']])
  })
})

test('whoever attacks has no claim to be answered', () => {
  const attacked = new Structure(
    parseScenario(
      `users:
  web: { arrive: poisson(1/s), to: a, mix: { read: 1 } }
  bots: { arrive: poisson(1/s), to: b, malicious: on, mix: { attack: 1 } }
components: { a: { ${service} }, b: { ${service} } }`,
      'stack.yaml',
    ),
  )
  expect(attacked.asked).toEqual(['read'])
  expect(attacked.answered(new Set(['b']))).toEqual(['read'])
})

test('what is behind a name that somebody resolves himself is lost by its own wires, which faults can cut', () => {
  const scenario = parseScenario(
    `
users: { u: { arrive: poisson(1/s), to: nginx } }
components:
  nginx: { kind: nginx, static: [], upstream: [www], resolver: { valid: 10s } }
  www: { kind: dns, addresses: [app-1, app-2], ttl: 1min }
  app-1: { kind: app, service: 1ms }
  app-2: { kind: app, service: 1ms }
faults:
  - { kind: partition, target: nginx -> app-1, at: 1min, for: 1s }
`,
    'test.yaml',
  )
  const structure = new Structure(scenario)
  const wires = structure.parts.filter(({ what }) => what === 'wire').map(({ name }) => name)
  expect(wires).toEqual(expect.arrayContaining(['nginx -> app-1', 'nginx -> app-2']))
  expect(wires).not.toContain('nginx -> www')
  expect(structure.answered(new Set(['nginx -> app-1']))).toEqual(['request'])
  expect(structure.answered(new Set(['nginx -> app-1', 'nginx -> app-2']))).toEqual([])
})
