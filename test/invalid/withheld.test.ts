import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { held, parseScenario } from '../../sim/scenario/parse.js'
import { type Problem, ScenarioError, showProblem } from '../../sim/scenario/problem.js'
import { Dice, mutate } from './mutate.js'

const folder = path.resolve(import.meta.dirname, '../../scenarios')
const texts = readdirSync(folder)
  .filter((name) => name.endsWith('.yaml'))
  .sort()
  .map((name) => readFileSync(path.join(folder, name), 'utf8'))

const SECRET = /swordfish|739391/
const secrets = [
  ...'swordfish 739391 -739391 0.739391 739391ms 739391m 739391/s 739391% 1e739391 739391.5k'.split(' '),
  ...'swordfish(1ms) exponential(swordfish) gamma(739391,1ms) erlang(739391,1ms) trace(swordfish) !swordfish'.split(
    ' ',
  ),
  ...'*swordfish,&swordfish x,"swordfish,[swordfish],{ swordfish: 739391 },swordfish: 1,<<: swordfish'.split(
    ',',
  ),
  'lognormal(p50=swordfish, p99=1s)',
  '"\\swordfish"',
  '"closed(users=739391, think=swordfish)"',
  '"a, not swordfish"',
  '"x\\": swordfish"',
]

function problemsIn(text: string, files: Record<string, string>, set: string[] = []): readonly Problem[] {
  try {
    parseScenario(text, 'named.yaml', { set }, held(files))
    return []
  } catch (error) {
    if (error instanceof ScenarioError) return error.problems
    throw error
  }
}

/** Some words or values of `text` are secrets. */
function spiced(text: string, dice: Dice): string {
  let whole = dice.below(3) === 0 ? mutate(text, dice) : text
  for (let n = 1 + dice.below(3); n > 0; n--) {
    const words = [...whole.matchAll(dice.of([/(?<=: )[^\s,{}][^,}\n]*/g, /[\w.-]+/g, /\S+(?=:)/g]))]
    if (words.length === 0) break
    const { 0: word, index } = dice.of(words)
    whole = whole.slice(0, index) + dice.of(secrets) + whole.slice(index! + word.length)
  }
  return whole
}

/** A minute of them; CI looks at some. */
const FILES = process.env.NINES_BRIEF === undefined ? 2000 : 400

test(`messages never quote a base that the user did not name: ${FILES} files with secrets in them`, () => {
  let told = 0
  const unknown = new Set<string>()
  for (let seed = 0; seed < FILES; seed++) {
    const dice = new Dice(seed)
    const base = spiced(dice.of(texts), dice)
    for (const problem of problemsIn('extends: base.yaml\n', { 'base.yaml': base })) {
      told++
      if (problem.message.startsWith('does not fit')) unknown.add(String(seed))
      expect(showProblem(problem), `base ${seed}:\n${base}`).not.toMatch(SECRET)
    }
  }
  expect(told).toBeGreaterThan(FILES)
  // Most say what was expected.
  expect(unknown.size).toBeLessThan(FILES / 10)
})

test.each([
  'swordfish',
  '739391',
  '- swordfish',
  '"swordfish',
  'password: swordfish',
  'swordfish: 1\nswordfish: 2',
  'a\0swordfish',
  '{ swordfish',
])('nor what is no scenario at all: %j', (base) => {
  const problems = problemsIn('extends: base.yaml\n', { 'base.yaml': base }, [
    'hosts.x.cores=3',
    'swordfisk=1',
    'a.b=1',
  ])
  expect(problems.length).toBeGreaterThan(0)
  for (const problem of problems.filter(({ file }) => file === 'base.yaml'))
    expect(showProblem(problem)).not.toMatch(/swordfish|password|739391/)
  expect(problems.map(showProblem).join('\n')).not.toMatch(/password/)
})

test.each([
  'swordfish',
  '739391;1',
  'time,swordfish\n739391,1',
  'swordfish,service\n1,2',
  'time,class\n1,swordfish',
  'time,time\n1,1',
  '739391\n1',
  '1e739391',
  '-739391',
  '739391swordfish',
])('nor a table: %j', (table) => {
  for (const call of ['trace(t.csv)', 'renewal(empirical(t.csv))']) {
    const text = `users: { u: { arrive: ${call}, to: q, mix: { read: 1 } } }\ncomponents: { q: { kind: service, service: 1ms } }\n`
    for (const problem of problemsIn(text, { 't.csv': table }))
      expect(showProblem(problem)).not.toMatch(SECRET)
  }
})
