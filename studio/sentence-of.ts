import { ScenarioError } from '../sim/scenario/problem.js'

/** Why something could not be done, for people. */
export function sentenceOf(error: unknown): string {
  if (error instanceof ScenarioError)
    return error.problems
      .map(({ path, message }) => (path === '' ? message : `${path}: ${message}`))
      .join('; ')
  return error instanceof Error ? error.message : String(error)
}
