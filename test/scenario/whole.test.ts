import { expect, it, test } from 'vitest'
import { readScenario, shippedNames } from '../../cli/files.js'
import { parseScenario } from '../../sim/scenario/parse.js'
import { wholeText } from '../../sim/scenario/whole.js'

/** With what is in maps. */
const spelled = (value: unknown): string =>
  JSON.stringify(value, (_, one) => (one instanceof Map ? [...one] : one))

test.each(shippedNames())('%s in one text is the same scenario', (name) => {
  const { source, file: _, ...there } = readScenario(name)
  const text = wholeText([source.text, ...Object.values(source.files)])
  const { source: __, file: ___, ...own } = parseScenario(text, 'own.yaml')
  expect(spelled(own)).toBe(spelled(there))
  expect(text).not.toMatch(/^extends:|yaml-language-server/m)
})

const base = `# The picture of the other.

users: { web: { arrive: poisson(1/s), to: a, mix: { read: 50%, write: 50% } } }
components:
  # What both are.
  a: &app { kind: app, service: &laws { read: 1ms, write: 2ms }, workers: 4 }
  b: { <<: *app, workers: 5 } # one more
  c: { kind: app, service: *laws }
`
const whole = (own: string, below = base) => wholeText([`extends: base.yaml\n${own}`, below])
const optionsOf = (text: string) =>
  Object.fromEntries(
    parseScenario(text, 'own.yaml').components.map(({ name, options }) => [name, spelled(options)]),
  )

it('keeps the comments of both, and the picture of the one that extends', () => {
  const text = wholeText([
    `# Own picture.\n\nextends: base.yaml\ncomponents: { d: { kind: app, service: 1ms } } # new\n`,
    base,
  ])
  expect(text).toMatch(/^# Own picture\.\n\nusers:/)
  expect(text).toContain('# What both are.')
  expect(text).toContain('# one more')
  expect(text).not.toContain('The picture of the other')
  expect(text).toContain('<<: *app')
})

test.each([
  ['a value in what others name', 'components: { a: { workers: 9 } }'],
  ['a value in what is named by others', 'components: { b: { service: { read: 7ms } } }'],
  ['a value in a map of aliases', 'components: { c: { service: { write: 8ms } } }'],
  ['something else for what others name', 'components: { a: { service: 3ms } }'],
  ['anchors of its own', 'components: { a: { service: &laws { read: 4ms } }, b: { service: *laws } }'],
  ['something that is taken away', 'components: { b: null, c: { service: { write: null } } }'],
  ['nothing', 'faults: null'],
])('changes %s, there and nowhere else', (_, own) => {
  const read = (file: string) => (file === 'base.yaml' ? base : '')
  const there = parseScenario(`extends: base.yaml\n${own}\n`, 'own.yaml', {}, read)
  const expected = Object.fromEntries(there.components.map(({ name, options }) => [name, spelled(options)]))
  expect(optionsOf(whole(`${own}\n`))).toEqual(expected)
  expect(expected).not.toEqual(_ === 'nothing' ? {} : optionsOf(base))
})

it('is the text itself where nothing is extended', () => {
  expect(wholeText([`# yaml-language-server: $schema=x.json\n${base}`])).toBe(base)
})
