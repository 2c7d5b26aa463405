import type * as z from 'zod'
import { hint } from '../options/nearest.js'
import { type RealOptions, realOption } from '../options/real.js'
import { legible, quoted, shown } from '../options/shown.js'
import type { Cell } from '../options/table.js'
import { Unreadable } from '../options/units.js'
import { overridden } from './override.js'
import { besideOf, normal } from './paths.js'
import { type Problem, ScenarioError } from './problem.js'
import type { Overrides } from './scenario.js'
import { at, deepest, isMap, mapOf, over, type Path, type Place, type Tree } from './tree.js'
import { withheld, withheldPath } from './withheld.js'
import { readYaml } from './yaml.js'

export type { Path } from './tree.js'

/** Gives the text of a file. Throws `Unreadable` where it cannot. */
type Reader = (file: string) => string

/** What is known beside a schema, for those whom it does not fit. */
export interface Told {
  /** Names that may stand there too. */
  readonly also?: readonly string[]
  /** Options of the real software that are not simulated. */
  readonly real?: RealOptions
  /** Values of options, for who left one out that must be there. */
  readonly example?: Readonly<Record<string, unknown>>
}

/** Files that extend one another. */
const MOST_DEEP = 20

/** Problems shown; a file with more is broken elsewhere. */
const MOST_PROBLEMS = 50

/**
 * A scenario file, with what it extends and what the command line sets, that knows where everything stands and
 * collects what is wrong. With `extends: other.yaml` it takes everything from there and says only what differs.
 */
export class Document {
  private readonly found: Problem[] = []
  /** Files that the user did not name, but another file: what they hold is not told. */
  private readonly others = new Set<string>()
  private readonly tree: Tree
  /** The comment at the top of the file, without the number signs; of what it extends, if it has none. */
  readonly preface: string

  /** Throws `ScenarioError` where there is nothing that could be checked. */
  constructor(
    text: string,
    readonly file: string,
    overrides: Overrides,
    private readonly reader: Reader,
  ) {
    const content = this.read(text, file, [])
    if (content === null) throw new ScenarioError(this.problems)
    this.tree = overridden(content.tree, overrides, file, this.tell)
    this.preface = content.preface
  }

  /** Its value as plain data. */
  get value(): unknown {
    return this.tree.value
  }

  /** All that is wrong: file by file, from top to bottom, each once. */
  get problems(): readonly Problem[] {
    const files = [...new Set(this.found.map(({ file }) => file))]
    const sorted = [...new Map(this.found.map((p) => [JSON.stringify(p), p])).values()].sort(
      (a, b) => files.indexOf(a.file) - files.indexOf(b.file) || a.line - b.line || a.column - b.column,
    )
    if (sorted.length <= MOST_PROBLEMS) return sorted
    const message = `and ${sorted.length - MOST_PROBLEMS} further problems`
    return [...sorted.slice(0, MOST_PROBLEMS), { file: this.file, line: 0, column: 0, path: '', message }]
  }

  /** Checks `value`, which stands at `path`; null, and problems noted, if it does not fit. */
  parse<S extends z.ZodType>(schema: S, value: unknown, path: Path, told: Told = {}): z.output<S> | null {
    const result = schema.safeParse(value, { error: (issue) => inWords(issue, schema, told) })
    if (result.success) return result.data
    for (const issue of result.error.issues) this.note(issue, path, told.example)
    return null
  }

  /** Notes a problem at `path`. */
  complain(path: Path, message: string): void {
    const { key } = deepest(this.tree, path).tree
    this.tell(key, message, path.join('.'))
  }

  /** Notes a problem in a table that is named at `path`. */
  complainIn(table: string, { line, column }: Cell, message: string, path: Path): void {
    const file = besideOf(this.file, table)
    this.others.add(file)
    this.tell({ file, line, column }, message, path.join('.'), deepest(this.tree, path).tree.key.file)
  }

  /** Whether something is said at `path`. */
  has(path: Path): boolean {
    return at(this.tree, path) !== undefined
  }

  /** As much of `path` as is said: what defaults and short forms add is left out. */
  said(path: Path): Path {
    return path.slice(0, deepest(this.tree, path).steps)
  }

  isMap(path: Path): boolean {
    const tree = at(this.tree, path)
    return tree !== undefined && isMap(tree)
  }

  /** @param from the file in which `path` stands */
  private readonly tell = (place: Place, message: string, path = '', from = place.file): void => {
    this.found.push({
      ...place,
      path: legible(this.others.has(from) ? withheldPath(path) : path),
      message: legible(this.others.has(place.file) ? withheld(message) : message),
    })
  }

  private read(text: string, file: string, above: readonly string[]): { tree: Tree; preface: string } | null {
    const whole: Place = { file, line: 0, column: 0 }
    const content = readYaml(text, file, this.tell)
    if (content === null) return null
    const { tree, preface } = content
    if (tree === null && this.found.length > 0) return null
    if (tree === null || !isMap(tree)) {
      const found = tree === null ? 'is empty' : `is ${shown(tree.value)}`
      this.tell(whole, `${found}: expected a scenario, with users: and components:`)
      return null
    }
    const named = tree.parts!.get('extends')
    if (named === undefined) return { tree, preface }
    const base = this.extended(named, file, [...above, normal(file)])
    if (base === null) return null
    const parts = new Map(tree.parts)
    parts.delete('extends')
    return {
      tree: over(base.tree, mapOf(parts, tree.place, tree.key)),
      preface: preface === '' ? base.preface : preface,
    }
  }

  private extended(named: Tree, from: string, chain: readonly string[]) {
    const complain = (message: string): null => {
      this.tell(named.key, message, 'extends')
      return null
    }
    const { value } = named
    if (typeof value !== 'string')
      return complain(`expected the name of a scenario file, not ${shown(value)}`)
    const file = besideOf(from, value)
    if (chain.includes(file)) return complain(`extends itself: ${[...chain, file].join(' -> ')}`)
    if (chain.length > MOST_DEEP)
      return complain(`expected at most ${MOST_DEEP} files that extend one another`)
    this.others.add(file)
    try {
      return this.read(this.reader(file), file, chain)
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error
      return complain(`expected ${error.message}`)
    }
  }

  private note(issue: z.core.$ZodIssue, base: Path, example: Told['example'] = {}): void {
    const path: Path = [...base, ...(issue.path as (string | number)[])]
    if (issue.code === 'invalid_union') {
      const apt = issue.errors.find((branch) => branch.every(fitsInShape))
      if (apt !== undefined) {
        for (const inner of apt) this.note(inner, path)
        return
      }
    }
    if (issue.code === 'unrecognized_keys') {
      const hints = issue.message.split('\n')
      issue.keys.forEach((key, i) => {
        this.complain([...path, key], `there is no option ${quoted(key)}${hints[i] ?? ''}`)
      })
      return
    }
    const { code, message } = issue
    const there = at(this.tree, path)
    if (there === undefined && code !== 'custom') {
      const expected = message.replace(/, not nothing$/, '')
      const [option] = issue.path
      const such =
        issue.path.length === 1 && Object.hasOwn(example, option!)
          ? `, such as ${example[String(option)]}`
          : ''
      this.complain(path, expected.startsWith('expected') ? `is missing: ${expected}${such}` : 'is missing')
    } else if (/^invalid_(type|union|value)$/.test(code) && !message.includes(', not ')) {
      this.complain(path, `${message}, not ${shown(there?.value)}`)
    } else {
      this.complain(path, message)
    }
  }
}

/** Of the forms that something may have, the one that was meant is wrong only inside, or by its words. */
const fitsInShape = ({ code, path }: z.core.$ZodIssue): boolean =>
  path.length > 0 || code === 'custom' || code === 'unrecognized_keys' || code === 'too_small'

const nouns: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  boolean: 'true or false',
  object: 'a map',
  record: 'a map',
  array: 'a list',
}

/** What the schemas do not say themselves. */
function inWords(
  issue: z.core.$ZodRawIssue,
  top: z.ZodType,
  { also = [], real = {} }: Told,
): string | undefined {
  if (issue.code === 'unrecognized_keys') {
    const shape = (issue.inst as z.ZodObject | undefined)?.shape ?? {}
    const known = [...Object.keys(shape), ...((issue.inst as unknown) === top ? also : [])]
    return issue.keys
      .map((key) => {
        const told = realOption(key, real)
        return told === undefined ? hint(key, known) : `; ${told}`
      })
      .join('\n')
  }
  if (issue.code === 'invalid_type') return `expected ${nouns[issue.expected] ?? issue.expected}`
  if (issue.code === 'invalid_value') return `expected ${issue.values.join(' or ')}`
  if (issue.code === 'invalid_union') return 'expected another value'
  return undefined
}
