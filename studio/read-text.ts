import { held, parseScenario } from '../sim/scenario/parse.js'
import { type Problem, ScenarioError } from '../sim/scenario/problem.js'
import type { Overrides, Scenario } from '../sim/scenario/scenario.js'
import { MOST_FILES, MOST_TEXT } from './bounds.js'
import type { Text } from './messages.js'

/** Characters that the files hold together which it names. */
const MOST_HELD = 4 * 1024 * 1024

/** The scenario that a text is, or what is wrong with it. */
export function readText(
  { text, file, files }: Text,
  overrides: Overrides = {},
): { readonly scenario: Scenario } | { readonly mistakes: readonly Problem[] } {
  const excess = excessOf(text, Object.values(files))
  if (excess !== null)
    return { mistakes: [{ file, line: 0, column: 0, path: '', message: `expected ${excess}` }] }
  try {
    return { scenario: parseScenario(text, file, overrides, held(files)) }
  } catch (error) {
    if (!(error instanceof ScenarioError)) throw error
    return { mistakes: error.problems }
  }
}

function excessOf(text: string, files: readonly string[]): string | null {
  if (text.length > MOST_TEXT) return `a text of at most ${MOST_TEXT / 1024} kB, not ${sizeOf(text.length)}`
  if (files.length > MOST_FILES)
    return `at most ${MOST_FILES} files that the scenario names, not ${files.length}`
  const held = files.reduce((sum, one) => sum + one.length, 0)
  return held > MOST_HELD
    ? `at most ${MOST_HELD / 1024} kB in all files that the scenario names, not ${sizeOf(held)}`
    : null
}

const sizeOf = (characters: number): string => `${Math.ceil(characters / 1024)} kB`
