import path from 'node:path'
import {
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  type Document as Yaml,
} from 'yaml'
import { z } from 'zod'
import { hint } from '../options/nearest.js'
import { Unreadable } from '../options/units.js'
import { copy, merge, at as partAt, setAt } from './merge.js'
import { type Problem, ScenarioError } from './problem.js'
import type { Overrides } from './scenario.js'

export type Path = readonly (string | number)[]

/** Gives the text of a file. Throws `Unreadable` where it cannot. */
export type Reader = (file: string) => string

/** Larger files are no scenarios. */
const MOST_BYTES = 1_000_000
/** Problems shown; a file with more is broken elsewhere. */
const MOST_PROBLEMS = 50

/**
 * A YAML text that knows where everything stands, and collects what is wrong. With `extends: other.yaml` it takes
 * everything from there and says only what differs.
 */
export class Document {
  readonly problems: Problem[] = []
  /** Its value as plain objects, with what it extends and what the command line set. */
  value: unknown
  private readonly yaml: Yaml.Parsed
  private readonly lines = new LineCounter()
  private readonly base: Document | null
  /** What the command line has set, by path. */
  private readonly overridden: { path: Path; option: string }[] = []

  /** @param above files that extend this one */
  constructor(
    text: string,
    readonly file: string,
    read: Reader,
    above: readonly string[] = [],
  ) {
    if (text.length > MOST_BYTES) {
      this.refuse(`is too long for a scenario: ${text.length} characters, at most ${MOST_BYTES}`)
    }
    this.yaml = parseDocument(text, {
      lineCounter: this.lines,
      prettyErrors: false,
      uniqueKeys: true,
      merge: true,
    })
    for (const error of this.yaml.errors.slice(0, MOST_PROBLEMS)) {
      this.add(this, error.pos[0], '', `is not YAML: ${error.message}`)
    }
    if (this.problems.length > 0) throw new ScenarioError(this.problems)
    let own: unknown
    try {
      own = copy(this.yaml.toJS({ maxAliasCount: 100 }))
    } catch (error) {
      this.refuse(`is not a scenario: ${(error as Error).message}`)
    }
    if (!isMap(this.yaml.contents))
      this.refuse('is not a scenario: expected a map with users: and components:')
    this.base = this.extended(own as Record<string, unknown>, read, above)
    this.value = this.base === null ? own : merge(this.base.value, own)
  }

  /** The comment at the top of the file, without the number signs; of what it extends, if it has none. */
  get preface(): string {
    const comments = [this.yaml.commentBefore, (this.yaml.contents as Node | null)?.commentBefore].filter(
      (c) => c != null,
    )
    if (comments.length === 0) return this.base?.preface ?? ''
    return comments
      .join('\n')
      .split('\n')
      .map((line) => line.replace(/^ /, '').trimEnd())
      .join('\n')
  }

  /** Takes what the command line says over what the file says. */
  override({ set = [], ...top }: Overrides): void {
    for (const [key, value] of Object.entries(top)) {
      if (value === undefined) continue
      setAt(this.value, [key], value)
      this.overridden.push({ path: [key], option: `--${key}` })
    }
    for (const setting of set) {
      const equals = setting.indexOf('=')
      const parts = setting.slice(0, equals).trim().split('.')
      const complain = (message: string) =>
        this.problems.push({ file: '--set', line: 0, column: 0, path: parts.join('.'), message })
      if (equals < 1) {
        complain(`expected path=value, not "${setting}"`)
        continue
      }
      const text = setting.slice(equals + 1)
      const parsed = parseDocument(text)
      if (setAt(this.value, parts, parsed.errors.length > 0 ? text : parsed.toJS())) {
        this.overridden.push({ path: parts, option: '--set' })
      } else {
        complain(this.missing(parts))
      }
    }
  }

  /** Checks `value`, which stands at `path`; null, and problems noted, if it does not fit. */
  parse<S extends z.ZodType>(
    schema: S,
    value: unknown,
    path: Path,
    also: readonly string[] = [],
  ): z.output<S> | null {
    const result = schema.safeParse(value)
    if (result.success) return result.data
    for (const issue of result.error.issues) {
      const known = keysAt(schema, issue.path)
      this.note(issue, path, issue.path.length === 0 ? [...known, ...also] : known)
    }
    return null
  }

  /** Notes a problem at `path`. */
  complain(path: Path, message: string): void {
    const set = this.overridden.find((o) => o.path.every((part, i) => String(path[i]) === String(part)))
    if (set !== undefined) {
      this.problems.push({ file: set.option, line: 0, column: 0, path: path.join('.'), message })
      return
    }
    const { document, offset } = this.find(path)
    this.add(document, offset, path.join('.'), message)
  }

  /** Whether something is said at `path`. */
  has(path: Path): boolean {
    return partAt(this.value, path) !== undefined
  }

  private note(issue: z.core.$ZodIssue, base: Path, known: readonly string[]): void {
    const path: Path = [...base, ...(issue.path as (string | number)[])]
    if (issue.code === 'unrecognized_keys') {
      for (const key of issue.keys) {
        this.complain(
          [...path, key],
          `there is no option "${key}"${this.quoting(path, key)}${hint(key, known)}`,
        )
      }
      return
    }
    if (issue.code === 'invalid_type' && !this.has(path)) {
      this.complain(path, 'is missing')
      return
    }
    const { message } = issue
    this.complain(path, /^expected/i.test(message) ? message : `expected another value: ${message}`)
  }

  private extended(own: Record<string, unknown>, read: Reader, above: readonly string[]): Document | null {
    const named = own.extends
    if (named === undefined) return null
    delete own.extends
    if (typeof named !== 'string') this.refuse('expected the name of a scenario file', ['extends'])
    const file = path.join(path.dirname(this.file), named)
    const chain = [...above, path.normalize(this.file)]
    if (chain.includes(file)) this.refuse(`extends itself: ${[...chain, file].join(' -> ')}`, ['extends'])
    let text: string
    try {
      text = read(file)
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error
      this.refuse(`expected ${error.message}`, ['extends'])
    }
    return new Document(text, file, read, chain)
  }

  /** Ends the reading: there is no scenario to look for further problems in. */
  private refuse(message: string, path: Path = []): never {
    if (path.length === 0) this.problems.push({ file: this.file, line: 0, column: 0, path: '', message })
    else this.add(this, this.locate(path).offset, path.join('.'), message)
    throw new ScenarioError(this.problems)
  }

  private add(document: Document, offset: number, path: string, message: string): void {
    if (this.problems.length >= MOST_PROBLEMS) return
    const { line, col } = document.lines.linePos(offset)
    const place = { file: document.file, line: Math.max(1, line), column: Math.max(1, col) }
    this.problems.push({ ...place, path, message })
  }

  /** Where the last part of `path` that is there stands: in this file, or in one that it extends. */
  private find(path: Path): { document: Document; offset: number } {
    const own = this.locate(path)
    const inherited = this.base?.find(path)
    if (inherited === undefined || own.depth >= inherited.document.locate(path).depth) {
      return { document: this, offset: own.offset }
    }
    return inherited
  }

  private locate(path: Path): { offset: number; depth: number } {
    let node: unknown = this.yaml.contents
    let offset = 0
    let depth = 0
    for (const part of path) {
      const found = this.child(node, part)
      if (found === null) break
      offset = found.offset ?? offset
      node = found.value
      depth++
    }
    return { offset, depth }
  }

  /** What stands under `part`: its key's place (of a list, the entry's own), also in what is merged by `<<`. */
  private child(of: unknown, part: string | number): { offset: number | undefined; value: unknown } | null {
    const node = isAlias(of) ? of.resolve(this.yaml) : of
    if (isSeq(node)) {
      const value = node.items[Number(part)]
      return value === undefined ? null : { offset: isNode(value) ? value.range?.[0] : undefined, value }
    }
    if (!isMap(node)) return null
    for (const { key, value } of node.items) {
      if (isScalar(key) && String(key.value) === String(part)) return { offset: key.range?.[0], value }
    }
    for (const { key, value } of node.items) {
      const merged = isScalar(key) && key.value === '<<' ? this.child(value, part) : null
      if (merged !== null) return merged
    }
    return null
  }

  private missing(parts: readonly string[]): string {
    for (let i = 1; i < parts.length; i++) {
      const place = partAt(this.value, parts.slice(0, i - 1))
      if (partAt(place, [parts[i - 1]!]) !== undefined) continue
      const known = typeof place === 'object' && place !== null ? Object.keys(place) : []
      return `there is no "${parts.slice(0, i).join('.')}" in ${this.file}${hint(parts[i - 1]!, known)}`
    }
    return `there is no place for "${parts.join('.')}" in ${this.file}`
  }

  /** In `{ a: f(x, y) }` YAML sees two entries: say so. */
  private quoting(path: Path, key: string): string {
    const parent = partAt(this.value, path)
    const cut =
      key.includes(')') &&
      typeof parent === 'object' &&
      parent !== null &&
      Object.values(parent).some((value) => typeof value === 'string' && /^[^(]*\([^)]*$/.test(value))
    return cut ? ': inside { }, what has commas in it needs quotes, as in "lognormal(mean=40ms, cv=1.5)"' : ''
  }
}

/** The options that `schema` knows at `path`, through what wraps the type proper: default, conversion. */
function keysAt(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  let rest = path
  for (let type: unknown = schema; type instanceof z.ZodType; ) {
    if (type instanceof z.ZodObject) {
      if (rest.length === 0) return Object.keys(type.shape)
      type = type.shape[rest[0] as string]
      rest = rest.slice(1)
    } else {
      const def = type.def as { innerType?: z.ZodType; in?: z.ZodType }
      type = def.innerType ?? def.in
    }
  }
  return []
}
