import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { readScenario } from '../../cli/files.js'
import { parseScenario } from '../../sim/scenario/parse.js'
import { ScenarioError } from '../../sim/scenario/problem.js'

const folder = mkdtempSync(path.join(tmpdir(), 'nines-nonsense-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** What is said, one line a problem, in a moment: whatever goes on for minutes fails by the test's own timeout. */
function said(read: () => unknown): string[] {
  try {
    read()
  } catch (error) {
    if (error instanceof ScenarioError) return error.message.split('\n')
    throw error
  }
  return []
}
const saidOf = (text: string) => said(() => parseScenario(text, 'x.yaml'))

/** The longest text that is looked at all the same. */
const LENGTH = 999_000
const full = (part: string) => part.repeat(Math.ceil(LENGTH / part.length)).slice(0, LENGTH)
const each = (n: number, line: (i: number) => string) => Array.from({ length: n }, (_, i) => line(i)).join('')

test.each([
  ['letters', Buffer.alloc(10_000_000, 'nonsense')],
  ['lines', Buffer.alloc(10_000_000, 'a: b\n')],
  ['brackets', Buffer.alloc(10_000_000, '[')],
  ['bytes', Buffer.from(Uint8Array.from({ length: 10_000_000 }, (_, i) => (i * i * 31 + i) & 255))],
  ['zeros', Buffer.alloc(10_000_000)],
])('10 MB of nonsense: %s', (name, bytes) => {
  const file = path.join(folder, name)
  writeFileSync(file, bytes)
  expect(said(() => readScenario(file))).toEqual([`${file}: cannot be read: it is too long: more than 4 MB`])
})

test('a device without end is not read to its end', () => {
  expect(said(() => readScenario('/dev/zero'))).toEqual([
    '/dev/zero: cannot be read: it is too long: more than 4 MB',
  ])
})

test('a picture, or UTF-16, is no text', () => {
  const file = path.join(folder, 'scenario.png')
  writeFileSync(file, Buffer.from('89504e470d0a1a0a0000000d49484452000001', 'hex'))
  expect(said(() => readScenario(file))).toEqual([`${file}: is not a text: there are zero bytes in it`])
  writeFileSync(file, Buffer.from('users: {}', 'utf16le'))
  expect(said(() => readScenario(file))).toEqual([`${file}: is not a text: there are zero bytes in it`])
})

test('a byte order mark and bytes that are no UTF-8 in a comment do no harm', () => {
  const file = path.join(folder, 'marked.yaml')
  const text =
    'users: { web: { arrive: poisson(80/s), to: q } }\ncomponents: { q: { kind: service, service: 1ms } }\n'
  writeFileSync(file, Buffer.concat([Buffer.from('efbbbf23ff20e90a', 'hex'), Buffer.from(text)]))
  expect(said(() => readScenario(file))).toEqual([])
})

const deep = 'is nested too deeply'
const long = 'is too long for a scenario: more than 100000 parts'
test.each([
  ['[', full('['), `1:80: ${deep}`],
  ['{', full('{'), `1:80: ${deep}`],
  ['{a: ', full('{a: '), `1:317: ${deep}`],
  ['- ', full('- '), `1:159: ${deep}`],
  ['? ', full('? '), `1:159: ${deep}`],
  ['stairs', each(1400, (i) => `${' '.repeat(i)}a:\n`), `80:80: ${deep}`],
  ['&a ', full('&a '), ` ${long}`],
  ['*a ', full('*a '), ` ${long}`],
  ['---', full('---\n'), ` ${long}`],
  ['one list', `[${full('1,')}]`, ` ${long}`],
  ['empty lines', full('\n'), ` ${long}`],
  ['one word', full('word'), '1:1: is too long: 999000 characters, at most 2000'],
  ['spaces', full(' '), ' is empty: expected a scenario, with users: and components:'],
])('a text that is all %s', (_, text, message) => {
  expect(saidOf(text)).toEqual([`x.yaml:${message}`])
})

test('maps that take over maps again and again are bounded', () => {
  const text = `a: &a { ${each(8000, (i) => `k${i}: 1, `)} }\nb: { <<: [${'*a, '.repeat(8000)}] }\n`
  expect(saidOf(text)).toContain('x.yaml:2:6: <<: takes over more than 100000 values in all')
})

const site = (components: string) =>
  `users: { web: { arrive: poisson(80/s), to: c0 } }\ncomponents:\n${components}`
test('thousands of components, sound or broken, take moments', () => {
  const chain = each(1500, (i) => `  c${i}: { kind: service, service: 1ms, next: [c${i + 1}] }\n`)
  expect(saidOf(site(`${chain}  c1500: { kind: service, service: 1ms }\n`))).toEqual([])
  const broken = saidOf(site(each(2500, (i) => `  c${i}: { kind: service }\n`)))
  expect(broken.length).toBe(51)
  expect(broken.at(-1)).toBe('x.yaml: and 2450 further problems')
})

test('what breaks a line or colours a terminal does not come out again', () => {
  const [line, ...further] = saidOf(
    'users: { "a\\e[31m\\nb\\u202e": { arrive: "x\\e[0m", to: "\\0" } }\ncomponents: {}',
  )
  expect(further.length).toBeGreaterThan(0)
  for (const one of [line!, ...further]) expect(one).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u)
})
