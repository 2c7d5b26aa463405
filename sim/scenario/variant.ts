import { Document } from './document.js'
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

/** The sections of a scenario as they are written, with what it extends and what the command line sets: plain data. */
export interface Written {
  readonly hosts?: Readonly<Record<string, Entry>> | null
  readonly users: Readonly<Record<string, Entry>>
  readonly components: Readonly<Record<string, Entry>>
  readonly wires?: Readonly<Record<string, Entry>> | null
}
export type Entry = Readonly<Record<string, unknown>> | null

export function asWritten({ source: { text, file, overrides, files } }: Pick<Scenario, 'source'>): Written {
  return new Document(text, file, overrides, (name) => held(files)(name, 'scenario')).value as Written
}

/**
 * The scenario with other sections.
 * @throws ScenarioError where they do not fit
 */
export const rewritten = (scenario: Pick<Scenario, 'source'>, sections: Partial<Written>): Scenario =>
  variantOf(scenario, {
    set: Object.entries(sections).map(([section, entries]) => `${section}=${JSON.stringify(entries)}`),
  })
