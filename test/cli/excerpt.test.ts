import { expect, test } from 'vitest'
import { showProblems } from '../../cli/excerpt.js'
import { parseScenario } from '../../sim/scenario/parse.js'
import { ScenarioError } from '../../sim/scenario/problem.js'

const look = { width: 80, colour: false }
const at = (line: number, column: number, file = 'own.yaml') => [
  { file, line, column, path: 'a.b', message: 'is wrong' },
]
const shown = (text: string, line: number, column: number, width = 80) =>
  showProblems(at(line, column), () => text, { ...look, width }).split('\n')

test('the line of the file stands below the message, with a caret under the place', () => {
  expect(shown('lasts: 10s\nusers:\n  web: { to: q }\n', 3, 10)).toEqual([
    'own.yaml:3:10: a.b: is wrong',
    '    3 |   web: { to: q }',
    '      |          ^',
  ])
})

test('tabs, wide characters and commands of terminals do not move it', () => {
  const [, line, caret] = shown('a:\t\u001b[31mé \u{1f600} x', 1, 14)
  for (const unit of ['\t', '\u001b']) expect(line).not.toContain(unit)
  expect([...line!][caret!.indexOf('^')]).toBe('x')
})

test('of a long line the part around the place is shown', () => {
  const [, line, caret] = shown(`${'-'.repeat(500)}X${'-'.repeat(500)}`, 1, 501, 60)
  expect(line!.length).toBeLessThanOrEqual(60)
  expect(line![caret!.indexOf('^')]).toBe('X')
})

test('what has no place, or is not there, is not quoted', () => {
  expect(shown('a: 1', 0, 0)).toHaveLength(1)
  expect(shown('a: 1', 7, 1)).toHaveLength(1)
})

test('files that are only named by a scenario are not quoted', () => {
  const secret = 'users: secret-of-another\n'
  const text = 'extends: other.yaml\nlasts: 10\n'
  let problems: ScenarioError['problems'] = []
  try {
    parseScenario(text, 'own.yaml', {}, () => secret)
  } catch (error) {
    if (!(error instanceof ScenarioError)) throw error
    problems = error.problems
  }
  const said = showProblems(problems, (file) => (file === 'own.yaml' ? text : undefined), look)
  expect(said).toContain('    2 | lasts: 10\n')
  expect(said).toMatch(/^other\.yaml:1:\d+: users/m)
  expect(said).not.toContain('| users: secret')
})

test('in colour on a terminal', () => {
  const said = showProblems(at(1, 1), () => 'a: 1', { width: 80, colour: true })
  expect(said).toContain('\u001b[31mown.yaml:1:1: a.b: is wrong\u001b[39m\n')
  expect(said).toContain('\u001b[1m^')
})
