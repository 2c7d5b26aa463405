import { readFileSync } from 'node:fs'
import path from 'node:path'
import type * as z from 'zod'
import { composeKeys, composeTop } from '../../sim/components/compose-keys.js'
import { kinds } from '../../sim/components/registry.js'
import { type RealOptions, realOption } from '../../sim/options/real.js'
import { catalog, type OptionEntry } from '../../sim/scenario/catalog.js'
import { topWords } from '../../sim/scenario/check/top.js'
import { root } from './built.js'

/**
 * What the program does with each directive that stands in configurations of the real programs. How often each stands
 * there is counted (`docs/directives.csv`); all else is asked of the kinds: their options, and what they know of
 * real options that they do not have.
 */

/** As counted: in so many of the files of its program. */
interface Row {
  readonly program: Program
  readonly directive: string
  readonly files: number
  readonly of: number
  /** It only says what stands where and what calls what: sections, names, addresses. */
  readonly structure: boolean
  /** As a component would say it: `servers.check`, `mode=tcp`. */
  readonly word: string
  /** The option that says the same, where the word is none: `haproxy.timeout_connect`. */
  readonly as: string
}

type Verdict = 'simulated' | 'without influence' | 'not simulated'

export interface Told extends Row {
  readonly verdict: Verdict
  /** As what it is simulated, or why not. */
  readonly says: string
}

const PROGRAMS = {
  haproxy: 'haproxy',
  nginx: 'nginx',
  keepalived: 'vip',
  mysql: 'mysql',
  'php-fpm': 'app',
  compose: null,
} as const
export type Program = keyof typeof PROGRAMS
export const programs = Object.keys(PROGRAMS) as Program[]

/** How `realOptions` begins what it says of each of its three sorts. */
const SORTS: readonly (readonly [start: string, verdict: Verdict])[] = [
  ['it has no influence here: leave it out', 'without influence'],
  ['it matters and is not simulated: ', 'not simulated'],
  ['it is said in another way here: ', 'simulated'],
]

const everything = catalog()

/** What every component can say. */
const shared = ['kind', 'host', ...everything.every_component.map(({ name }) => name)]

/** All rows, in the order of the table, each as the program has it. @throws where it has no answer */
export const directives = (): Told[] =>
  readFileSync(path.join(root, 'docs/directives.csv'), 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => told(rowOf(line)))

function rowOf(line: string): Row {
  const [program, directive, files, of, structure, word, as, more] = line.split(',')
  if (as === undefined || more !== undefined || !Object.hasOwn(PROGRAMS, program!))
    throw new Error(`not a row of directives: ${line}`)
  return {
    program: program as Program,
    directive: directive!,
    files: Number(files),
    of: Number(of),
    structure: structure === 'yes',
    word: word!,
    as,
  }
}

function told(row: Row): Told {
  const place = placeOf(row)
  const [name, value] = row.word.split('=')
  if (isOption(`${place}.${name}`)) {
    if (value !== undefined && !takes(place, name!, value)) throw new Error(`${place} takes no ${row.word}`)
    // The same word may say something else here: then the table says what it is simulated as.
    if (row.as !== '') return named(row)
    return { ...row, verdict: 'simulated', says: `\`${row.word.replace('=', ': ')}\` of ${place}` }
  }
  const words = realOption(name!.split('.').at(-1)!, knownOf(row))
  const sort = SORTS.find(([start]) => words?.startsWith(start))
  if (words === undefined || sort === undefined)
    throw new Error(`${row.program} knows nothing of "${row.directive}" (${row.word})`)
  const [start, verdict] = sort
  if (verdict === 'simulated') return named(row, words.slice(start.length))
  if (row.as !== '')
    throw new Error(`"${row.directive}" is ${verdict}, and the table says as what: ${row.as}`)
  return { ...row, verdict, says: words.slice(start.length) }
}

/** Simulated as another option, which must be there. */
function named(row: Row, how = ''): Told {
  if (!isOption(row.as)) throw new Error(`"${row.directive}" is simulated as ${row.as}, which is no option`)
  const [of, ...option] = row.as.split('.')
  const as = option.length === 0 ? `kind ${of}` : `\`${option.join('.')}\` of ${of}`
  return { ...row, verdict: 'simulated', says: how === '' || how === option.at(-1) ? as : `${as} (${how})` }
}

/** Where a scenario would say it: at a component of a kind, or of any, or at its top. */
const placeOf = ({ program, directive }: Row): string =>
  PROGRAMS[program] ?? (directive.endsWith('(at the top)') ? 'scenario' : 'component')

function knownOf(row: Row): RealOptions {
  const place = placeOf(row)
  if (place === 'scenario') return composeTop
  return kinds.find(({ kind }) => kind === place)?.known ?? composeKeys
}

/** Whether something is an option, by its path from a kind, or from a section: `vip.servers.priority`, `users.to`. */
function isOption(at: string): boolean {
  const [first, ...rest] = at.split('.')
  if (first === 'scenario') return rest.length === 1 && topWords.has(rest[0]!)
  if (first === 'component') return rest.length === 1 && shared.includes(rest[0]!)
  let options = optionsOf(first!)
  if (options === undefined) return false
  for (const name of rest) {
    const found: OptionEntry | undefined = options?.find((one) => one.name === name)
    if (found === undefined) return false
    options = found.options
  }
  return true
}

function optionsOf(name: string): OptionEntry[] | undefined {
  const { users, hosts, sizes, every_fault: faults, components } = everything
  const sections: Readonly<Record<string, OptionEntry[]>> = { users, hosts, sizes, faults }
  return sections[name] ?? components.find((one) => one.name === name)?.options
}

function takes(kind: string, option: string, value: string): boolean {
  const { shape } = kinds.find((one) => one.kind === kind)!.options
  return (shape[option] as z.ZodType).safeParse(value).success
}

/** Of the rows that matter how many are simulated, and the same with each counted as often as it stands in a file. */
export interface Share {
  readonly rows: number
  readonly matter: number
  readonly simulated: number
  readonly files: number
  readonly simulatedFiles: number
}

export function shareOf(rows: readonly Told[]): Share {
  const matter = rows.filter(({ verdict }) => verdict !== 'without influence')
  const simulated = matter.filter(({ verdict }) => verdict === 'simulated')
  const files = (some: readonly Told[]) => some.reduce((sum, row) => sum + row.files, 0)
  return {
    rows: rows.length,
    matter: matter.length,
    simulated: simulated.length,
    files: files(matter),
    simulatedFiles: files(simulated),
  }
}
