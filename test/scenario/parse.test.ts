import { expect, test } from 'vitest'
import { Model } from '../../sim/model/model.js'
import { Unreadable } from '../../sim/options/units.js'
import { held, parseScenario, type Reading } from '../../sim/scenario/parse.js'
import type { Scenario } from '../../sim/scenario/scenario.js'
import { problemsOf } from '../support/world.js'

const site = (service: string, next = '', users = '') => `
users: { web: { arrive: poisson(10/s), to: q${users} } }
components:
  q: { kind: service, service: ${service}${next} }
  end: { kind: service, service: 1ms }
`
const meanOf = (scenario: Scenario, component = 'q') => {
  const { options } = scenario.components.find(({ name }) => name === component)!
  return (options.service as { for(classes: readonly string[]): { mean: number }[] }).for(
    scenario.classes,
  )[0]!.mean
}

test('a scenario that is read while another is being read: each has its own names and files', () => {
  let inner: Scenario | undefined
  const reading: Reading = (name) => {
    inner = parseScenario(
      site('empirical(times.csv)').replaceAll('q', 'other'),
      'inner/x.yaml',
      {},
      held({ 'inner/times.csv': '4ms' }),
    )
    expect(name).toBe('outer/times.csv')
    return '2ms'
  }
  const text = site('empirical(times.csv)', ', next: end, patience: empirical(times.csv)')
  const outer = parseScenario(text, 'outer/x.yaml', {}, reading)
  expect(meanOf(outer)).toBeCloseTo(0.002, 12)
  expect(outer.source.files).toEqual({ 'outer/times.csv': '2ms' })
  expect(meanOf(inner!, 'other')).toBeCloseTo(0.004, 12)
  expect(inner!.source.files).toEqual({ 'inner/times.csv': '4ms' })
})

test('scenarios that are read by turns, each waiting in between, do not mix', async () => {
  const read = async (ms: number) => {
    const text = site(`{ default: empirical(${ms}.csv) }`)
    await Promise.resolve()
    const scenario = parseScenario(text, `${ms}/x.yaml`, {}, held({ [`${ms}/${ms}.csv`]: `${ms}ms` }))
    await Promise.resolve()
    return meanOf(parseScenario(text, scenario.file, {}, held(scenario.source.files)))
  }
  const means = await Promise.all([read(1), read(2), read(3)])
  for (const [i, mean] of means.entries()) expect(mean).toBeCloseTo((i + 1) / 1000, 12)
})

test('files may be named wherever a law may stand: of users, of classes, in arrivals and faults', () => {
  const text = `
lasts: 10s
users:
  open: { arrive: trace(t.csv), to: q, backoff: empirical(t.csv) }
  gaps: { arrive: renewal(empirical(t.csv)), to: q }
  closed: { arrive: "closed(users=3, think=empirical(t.csv))", to: q }
components: { q: { kind: service, service: { request: empirical(t.csv), default: 1ms } } }
faults: [{ kind: crash, target: q, mtbf: empirical(t.csv), mttr: empirical(t.csv) }]
`
  const scenario = parseScenario(text, 'x.yaml', {}, held({ 't.csv': '2s\n4s' }))
  const [open, gaps, closed] = scenario.users
  expect(open!.backoff.mean).toBeCloseTo(3, 12)
  expect(gaps!.arrive).toMatchObject({ open: { rate: 1 / 3 } })
  expect(closed!.arrive).toMatchObject({ users: 3, think: { mean: 3 } })
  expect(meanOf(scenario)).toBeCloseTo(3, 12)
  expect(scenario.faults[0]!.random).toMatchObject({ mtbf: { mean: 3 }, mttr: { mean: 3 } })
  expect(() => new Model(scenario, 0).run()).not.toThrow()
})

test('a file that cannot be read, or used, is told where it is named, whatever else is wrong there', () => {
  const text = `
users: { web: { arrive: renewal(empirical(a.csv)), to: nowhere, retries: x } }
components: { q: { kind: service, service: { request: 3, default: empirical(b.csv) }, next: [p] } }
`
  const told = problemsOf(text)
  expect(told).toEqual([
    '2:17: users.web.arrive: expected a file that can be read: a.csv: there is no such file, for file in empirical(file), for gap in renewal(gap)',
    '2:52: users.web.to: there is no component "nowhere" (known: q)',
    '2:65: users.web.retries: expected a whole number from 0 to 100, not "x"',
    '3:46: components.q.service.request: expected a duration such as 40ms or 2min, not "3" without a unit',
    '3:58: components.q.service.default: expected a file that can be read: b.csv: there is no such file, for file in empirical(file)',
    '3:94: components.q.next.0: there is no component "p"; did you mean "q"?',
  ])
  const failing: Reading = () => {
    throw new Unreadable('the unreadable')
  }
  expect(() => parseScenario(site('empirical(a.csv)'), 'x.yaml', {}, failing)).toThrow(
    'x.yaml:4:23: components.q.service: expected the unreadable, for file in empirical(file)',
  )
})

test('a list of one component needs no brackets, whatever the kind', () => {
  const single = (to: string) => `
users: { web: { arrive: poisson(10/s), to: dns } }
components:
  dns: { kind: dns, addresses: ${to.replace('x', 'lb')} }
  lb: { kind: haproxy, servers: ${to.replace('x', 'nginx')} }
  nginx: { kind: nginx, upstream: ${to.replace('x', 'app')} }
  app: { kind: app, service: 1ms, database: ${to.replace('x', 'db')}, queries: 1 }
  db: { kind: mysql, service: 1ms, replicas: ${to.replace('x', 'copy')} }
  copy: { kind: mysql, service: 1ms, writes: ${to.replace('x', 'request')} }
`
  const stripped = (text: string) =>
    parseScenario(text, 'x.yaml').components.map(({ name, refs, options }) => ({ name, refs, options }))
  expect(problemsOf(single('x'))).toEqual([])
  expect(stripped(single('x'))).toEqual(stripped(single('[x]')))
})

test('wherever a list of components is meant, one can stand by itself', () => {
  const names = (server: string) => `
lasts: 10s
users: { v: { arrive: poisson(50/s), to: d } }
components:
  d: { kind: dns, addresses: ${server.replace('X', 'h')} }
  h: { kind: haproxy, servers: ${server.replace('X', 'n')} }
  n: { kind: nginx, upstream: ${server.replace('X', 'a')} }
  a: { kind: app, service: 1ms, database: ${server.replace('X', 'm')} }
  m: { kind: mysql, service: 1ms, replicas: ${server.replace('X', 'e')} }
  e: { kind: mysql, service: 1ms }
  o: { kind: monitor, targets: ${server.replace('X', 'a')} }`
  const [alone, listed] = ['X', '[X]'].map((way) => parseScenario(names(way), 'test.yaml').components)
  expect(alone!.map(({ options }) => options)).toEqual(listed!.map(({ options }) => options))
})

test('what is wrong with a single name is told at the name', () => {
  const text = `
users: { web: { arrive: poisson(10/s), to: lb } }
components:
  lb: { kind: haproxy, servers: dbb }
  db: { kind: mysql, service: 1ms, replicas: other }
  other: { kind: service, service: 1ms }
  none: { kind: fanout, to: [] }
`
  expect(problemsOf(text)).toEqual([
    '4:24: components.lb.servers: there is no component "dbb"; did you mean "db"?',
    '5:36: components.db.replicas: expected a component of kind mysql, and other is of kind service',
    '7:25: components.none.to: expected at least one component',
  ])
})

test('a scenario parsed twice is the same', () => {
  const text = site(
    '{ a: exponential(2ms), default: empirical(t.csv) }',
    ', next: end',
    ', mix: { a: 40%, b: 60% }',
  )
  const read = () => parseScenario(text, 'x.yaml', { set: ['lasts=5s'] }, held({ 't.csv': '1ms' }))
  const comparable = ({ users, ...rest }: Scenario) => ({
    ...rest,
    users: users.map(({ arrive, ...others }) => ({ ...others, arrive: JSON.stringify(arrive) })),
  })
  expect(comparable(read())).toEqual(comparable(read()))
})

test('a file may be called as JavaScript calls its own, and a part may not', () => {
  const text = `lasts: 10s
users: { u: { arrive: trace(__proto__), to: q } }
components: { q: { kind: service, service: 1ms } }`
  const scenario = parseScenario(text, 'a.yaml', {}, () => '1\n2\n')
  expect(Object.entries(scenario.source.files)).toEqual([['__proto__', '1\n2\n']])
  // As a thread gets it.
  const { source } = structuredClone({ source: scenario.source })
  const again = parseScenario(source.text, source.file, source.overrides, (name) => source.files[name]!)
  const recorded = ({ users: [own] }: Scenario) =>
    'open' in own!.arrive ? own!.arrive.open.recorded?.times : null
  expect(recorded(again)).toEqual([1, 2])
  expect(recorded(scenario)).toEqual([1, 2])
  const set = [
    'components.__proto__={kind: service, service: 1ms}',
    'components.a\u202eb={kind: service, service: 1ms}',
  ]
  expect(() => parseScenario(text, 'a.yaml', { set }, () => '1\n')).toThrow(
    '--set: "__proto__" cannot be a key\n--set: "a b" cannot be a key',
  )
})

test.each([
  ['an empty line follows', '# Who is quick?\n\nname: Two'],
  ['none follows', '# Who is quick?\nname: Two'],
  ['a line for editors stands above', '# yaml-language-server: $schema=x.json\n# Who is quick?\n\nname: Two'],
  ['and no empty line follows', '# yaml-language-server: $schema=x.json\n# Who is quick?\nname: Two'],
  ['one stands apart', '# yaml-language-server: $schema=x.json\n\n# Who is quick?\n\nname: Two'],
  [
    'and the question belongs to the first key',
    '# yaml-language-server: $schema=x\n\n# Who is quick?\nname: Two',
  ],
])('the comment at the top is the preface where %s', (_, top) => {
  const text = `${top}\nusers: { web: { arrive: poisson(1/s), to: q } }\ncomponents: { q: { kind: service, service: 1ms } }\n`
  expect(parseScenario(text, 'top.yaml').preface).toBe('Who is quick?')
})

test('--set with nothing takes away what is there, and what is not there is told as ever', () => {
  const text =
    'users: { u: { arrive: poisson(1/s), to: q } }\ncomponents: { q: { kind: service, service: 1ms, servers: 3 } }'
  const servers = (...set: string[]) =>
    parseScenario(text, 'a.yaml', { set }).components[0]!.options.servers as number
  expect(servers()).toBe(3)
  expect(servers('components.q.servers=null')).toBe(1)
  expect(() => servers('components.q.server=null')).toThrow('did you mean "servers"?')
  expect(() => servers('components.q.queue=null')).toThrow('not nothing')
})
