import type { Files } from '../options/files.js'
import { Unreadable } from '../options/units.js'
import { checkComponents, checkOrder, checkTogether } from './check/components-section.js'
import { checkFaults } from './check/faults-section.js'
import { checkHosts, zonesOf } from './check/hosts-section.js'
import { knownFrom } from './check/known.js'
import { checkClasses, checkNames } from './check/names.js'
import { checkRecorded } from './check/recordings.js'
import { checkRepair } from './check/repair-section.js'
import { checkSizes } from './check/sizes-section.js'
import { checkTop } from './check/top.js'
import { checkUsers, classesOf } from './check/users-section.js'
import { checkLost, underLoad } from './check/variation.js'
import { checkWires } from './check/wires-section.js'
import { Document } from './document.js'
import { expectations } from './expect.js'
import { lengthOf } from './length.js'
import { baseOf, besideOf } from './paths.js'
import { ScenarioError } from './problem.js'
import { unspoken } from './readable.js'
import type { Overrides, Scenario, Source } from './scenario.js'
import { checkSize } from './size.js'
import { unstarted } from './spare-copies.js'

export { faultOptions } from './check/faults-section.js'
export { hostOptions } from './check/hosts-section.js'
export { repairOptions } from './check/repair-section.js'
export { sizeOptions } from './check/sizes-section.js'
export { usersOptions } from './check/users-section.js'
export { wireOptions } from './check/wires-section.js'

/**
 * Gives the text of a file that a scenario names: another scenario, or a table of numbers. Throws `Unreadable` where
 * it cannot.
 */
export type Reading = (file: string, sort: 'scenario' | 'table') => string

/** Texts that came with the scenario. */
export const held =
  (files: Source['files']): Reading =>
  (name) => {
    const text = Object.hasOwn(files, name) ? files[name] : undefined
    if (text === undefined) throw new Unreadable(`a file that came with the scenario, not ${name}`)
    return text
  }

const nothing: Reading = (name) => {
  throw new Unreadable(`no file: ${name} cannot be read here`)
}

/**
 * Checks the text of a scenario.
 *
 * @example
 * try {
 *   const scenario = parseScenario(text, 'stack.yaml', { lasts: '5min', replications: 10 })
 * } catch (error) {
 *   if (!(error instanceof ScenarioError)) throw error
 *   for (const problem of error.problems) console.error(showProblem(problem))
 * }
 *
 * @param file what it is called: files that it names lie beside it
 * @param overrides what takes the place of what the text says
 * @param reading how files are read that it names; without it, none can be
 * @throws ScenarioError with all problems
 */
export function parseScenario(
  text: string,
  file: string,
  overrides: Overrides = {},
  reading: Reading = nothing,
): Scenario {
  // A file may be called `__proto__`.
  const files: Record<string, string> = Object.create(null)
  const read: Reading = (name, sort) => (files[name] = reading(name, sort))
  const document = new Document(text, file, overrides, (name) => read(name, 'scenario'))
  const scenario = check(document, overrides, { read: (name) => read(besideOf(file, name), 'table') })
  if (document.problems.length > 0) throw new ScenarioError(document.problems)
  return { ...scenario, source: { text, file, overrides, files } }
}

/** Each section by itself, what they say of one another, and the whole. What does not fit is noted in the document. */
function check(document: Document, overrides: Overrides, files: Files): Omit<Scenario, 'source'> {
  const given = checkTop(document)
  const known = knownFrom(given, files)

  const hosts = checkHosts(document, given)
  const specs = checkComponents(document, given, known)
  const users = underLoad(document, checkUsers(document, given, known), overrides.load)
  const classes = classesOf(users)

  checkNames(document, known, zonesOf(hosts))
  // Users that are broken in themselves may ask for any class.
  const named = users.length === known.users.length ? classes : null
  if (named !== null)
    for (const { name, options } of specs) checkClasses(document, options, ['components', name], named)
  checkTogether(document, specs, hosts)
  const components = checkOrder(document, specs)
  checkRecorded(document, users, components)

  for (const { name, at } of unspoken({ users, components: specs }))
    document.complain(['users', name, 'scheme'], `expected http: ${at} speaks no TLS (tls:)`)

  for (const { name, at, by } of unstarted({ users, components: specs }))
    document.complain(['users', name, 'to'], `${at} is there only when ${by} has started it: name a proxy`)

  const made = { hosts, users, components: specs }
  const wires = checkWires(document, given, known, made)
  const sizes = checkSizes(document, given, known, users.length === known.users.length ? classes : null)
  const faults = checkFaults(document, given, known, made, named)
  const repair = checkRepair(document, given, known, specs)

  const scenario = {
    file: document.file,
    name: given.name ?? baseOf(document.file).replace(/\.ya?ml$/, ''),
    preface: document.preface,
    seed: String(given.seed),
    warmup: given.warmup,
    replications: given.replications,
    good: given.good,
    classes,
    hosts,
    users,
    order: known.components,
    components,
    wires,
    sizes,
    faults,
    repair,
    lost: checkLost(document, { hosts, order: known.components }, overrides),
  }
  const { expect, expectIdle, demands } = expectations(document, given.expect, scenario)
  const length = given.lasts === undefined ? lengthOf({ ...scenario, expect }) : null
  const whole = {
    ...scenario,
    lasts: given.lasts ?? length!.seconds,
    lastsFor: length?.why ?? null,
    expect,
    expectIdle,
    demands,
  }
  checkSize(document, whole)
  return whole
}
