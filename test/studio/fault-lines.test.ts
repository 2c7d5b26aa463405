import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { catalog } from '../../sim/scenario/catalog.js'
import { parseScenario } from '../../sim/scenario/parse.js'
import { exampleOf, faultsFor, fieldsOf, lineOf, titleOf } from '../../studio/page/fault-lines.js'

const all = catalog()
const faultOf = (name: string) => all.faults.find((fault) => fault.name === name)!

it('reads the example of each fault as YAML does', () => {
  for (const { example } of all.faults) {
    const read = parse(example) as Record<string, unknown>
    const found = exampleOf(example)
    expect([...found.keys()]).toEqual(Object.keys(read))
    for (const [name, value] of found) expect(parse(value)).toEqual(read[name])
  }
})

it('offers what can strike a box, a host, a wire, and users', () => {
  const names = (sort: Parameters<typeof faultsFor>[1]) => faultsFor(all, sort).map(titleOf)
  const parts = ['Crash', 'Hang', 'Slow', 'Errors', 'Partition', 'Latency', 'Loss', 'Certificate', 'Drain']
  expect(names('component')).toEqual([...parts, 'Deploy', 'NXDOMAIN', 'SYN flood'])
  expect(names('host')).toEqual([...parts, 'Fill'])
  expect(names('wire')).toEqual(['Partition', 'Latency', 'Loss'])
  expect(names('users')).toEqual(['Surge'])
})

it('asks for what must be given, as the example gives it, and for nothing that every fault has', () => {
  const asked = (name: string) =>
    fieldsOf(faultOf(name)).map(({ name, value, required }) => [name, value, required])
  expect(asked('crash')).toEqual([])
  expect(asked('slow')).toEqual([['factor', '5', true]])
  expect(asked('latency')).toEqual([['add', '80ms', true]])
  expect(asked('maintenance')).toEqual([['drain', '20s', false]])
})

it('writes lines that a scenario takes: each fault with the options that the page asks for', () => {
  const stack = `hosts: { server: { disk_size: 50GB } }
users: { visitors: { arrive: poisson(1/s), to: lb } }
components: { dns: { kind: dns, addresses: [lb] }, lb: { kind: haproxy, tls: { certificate: rsa2048 }, servers: [app] }, cd: { kind: deployment, targets: [app] }, app: { kind: app, service: 8ms, database: mysql }, mysql: { kind: mysql, service: 4ms } }
lasts: 10min
`
  for (const fault of all.faults) {
    const [sort] = fault.targets
    const target =
      { deploy: 'cd', nxdomain: 'dns', fill: 'server' }[fault.name] ??
      (sort === 'users' ? 'visitors' : sort === 'wire' ? 'app -> mysql' : 'lb')
    const options = Object.fromEntries(fieldsOf(fault).map(({ name, value }) => [name, value]))
    const line = lineOf({ kind: fault.name, target, ...options }, 30.017, 40.5)
    const { faults } = parseScenario(`${stack}faults:\n  - ${line}\n`, 'a.yaml')
    expect(faults).toMatchObject([{ targets: [target], timed: { at: 30.017, lasts: 40.5 } }])
  }
})

it('says when and how long to the millisecond, and keeps what was given by hand', () => {
  expect(lineOf({ kind: 'crash', target: 'nginx-1' }, 30.017, null)).toBe(
    '{ kind: crash, target: nginx-1, at: 30.017s }',
  )
  expect(lineOf({ kind: 'crash', target: 'a', for: '1min' }, 3, null)).toBe(
    '{ kind: crash, target: a, at: 3s, for: 1min }',
  )
  expect(lineOf({ kind: 'crash', target: 'a', for: '1min' }, 3, 0.5)).toBe(
    '{ kind: crash, target: a, at: 3s, for: 0.5s }',
  )
})

it('quotes what YAML would read as something else', () => {
  for (const target of [
    'on',
    'true',
    'a: b',
    'a, b',
    '1e3',
    "it's",
    'a "b"',
    '#1',
    'null',
    'größe',
    ' a',
    '-',
  ])
    expect(parse(lineOf({ kind: 'crash', target }, 1, null))).toMatchObject({ target })
  expect(parse(lineOf({ kind: 'slow', target: 'a', factor: '20%' }, 1, null))).toMatchObject({
    factor: '20%',
  })
  expect(lineOf({ kind: 'surge', target: 'a', factor: 1.5 }, 1, null)).toContain('factor: 1.5,')
})
