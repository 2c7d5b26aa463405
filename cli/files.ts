import { closeSync, openSync, readdirSync, readSync, realpathSync } from 'node:fs'
import path from 'node:path'
import { type MeasuredSuite, measuredOf } from '../sim/experiments/measured.js'
import { type Suite, suiteOf } from '../sim/experiments/suite.js'
import { hint } from '../sim/options/nearest.js'
import { Unreadable } from '../sim/options/units.js'
import type { Reading } from '../sim/scenario/parse.js'
import { parseScenario } from '../sim/scenario/parse.js'
import { ScenarioError } from '../sim/scenario/problem.js'
import type { Overrides, Scenario, Source } from '../sim/scenario/scenario.js'
import { home } from './home.js'
import { openRegular, Reach } from './reach.js'
import { reasonOf } from './reasons.js'
import { touch } from './touched.js'

/** Of a table of arrivals or durations: some ten million lines. */
const MOST_BYTES = 100_000_000
const PIECE = 65_536

/** Larger files are no scenarios. */
const MOST_OF_SCENARIO = 4_000_000

/** The scenarios that come with the program. */
const SHIPPED = path.join(home, 'scenarios')

/** Their names, as a command takes them: `@experiments/02-nginx-dies`. */
export function shippedNames(): string[] {
  return ['', 'experiments/'].flatMap((folder) =>
    readdirSync(path.join(SHIPPED, folder))
      .filter((name) => name.endsWith('.yaml'))
      .sort()
      .map((name) => `@${folder}${name.replace(/\.yaml$/, '')}`),
  )
}

/** Texts of the scenarios that the user named: what is said of them may quote them, also where they came from a pipe. */
const named = new Map<string, string>()

/** The text of a scenario that was read by its name; not of files that scenarios name. */
export const textOf = (file: string): string | undefined => named.get(file)

/**
 * Reads and checks a scenario file, with those that it names; or the one that comes with the program and has the name
 * behind an @. Throws `ScenarioError` with all problems.
 * @param allow further folders in which files may lie that it names
 */
export function readScenario(
  file: string,
  overrides: Overrides = {},
  allow: readonly string[] = [],
): Scenario {
  const { name, text, reading } = open(file, allow)
  named.set(name, text)
  return parseScenario(text, name, overrides, reading)
}

/**
 * Reads a scenario file and those that it names, as they can be moved elsewhere, and says nothing of what is wrong with
 * them.
 * @throws ScenarioError where the file itself cannot be read
 */
export function readTexts(
  file: string,
  allow: readonly string[] = [],
): Pick<Source, 'text' | 'file' | 'files'> {
  const { text, reading, place } = open(file, allow)
  const files: Record<string, string> = Object.create(null)
  const beside = (name: string) => path.resolve(path.dirname(place), name)
  try {
    parseScenario(text, path.basename(place), {}, (name, sort) => (files[name] = reading(beside(name), sort)))
  } catch (error) {
    if (!(error instanceof ScenarioError)) throw error
  }
  return { text, file: path.basename(place), files }
}

/** A scenario file that was found. */
interface Opened {
  /** As the user named it. */
  readonly name: string
  readonly text: string
  /** Of the files that it names. */
  readonly reading: Reading
  /** Where it lies. */
  readonly place: string
}

function open(file: string, allow: readonly string[]): Opened {
  if (file.startsWith('@')) return openShipped(file.replace(/\.yaml$/, ''), allow)
  touch(file)
  let text: string
  try {
    text = readUpTo(MOST_OF_SCENARIO, file)
  } catch (error) {
    const message = `cannot be read: ${reasonOf(error)}`
    throw new ScenarioError([{ file, line: 0, column: 0, path: '', message }])
  }
  return { name: file, text, reading: readingBeside(file, allow), place: path.resolve(file) }
}

/** Keeps the short name, which is the same wherever the program is installed; the files it names lie beside it. */
function openShipped(name: string, allow: readonly string[]): Opened {
  const names = shippedNames()
  if (!names.includes(name)) {
    const message = `no scenario of this name comes with the program${hint(name, names)}\nThere are: ${names.join(', ')}`
    throw new ScenarioError([{ file: name, line: 0, column: 0, path: '', message }])
  }
  const within = (file: string) => path.resolve(SHIPPED, file.replace(/^@/, ''))
  const place = within(`${name}.yaml`)
  touch(place)
  const reading = readingBeside(place, allow, SHIPPED)
  return {
    name,
    text: readUpTo(MOST_OF_SCENARIO, place),
    reading: (file, sort) => reading(within(file), sort),
    place,
  }
}

/** The suite of exact cases in `folder`: `suite.yaml`, and a scenario for each case. */
export function readSuite(
  folder: string,
  filters: readonly string[] = [],
  seed?: string,
  replications?: number,
): Suite {
  const text = readUpTo(MOST_OF_SCENARIO, path.join(folder, 'suite.yaml'))
  const read = (name: string, overrides: Overrides) =>
    readScenario(path.join(folder, `${name}.yaml`), overrides)
  return suiteOf(text, read, filters, seed, replications)
}

/** The measured cases in `folder`, in its folder `measured`. */
export function readMeasured(
  folder: string,
  filters: readonly string[] = [],
  seed?: string,
  replications?: number,
): MeasuredSuite {
  const text = readUpTo(MOST_OF_SCENARIO, path.join(folder, 'measured', 'suite.yaml'))
  const read = (name: string, overrides: Overrides) =>
    readScenario(path.join(folder, `${name}.yaml`), overrides)
  return measuredOf(text, read, filters, seed, replications)
}

/**
 * Reads the files that the scenario in `named` names, within its reach, and none as a scenario twice: by their real names,
 * since links can make a circle without an end.
 */
function readingBeside(named: string, allow: readonly string[], folder = path.dirname(named)): Reading {
  const reach = new Reach(folder, allow)
  const extended = new Set([path.resolve(named)])
  return (file, sort) =>
    readText(file, sort, () => {
      touch(file)
      const real = reach.realOf(file)
      if (sort === 'table') return real
      if (extended.has(real)) throw new Error('it extends itself')
      extended.add(real)
      return real
    })
}

/** The text of a file that a scenario names. Throws `Unreadable` where there is no regular one, or too much of it. */
export function readText(
  file: string,
  sort: 'scenario' | 'table',
  realOf = () => realpathSync(file),
): string {
  const most = sort === 'scenario' ? MOST_OF_SCENARIO : MOST_BYTES
  try {
    return decoded(readBytes(openRegular(realOf()), most))
  } catch (error) {
    throw new Unreadable(`a file that can be read: ${file}: ${reasonOf(error)}`)
  }
}

/** The text of `file`, of which no more than `most` bytes are read. */
function readUpTo(most: number, file: string): string {
  return decoded(readBytes(openSync(file, 'r'), most))
}

const decoded = (bytes: Buffer): string => new TextDecoder().decode(bytes)

/** What is behind `handle`, be it a file, a pipe or a device without end. Closes it. */
function readBytes(handle: number, most: number): Buffer {
  try {
    const pieces: Buffer[] = []
    let size = 0
    for (;;) {
      const piece = Buffer.allocUnsafe(PIECE)
      const length = readSync(handle, piece, 0, PIECE, null)
      if (length === 0) return Buffer.concat(pieces)
      size += length
      if (size > most) throw new Error(`it is too long: more than ${most / 1e6} MB`)
      pieces.push(piece.subarray(0, length))
    }
  } finally {
    closeSync(handle)
  }
}
