import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { catalog } from '../../sim/scenario/catalog.js'
import { topWords } from '../../sim/scenario/check/top.js'
import { METRICS } from '../../sim/scenario/expect.js'
import { anchorsIn, namingOptions, offersAt } from '../../studio/page/editor/offers.js'
import { metrics, sections } from '../../studio/page/editor/sections.js'
import { spotAt } from '../../studio/page/editor/spot.js'
import { writtenIn } from '../../studio/page/editor/written.js'
import { shipped } from './shipped.js'

const all = catalog()
const names = namingOptions(all)
const card = (id: string) => shipped.find((one) => one.id === id)!
const scaled = card('04-scale-up')

/** What is offered where `¦` stands, in a text that was sound before. */
function offered(text: string, sound = scaled): string[] {
  const at = text.indexOf('¦')
  const clean = text.slice(0, at) + text.slice(at + 1)
  const spot = spotAt(clean, at)
  if (spot === null) return []
  const written = writtenIn({ ...sound, text: clean }, names) ?? writtenIn(sound, names)!
  return offersAt(spot, { catalog: all, written, anchors: anchorsIn(clean) }).map(({ label }) => label)
}
/** The shipped scenario with something else in a place. */
const with04 = (there: string, instead: string) => {
  expect(scaled.text).toContain(there)
  return scaled.text.replace(there, instead)
}
const components = [...writtenIn(scaled, names)!.components.keys()]
const kinds = all.components.map(({ name }) => name)
const optionsOf = (kind: string) => [
  'kind',
  'host',
  ...all.components.find(({ name }) => name === kind)!.options.map(({ name }) => name),
  ...all.every_component.map(({ name }) => name),
]
const hosts = ['lb-1', 'lb-2', 'web-1', 'web-2', 'code-1', 'code-2', 'data-1', 'data-2', 'watch']
const without = (list: readonly string[], ...some: string[]) => list.filter((one) => !some.includes(one))

describe('in lines', () => {
  test('sections at the top, but those that are there', () => {
    expect(offered(`${scaled.text}¦`)).toEqual(['extends', 'warmup', 'good', 'sizes', 'faults', 'repair'])
  })
  test('kinds of components', () => {
    expect(offered(with04('kind: monitor', 'kind: ¦'))).toEqual(kinds)
    expect(offered(with04('kind: monitor', 'kind: mon¦itor'))).toEqual(kinds)
  })
  test('options of the kind, but those that are there', () => {
    const left = without(
      optionsOf('monitor'),
      'kind',
      'host',
      'targets',
      'scrape_interval',
      'evaluation_interval',
      'for',
    )
    expect(offered(with04('    for: 1min\n', '    for: 1min\n    ¦\n'))).toEqual([...left, '<<'])
    expect(offered(with04('    host: watch\n', '    host: watch\n    gr¦\n'))).toEqual([...left, '<<'])
    // Where the cursor stands before the kind.
    expect(offered(with04('  monitor:\n', '  monitor:\n    ¦\n'))).toEqual([...left, '<<'])
  })
  test('words that an option knows', () => {
    expect(offered(with04('balance: roundrobin', 'balance: ¦'))).toContain('leastconn')
    expect(offered(with04('redispatch: on', 'redispatch: ¦'))).toEqual(['on', 'off'])
    expect(offered(with04('    after: 1ms', '    reads: ¦'))).toEqual(['replicas', 'primary', 'all'])
    expect(offered(with04('timeout_server: 10s', 'timeout_server: ¦'))).toEqual(['none'])
  })
  test('machines and components', () => {
    expect(offered(with04('    host: data-1', '    host: ¦'))).toEqual(hosts)
    expect(offered(with04('    to: vip', '    to: ¦'))).toEqual(components)
    expect(offered(with04('    replicas: [mysql-2]', '    replicas: ¦'))).toEqual(components)
    expect(offered(with04('    replicas: [mysql-2]', '    replicas:\n      - my¦'))).toEqual(components)
  })
  test('arrivals and laws by their form', () => {
    expect(offered(with04('poisson(240/s)', '¦'))).toContain('closed(users, think=0s)')
    expect(offered(with04('after: 1ms', 'after: ¦'))).toContain('lognormal(p50, p99)')
  })
  test('wires between those that call one another', () => {
    const wires = offered(with04('  mysql-1 -> mysql-2: *lan', '  ¦'))
    expect(wires).toContain('mysql-1 -> mysql-2')
    expect(wires).toContain('visitors -> vip')
    expect(wires).not.toContain('app-1 -> mysql-1')
    const routed = shipped.find(({ id }) => id.endsWith('routes-apart'))!
    expect([...writtenIn(routed, names)!.wires]).toContain('haproxy -> app-3')
  })
  test('faults, their targets and options', () => {
    const faults = (rest: string) => `${scaled.text}faults:\n${rest}`
    expect(offered(faults('  - ¦'))).toEqual(['kind'])
    expect(offered(faults('- ¦'))).toEqual(['kind'])
    expect(offered(faults('  - kind: ¦'))).toEqual(all.faults.map(({ name }) => name))
    expect(offered(faults('  - kind: crash\n    target: ¦'))).toEqual([...components, ...hosts])
    expect(offered(faults('  - kind: surge\n    target: ¦'))).toEqual(['visitors'])
    expect(offered(faults('  - target: mysql-1\n    kind: slow\n    ¦'))).toEqual([
      'factor',
      'class',
      'at',
      'for',
      'mtbf',
      'mttr',
      '<<',
    ])
    // The next fault is another one.
    expect(offered(faults('  - kind: slow\n    ¦\n  - kind: crash\n    at: 3s'))).toContain('at')
  })
  test('metrics', () => {
    expect(offered(with04('  availability: ">= 99.9%"\n', '  ¦\n'))).toContain('good')
    expect(offered(with04('  availability: ">= 99.9%"\n', '  ¦\n'))).toContain('hosts.data-1.utilization')
    expect(offered(with04('  availability: ">= 99.9%"\n', '  ¦\n'))).not.toContain('latency_p99')
  })
  test('nothing in comments, texts of several lines, and for names of one’s own', () => {
    expect(offered('# a ¦')).toEqual([])
    expect(offered(with04('    kind: monitor', '    kind: monitor # m¦'))).toEqual([])
    expect(offered('name: >\n  ki¦')).toEqual([])
    expect(offered('name: >\n  some text\n\n  kind: ¦\nseed: 1')).toEqual([])
    expect(offered(with04('hosts:\n', 'hosts:\n  ¦\n'))).toEqual([])
    expect(offered('name: ¦')).toEqual([])
  })
})

describe('in braces and brackets', () => {
  const added = (line: string) => with04('  monitor:\n', `${line}\n  monitor:\n`)
  test('options of the kind, closed or not', () => {
    const left = [...without(optionsOf('nginx'), 'kind'), '<<']
    expect(offered(added('  nginx-3: { kind: nginx, ¦ }'))).toEqual(left)
    expect(offered(added('  nginx-3: { kind: nginx, wor¦'))).toEqual(left)
    expect(offered(added('  nginx-3: { ¦kind: nginx }'))).toEqual(left)
    expect(offered(added('  nginx-3: &three\n    {\n      kind: nginx,\n      ¦\n    }'))).toEqual(left)
    expect(offered(added('  nginx-3: { kind: ¦ }'))).toEqual(kinds)
  })
  test('names in lists', () => {
    expect(offered(with04('servers: [nginx-1, nginx-2]\n    tls', 'servers: [nginx-1, ¦]\n    tls'))).toEqual(
      components,
    )
    expect(
      offered(with04('servers: [nginx-1, nginx-2]\n    tls', 'servers: [nginx-1, ng¦\n    tls')),
    ).toEqual(components)
    expect(offered(with04('mysql-1, mysql-2]\n    scrape', '\n      ¦\n    ]\n    scrape'))).toEqual(
      components,
    )
  })
  test('options of servers', () => {
    const servers = (text: string) =>
      with04('servers: [nginx-1, nginx-2]\n    tls', `servers: ${text}\n    tls`)
    expect(offered(servers('[{ name: nginx-1, ¦ }, nginx-2]'))).toContain('weight')
    expect(offered(servers('[{ name: ¦ }]'))).toEqual(components)
    expect(offered(servers('[{ name: nginx-1, check: ¦ }]'))).toEqual(['on', 'off'])
  })
  test('options of options', () => {
    expect(
      offered(with04('version: "1.3", resumption: 50%, requests_per_connection: 5', 'resumption: 50%, ¦')),
    ).toEqual(['version', 'requests_per_connection', 'keepalive', 'lifetime', 'cpu_per_mb', '<<'])
    expect(offered(with04('version: "1.3"', 'version: "¦"'))).toEqual(['1.2', '1.3'])
    expect(offered(with04('mode: automatic', 'mode: ¦'))).toEqual(['none', 'manual', 'automatic'])
  })
  test('request classes, and laws for them', () => {
    expect(offered(with04('static: 0.2ms, default: 0.1ms', 'static: 0.2ms, ¦'))).toEqual([
      'read',
      'write',
      'default',
      '<<',
    ])
    expect(offered(with04('static: 0.2ms', 'static: ¦'))).toContain('exponential(mean)')
    expect(offered(with04('"lognormal(mean=8ms, cv=1)"', '"¦"'))).toContain('exponential(mean)')
  })
  test('faults', () => {
    const faults = (line: string) => `${scaled.text}faults:\n  - ${line}`
    expect(offered(faults('{ kind: partition, target: ¦ }'))).toContain('app-1 -> mysql-1')
    expect(offered(faults('{ kind: crash, target: [nginx-1, ¦ ], at: 3s }'))).toEqual([
      ...components,
      ...hosts,
    ])
    expect(offered(faults('kind: surge\n    target: [¦]'))).toEqual(['visitors'])
    expect(offered(faults('kind: surge\n    target:\n      - ¦'))).toEqual(['visitors'])
    expect(offered(faults('{ kind: crash, target: nginx-1, ¦ }'))).toEqual([
      'process',
      'address',
      'at',
      'for',
      'mtbf',
      'mttr',
      '<<',
    ])
    expect(offered(`${scaled.text}faults: [{ kind: ¦ }]`)).toContain('crash')
  })
  test('after them the text goes on', () => {
    expect(offered(added('  x: { kind: nginx }\n  y:\n    kind: ¦'))).toEqual(kinds)
    expect(offered(added('  x: { kind: nginx }\n  y: { kind: mysql, ¦ }'))).toContain('io')
  })
})

test('what was taken over with << and from the scenario that is extended is known', () => {
  expect(offered(with04('<<: *haproxy, host: lb-2', '<<: *haproxy, ¦'))).toContain('timeout_check')
  expect(offered(with04('<<: *haproxy,', '<<: *¦,'))).toEqual([
    '*haproxy',
    '*nginx',
    '*app',
    '*queries',
    '*disk',
    '*lan',
  ])
  const dies = card('experiments/02-nginx-dies')
  expect(offered(dies.text.replace('target: nginx-2', 'target: ¦'), dies)).toContain('mysql-2')
  expect(offered(`${dies.text}components:\n  haproxy:\n    ¦`, dies)).toContain('timeout_check')
})

test('of every option of every shipped scenario its name is offered where it stands, and so is its value if it is a word', () => {
  let keys = 0
  for (const scenario of shipped) {
    const { text } = scenario
    const known = { catalog: all, written: writtenIn(scenario, names)!, anchors: anchorsIn(text) }
    for (const { index, 0: key, 1: name } of text.matchAll(/(?<=^ *|- |[{,] )([a-z_0-9]+):(?= )/gm)) {
      if (text.slice(text.lastIndexOf('\n', index) + 1, index).includes('#')) continue
      const at = index + key.length - 1
      const spot = spotAt(text, at)!
      expect(spot, `${scenario.id} ${index} ${key}`).toMatchObject({ what: 'key', word: name })
      const offers = offersAt(spot, known).map(({ label }) => label)
      // What stands there by the author's own choice.
      if (offers.filter((one) => one !== '<<').length === 0) continue
      keys++
      expect(offers, `${scenario.id}: ${spot.path.join('.')} ${name}`).toContain(name)
    }
  }
  expect(keys).toBeGreaterThan(600)
})

test('wherever the cursor is, in whatever is left of a text, something or nothing is offered', () => {
  const text = scaled.text
  const place = fc.integer({ min: 0, max: text.length })
  fc.assert(
    fc.property(place, place, fc.string({ maxLength: 5 }), (a, b, typed) => {
      const cut = text.slice(0, Math.min(a, b)) + typed + text.slice(Math.max(a, b))
      const at = Math.min(a, b) + typed.length
      const spot = spotAt(cut, at)
      if (spot === null) return
      expect(cut.slice(spot.from, at)).toBe(spot.word)
      const written = writtenIn({ ...scaled, text: cut }, names) ?? writtenIn(scaled, names)!
      offersAt(spot, { catalog: all, written, anchors: anchorsIn(cut) })
    }),
    { numRuns: 150 },
  )
})

test('sections and metrics are those that the checker knows', () => {
  expect(new Set(sections.map(({ name }) => name))).toEqual(topWords)
  const demands = ['capacity', 'availability_year', 'spof']
  expect(metrics.map(({ name }) => name).sort()).toEqual([...Object.keys(METRICS.all), ...demands].sort())
  expect(metrics.slice(0, 10).every(({ name }) => Object.hasOwn(METRICS.classes, name))).toBe(true)
})
