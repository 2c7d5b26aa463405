import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { parseScenario } from '../../sim/scenario/parse.js'

const readme = readFileSync(path.resolve(import.meta.dirname, '../../README.md'), 'utf8')

it('shows a scenario that is one', () => {
  const [, example] = /```yaml\n([\s\S]*?)```/.exec(readme)!
  expect(parseScenario(example!, 'README.yaml').components).toHaveLength(5)
})

it('names commands that continuous integration runs', () => {
  const ci = readFileSync(path.resolve(import.meta.dirname, '../../.ci/run'), 'utf8')
  expect(ci).toContain('README.md')
})
