import { held, parseScenario } from './parse.js'
import type { Overrides, Scenario } from './scenario.js'

/**
 * The scenario with something else in some places, as if a user had said so on the command line over what he said there.
 * @param changes what takes the place of the overrides that it has; `set` comes after those that it has
 * @throws ScenarioError where the change does not fit
 */
export function variantOf({ source }: Pick<Scenario, 'source'>, { set = [], ...rest }: Overrides): Scenario {
  const { text, file, overrides, files } = source
  const all = { ...overrides, ...rest, set: [...(overrides.set ?? []), ...set] }
  return parseScenario(text, file, all, held(files))
}
