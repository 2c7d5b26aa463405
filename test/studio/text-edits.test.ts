import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { parseDuration } from '../../sim/options/units.js'
import { held, parseScenario } from '../../sim/scenario/parse.js'
import type { Text } from '../../studio/messages.js'
import { lineOf } from '../../studio/page/fault-lines.js'
import { difference, withChanged, withFault } from '../../studio/page/text-edits.js'
import { shipped } from './shipped.js'

const alone = (text: string): Text => ({ text, file: 'a.yaml', files: {} })
const line = '{ kind: crash, target: nginx-1, at: 30.017s }'

/** Lines of the second that are not in the first; both in order, and nothing else may differ. */
function added(before: string, after: string): string[] {
  const there = before.split('\n')
  const more: string[] = []
  for (const one of after.split('\n')) {
    if (one === there[0]) there.shift()
    else more.push(one)
  }
  // A last line without an end.
  expect(there.filter((one) => one !== '')).toEqual([])
  return more
}

test('every shipped scenario takes a fault as a line, and nothing else changes', () => {
  expect(shipped.length).toBeGreaterThan(30)
  for (const scenario of shipped) {
    const before = parseScenario(scenario.text, scenario.file, {}, held(scenario.files))
    const { name } = before.components[0]!
    const text = withFault(scenario, lineOf({ kind: 'crash', target: name }, 30.017, null))!
    const more = added(scenario.text, text).filter((one) => one !== '')
    expect(more.at(-1), scenario.file).toBe(`  - { kind: crash, target: ${name}, at: 30.017s }`)
    if (!/^faults:/m.test(scenario.text)) expect(more[0], scenario.file).toBe('faults:')
    const after = parseScenario(text, scenario.file, {}, held(scenario.files))
    expect(after.faults).toHaveLength(before.faults.length + 1)
    expect(after.faults.at(-1)!.timed!.at).toBe(30.017)
    expect({ ...parse(text, { merge: true }), faults: 0 }).toEqual({
      ...parse(scenario.text, { merge: true }),
      faults: 0,
    })
  }
})

test('any fault, at any time, is read as it was struck, and lasts as it is healed', () => {
  const word = fc.oneof(fc.string({ minLength: 1 }), fc.stringMatching(/^[a-z][a-z0-9 ,:#>{}"'%().-]{1,9}$/))
  // What is written as a number is one.
  const name = word.filter((text) => Number.isNaN(Number(text)) || text.trim() === '')
  const struck = fc.record({ kind: name, target: name, share: fc.oneof(fc.nat(), name) })
  const time = fc.integer({ min: 0, max: 10_000_000 }).map((ms) => ms / 1000)
  fc.assert(
    fc.property(fc.nat(shipped.length - 1), struck, time, time, (which, blow, at, lasts) => {
      const scenario = shipped[which]!
      const line = lineOf(blow, at, null)
      const text = withFault(scenario, line)!
      const fault = parse(text).faults.at(-1)
      expect(fault).toEqual({ ...blow, at: fault.at })
      expect(parseDuration(fault.at)).toBe(at)
      const healed = withChanged(text, line, lineOf(blow, at, lasts))
      expect(parse(healed).faults.at(-1)).toEqual({ ...fault, for: parse(healed).faults.at(-1).for })
      expect(parseDuration(parse(healed).faults.at(-1).for)).toBe(lasts)
      expect(healed.split('\n')).toHaveLength(text.split('\n').length)
      // As the editor takes it.
      const { from, to, insert } = difference(text, healed)
      expect(text.slice(0, from) + insert + text.slice(to)).toBe(healed)
    }),
    { numRuns: 50 },
  )
})

describe('a fault goes', () => {
  test.each([
    [
      'after the last',
      'faults:\n  - { kind: hang }\nexpect: {}\n',
      `faults:\n  - { kind: hang }\n  - ${line}\nexpect: {}\n`,
    ],
    [
      'after its comment',
      'faults:\n- { kind: hang } # one\n',
      `faults:\n- { kind: hang } # one\n- ${line}\n`,
    ],
    [
      'after one in lines',
      'faults:\n  -\n    kind: hang\n    at: 3s\nx: 1',
      `faults:\n  -\n    kind: hang\n    at: 3s\n  - ${line}\nx: 1`,
    ],
    ['at an end without newline', 'faults:\n  - kind: hang', `faults:\n  - kind: hang\n  - ${line}`],
    ['into brackets', 'faults: [ { kind: hang } ]\n', `faults: [ { kind: hang }, ${line} ]\n`],
    [
      'into brackets with a comma',
      'faults: [\n  { kind: hang },\n]\n',
      `faults: [\n  { kind: hang }, ${line},\n]\n`,
    ],
    ['into empty brackets', 'faults: [] # none\nx: 1\n', `faults: # none\n  - ${line}\nx: 1\n`],
    ['into nothing', 'faults:\nx: 1\n', `faults:\n  - ${line}\nx: 1\n`],
    ['into nothing with a comment', 'x: 1\nfaults: # none', `x: 1\nfaults: # none\n  - ${line}`],
    ['into null', 'faults: null\n', `faults:\n  - ${line}\n`],
    [
      'into lines of another system',
      'x: 1\r\nfaults:\r\n  - a: 1\r\ny: 2\r\n',
      `x: 1\r\nfaults:\r\n  - a: 1\r\n  - ${line}\r\ny: 2\r\n`,
    ],
    [
      'before what is expected',
      'x: 1\n\n# Why.\nexpect: {}\n',
      `x: 1\n\nfaults:\n  - ${line}\n\n# Why.\nexpect: {}\n`,
    ],
    ['to the end', 'x: 1\ny: 2', `x: 1\ny: 2\nfaults:\n  - ${line}\n`],
    ['into braces', '{ x: 1 }', `{ x: 1, faults: [ ${line} ] }`],
    ['into braces with none', '{ faults: [], x: 1 }', `{ faults: [ ${line} ], x: 1 }`],
  ])('%s', (_, before, after) => {
    expect(withFault(alone(before), line)).toBe(after)
  })
})

test('what the text does not say is said with it, before the sections', () => {
  const top = [
    { option: 'lasts', value: '10min' },
    { option: 'warmup', value: '150s' },
  ]
  const end = `faults:\n  - ${line}\n`
  const written = (text: string) => withFault(alone(text), line, top)
  expect(written('# A.\n\nname: a # b\nlasts: 1min\n\nusers: {}\nseed: 1\n')).toBe(
    `# A.\n\nname: a # b\nlasts: 1min\nwarmup: 150s\n\nusers: {}\nseed: 1\n\n${end}`,
  )
  expect(written('# A.\nusers: {}\n')).toBe(`lasts: 10min\nwarmup: 150s\n# A.\nusers: {}\n${end}`)
  expect(written('seed: 1')).toBe(`seed: 1\nlasts: 10min\nwarmup: 150s\n${end}`)
  expect(written('{ x: {} }')).toBe(`{ lasts: 10min, warmup: 150s, x: {}, faults: [ ${line} ] }`)
})

test('nothing is written into what is no scenario', () => {
  for (const text of [
    '',
    '- a',
    'a: [',
    'faults: 3',
    'faults: { a: 1 }',
    'x: &x []\nfaults: *x',
    'a: 1\n---\nb: 1',
    `a: ${'['.repeat(50_000)}`,
  ])
    expect(withFault(alone(text), line), text).toBeNull()
})

test('what a scenario has from the one that it extends it keeps', () => {
  const base = 'wait: &w 3s\nfaults:\n  - kind: hang\n    target: [a, b]\n    at: *w\n'
  const files = { '../base.yaml': 'extends: top.yaml\n', '../top.yaml': base }
  const scenario = { text: 'extends: ../base.yaml\n', file: 'own.yaml', files }
  expect(withFault(scenario, line)).toBe(
    `extends: ../base.yaml\nfaults:\n  - { kind: hang, target: [ a, b ], at: 3s }\n  - ${line}\n`,
  )
  // It has said that it has none of its own.
  const none = { ...scenario, text: 'extends: ../base.yaml\nfaults: []\n' }
  expect(withFault(none, line)).toBe(`extends: ../base.yaml\nfaults:\n  - ${line}\n`)
})

test('a line that the reader has changed stays as he has it', () => {
  expect(withChanged('a: [x]\nb: [x]\n', '[x]', '[y]')).toBe('a: [x]\nb: [y]\n')
  expect(withChanged('a: [z]\n', '[x]', '[y]')).toBe('a: [z]\n')
})
