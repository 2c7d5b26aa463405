import * as z from 'zod'
import { hint } from '../sim/options/nearest.js'
import { Unreadable } from '../sim/options/units.js'
import { parseScenario, type Reading } from '../sim/scenario/parse.js'
import { eachOf } from '../sim/scenario/problem.js'
import type { Overrides, Scenario } from '../sim/scenario/scenario.js'
import { Unusable } from './exit.js'
import { readScenario, readTexts, shippedNames } from './files.js'

/** Bounds of one question: scenarios, characters of a scenario, replications, settings. */
export const MOST = { scenarios: 8, characters: 200_000, replications: 100, settings: 50 } as const

const scenario = z
  .string()
  .max(MOST.characters)
  .describe(
    'the text of a scenario file (YAML), or the name of one that comes with the program, such as @02-distributed; a text may say "extends:" such a name',
  )

/** What is asked about, and what is said over what the scenarios say. */
export const givenOptions = {
  scenario: scenario.optional(),
  scenarios: z
    .array(scenario)
    .min(1)
    .max(MOST.scenarios)
    .optional()
    .describe('several of them, in the place of scenario'),
  seed: z.union([z.string(), z.number()]).optional().describe('of all random numbers'),
  replications: z.number().int().min(1).max(MOST.replications).optional().describe('independent runs'),
  lasts: z.string().optional().describe('simulated time that is measured, such as 2min'),
  warmup: z.string().optional().describe('simulated time before that, or auto'),
  set: z
    .array(z.string())
    .max(MOST.settings)
    .optional()
    .describe('other values for places of the scenario, such as users.web.retries=2'),
}
export type Given = z.output<z.ZodObject<typeof givenOptions>>

/**
 * Reads and checks what is asked about: texts, and scenarios that come with the program; no other file is opened.
 * @param least how many there must be
 * @throws ScenarioError with the problems of all of them, Unusable where there are too few
 */
export function readGiven(given: Given, least = 1, more: Overrides = {}): Scenario[] {
  const texts = [...(given.scenario === undefined ? [] : [given.scenario]), ...(given.scenarios ?? [])]
  if (texts.length < least)
    throw new Unusable(
      least === 1 ? 'expected scenario, or scenarios' : `expected ${least} scenarios or more`,
    )
  const { seed, replications, lasts, warmup, set = [] } = given
  const overrides: Overrides = {
    ...(seed !== undefined && { seed: String(seed) }),
    ...(replications !== undefined && { replications }),
    ...(lasts !== undefined && { lasts }),
    ...(warmup !== undefined && { warmup }),
    ...more,
    set: [...set, ...(more.set ?? [])],
  }
  return eachOf(texts, (text, i) =>
    readOne(text, texts.length > 1 ? `scenario-${i + 1}` : 'scenario', overrides),
  )
}

/** Problems of all ways to read them at once: as they are, and as they are run. */
export function readAlso(given: Given, more: Overrides): Scenario[] {
  const { lasts: _, warmup: __, replications: ___, ...plain } = given
  const [scenarios] = eachOf([() => readGiven(plain), () => readGiven(given, 1, more)], (read) => read())
  return scenarios!
}

/** @param label what a text is called in what is said of it */
function readOne(text: string, label: string, overrides: Overrides): Scenario {
  const name = text.trim()
  if (/[\n:]/.test(name)) return parseScenario(text, label, overrides, readShipped)
  const known = nameOf(name)
  // Says what there is.
  if (known === null) return readScenario(`@${name.replace(/^@/, '')}`)
  return parseScenario(readTexts(known).text, known, overrides, readShipped)
}

/** Of what a text extends: scenarios that come with the program, and what these extend. */
const readShipped: Reading = (file, sort) => {
  const name = nameOf(file)
  if (sort === 'scenario' && name !== null) return readTexts(name).text
  const names = shippedNames()
  throw new Unreadable(
    sort === 'table'
      ? `no file: ${file} cannot be read here`
      : `a scenario that comes with the program, not ${file}${hint(file, names)}`,
  )
}

/** As commands take it: `@02-distributed`, with or without the at sign and the ending. Null where there is none. */
function nameOf(text: string): string | null {
  const meant = `@${text.replace(/^(\.\.\/)*@?/, '').replace(/\.yaml$/, '')}`
  return shippedNames().includes(meant) ? meant : null
}
