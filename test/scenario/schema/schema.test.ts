import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { Ajv } from 'ajv'
import { describe, expect, it, test } from 'vitest'
import { parse } from 'yaml'
import { catalog, type OptionEntry } from '../../../sim/scenario/catalog.js'
import { FORMS } from '../../../sim/scenario/schema/forms.js'
import { scenarioSchema } from '../../../sim/scenario/schema/schema.js'
import { root } from '../../support/built.js'

const schema = scenarioSchema()
const fits = new Ajv({ strict: true, strictTypes: false, strictRequired: false }).compile(schema)

const all = new Ajv({ strict: false, allErrors: true }).compile(schema)

const yamlIn = (folder: string): string[] =>
  readdirSync(path.join(root, folder))
    .filter((name) => name.endsWith('.yaml') && name !== 'suite.yaml')
    .map((name) => `${folder}/${name}`)
const shipped = ['scenarios', 'scenarios/experiments', 'validation', 'validation/measured'].flatMap(yamlIn)
const read = (file: string) => readFileSync(path.join(root, file), 'utf8')
const data = (text: string): unknown => parse(text, { merge: true, logLevel: 'error' })

/** What is wrong by the schema, as paths: all of it. */
function wrong(text: string): string[] {
  all(data(text))
  const named = (all.errors ?? []).filter(({ keyword }) => !['if', 'anyOf', 'allOf'].includes(keyword))
  return [...new Set(named.map((error) => `${error.instancePath} ${error.message}`))]
}

const stack = (components: string, rest = ''): string =>
  `users: { web: { arrive: poisson(1/s), to: a } }\ncomponents: { ${components} }\n${rest}`
const app = 'a: { kind: app, service: 5ms }'

test('all scenarios that come with the program fit, and name the file of the schema', () => {
  expect(shipped.length).toBeGreaterThan(120)
  for (const file of shipped) {
    const text = read(file)
    expect(fits(data(text)), `${file} ${JSON.stringify(fits.errors)}`).toBe(true)
    const [, named] = /^# yaml-language-server: \$schema=(\S+)\n/.exec(text) ?? []
    expect(path.resolve(root, path.dirname(file), named ?? ''), file).toBe(
      path.join(root, 'docs/scenario.schema.json'),
    )
  }
  expect(existsSync(path.join(root, 'docs/scenario.schema.json'))).toBe(true)
})

test('so do the examples of all kinds, and of all faults', () => {
  for (const { name, example } of catalog().components) {
    const text = `users: { web: { arrive: poisson(1/s), to: ${name} } }\ncomponents:\n${example.replace(/^/gm, '  ')}\n`
    expect(fits(data(text)), `${name} ${JSON.stringify(fits.errors)}`).toBe(true)
  }
  for (const { name, example } of catalog().faults) {
    const text = stack(app, `faults:\n  - ${example}\n`)
    expect(fits(data(text)), `${name} ${JSON.stringify(fits.errors)}`).toBe(true)
  }
})

test('and what the documents show', () => {
  for (const page of ['README.md', 'docs/scenario.md', 'docs/objectives.md', 'docs/capacity.md'])
    for (const [, text] of read(page).matchAll(/^```yaml\n([\s\S]*?)^```/gm))
      expect(fits(data(text!)), `${page} ${JSON.stringify(fits.errors)}\n${text}`).toBe(true)
})

describe('bad files whose fault is one of structure do not fit', () => {
  const STRUCTURE =
    'anchors-of-lists empty-sections faults hosts laws list many missing names-of-javascript no-sections nothing number numbers real-servers text unknown-keys wires wrong-kind wrong-types units'
  test.each(STRUCTURE.split(' '))('%s', (name) => {
    expect(wrong(read(`test/invalid/files/${name}.yaml`))).not.toEqual([])
  })
})

describe('what is wrong is said where it stands', () => {
  test.each([
    [
      'an option that there is not',
      stack('a: { kind: app, service: 5ms, workrs: 2 }'),
      '/components/a must NOT',
    ],
    ['a kind that there is not', stack('a: { kind: ap, service: 5ms }'), '/components/a/kind must be equal'],
    [
      'an option that is missing',
      stack('a: { kind: app }'),
      "/components/a must have required property 'service'",
    ],
    ['no kind', stack('a: { service: 5ms }'), "/components/a must have required property 'kind'"],
    [
      'a duration without its unit',
      stack('a: { kind: app, service: 5 }'),
      '/components/a/service must be string',
    ],
    ['an unknown law', stack('a: { kind: app, service: "expo(5ms)" }'), '/components/a/service must match'],
    [
      'a word that there is not',
      stack('a: { kind: nginx, upstream: [a], balance: robin }'),
      '/components/a/balance must be equal',
    ],
    [
      'an option of a server',
      stack('a: { kind: haproxy, servers: [{ name: b, wait: 3 }] }'),
      '/components/a/servers/0 must NOT',
    ],
    [
      'a fault without a time',
      stack(app, 'faults: [{ kind: crash, target: a }]'),
      "/faults/0 must have required property 'at'",
    ],
    [
      'a fault that there is not',
      stack(app, 'faults: [{ kind: crush, target: a, at: 1s }]'),
      '/faults/0/kind must be equal',
    ],
    ['a section that there is not', stack(app, 'fault: []'), ' must NOT have additional properties'],
    ['an objective that there is not', stack(app, 'expect: { latency: "<= 1s" }'), '/expect must NOT'],
    ['an objective that is no condition', stack(app, 'expect: { good: 99% }'), '/expect/good must match'],
  ])('%s', (_, text, place) => {
    expect(wrong(text).join('\n')).toContain(place)
    expect(fits(data(text))).toBe(false)
  })

  it('names nothing else', () => {
    expect(wrong(stack('a: { kind: app, service: 5ms, workrs: 2 }'))).toEqual([
      '/components/a must NOT have additional properties',
    ])
  })
})

test.each([
  [
    'switches as words or not',
    'a: { kind: haproxy, servers: b, option_httpclose: on, option_http_server_close: false }',
  ],
  ['one name or a list', 'a: { kind: nginx, upstream: b }'],
  ['servers with options', 'a: { kind: nginx, upstream: [b, { name: c, weight: 2 }] }'],
  ['numbers with a factor', 'a: { kind: app, workers: 1k, service: 0 }'],
  ['laws by class', 'a: { kind: app, service: { static: 1ms, default: "lognormal(mean=8ms, cv=1)" } }'],
  ['a merged map', 'x: &x { kind: app, service: 5ms }, a: { <<: *x, workers: 2 }'],
])('either spelling fits: %s', (_, components) => {
  expect(fits(data(stack(components))), JSON.stringify(fits.errors)).toBe(true)
})

test('what extends another file says only what differs, also without a kind', () => {
  const text = 'extends: b.yaml\ncomponents: { a: { workers: 2 } }\nfaults: null\nexpect: { good: null }\n'
  expect(fits(data(text)), JSON.stringify(fits.errors)).toBe(true)
  expect(fits(data(`${text}fault: []`))).toBe(false)
  const taken = 'components: { a: null }\nusers: { web: null }\nhosts: { h: null }\n'
  expect(fits(data(`extends: b.yaml\n${taken}`)), JSON.stringify(fits.errors)).toBe(true)
  expect(fits(data(taken))).toBe(false)
  // Where an editor leaves it as it is.
  expect(fits({ extends: 'b.yaml', components: { '<<': {}, a: { kind: 'app', '<<': {} } } })).toBe(true)
})

test('each option of the catalog is there, with what is said of it', () => {
  const definitions = schema.definitions as Record<
    string,
    { properties: Record<string, { description?: string }> }
  >
  const checked = (name: string, options: readonly OptionEntry[]) => {
    for (const option of options)
      expect(definitions[name]!.properties[option.name]?.description, `${name} ${option.name}`).toBe(
        option.says,
      )
  }
  const { components, faults, users, hosts, wires } = catalog()
  for (const { name, options } of components) checked(`component-${name}`, options)
  for (const { name, options } of faults) checked(`fault-${name}`, options)
  checked('users', users)
  checked('host', hosts)
  checked('wire', wires)
})

test('no form lets through what is written in no way', () => {
  const definitions = schema.definitions as Record<string, unknown>
  for (const name of Object.keys(FORMS).map((one) => one.replaceAll(' ', '-'))) {
    const one = new Ajv({ strict: false }).compile({ definitions, $ref: `#/definitions/${name}` })
    for (const value of ['soon', '5 parsecs', '', 'poison(1/s)', true, [1]])
      expect(one(value), `${name} ${value}`).toBe(false)
  }
})
