import {
  isMap,
  isNode,
  isScalar,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  type Document as Yaml,
} from 'yaml'
import type { z } from 'zod'
import { hint } from '../options/nearest.js'
import { type Problem, ScenarioError } from './problem.js'
import type { Overrides } from './scenario.js'

export type Path = readonly (string | number)[]

/** Larger files are no scenarios. */
const MOST_BYTES = 1_000_000
/** Problems shown; a file with more is broken elsewhere. */
const MOST_PROBLEMS = 50

/** A YAML text that knows where everything stands, and collects what is wrong. */
export class Document {
  readonly problems: Problem[] = []
  /** Its value as plain objects. */
  value: unknown
  private readonly yaml: Yaml.Parsed
  private readonly lines = new LineCounter()

  constructor(
    text: string,
    readonly file: string,
  ) {
    if (text.length > MOST_BYTES) {
      throw new ScenarioError([
        {
          file,
          line: 0,
          column: 0,
          path: '',
          message: `is too long for a scenario: ${text.length} characters, at most ${MOST_BYTES}`,
        },
      ])
    }
    this.yaml = parseDocument(text, {
      lineCounter: this.lines,
      prettyErrors: false,
      uniqueKeys: true,
      merge: true,
    })
    for (const error of this.yaml.errors.slice(0, MOST_PROBLEMS))
      this.add(error.pos[0], '', `is not YAML: ${error.message}`)
    if (this.problems.length > 0) throw new ScenarioError(this.problems)
    try {
      this.value = this.yaml.toJS({ maxAliasCount: 100 })
    } catch (error) {
      this.add(0, '', `is not a scenario: ${(error as Error).message}`)
    }
    if (this.problems.length === 0 && !isMap(this.yaml.contents))
      this.add(0, '', 'is not a scenario: expected a map with users: and components:')
    if (this.problems.length > 0) throw new ScenarioError(this.problems)
  }

  /** The comment at the top of the file, without the number signs. */
  get preface(): string {
    const comments = [this.yaml.commentBefore, (this.yaml.contents as Node | null)?.commentBefore].filter(
      (c) => c != null,
    )
    return comments
      .join('\n')
      .split('\n')
      .map((line) => line.replace(/^ /, '').trimEnd())
      .join('\n')
  }

  /** Takes what the command line says over what the file says. */
  override({ set = [], ...top }: Overrides): void {
    for (const [key, value] of Object.entries(top)) if (value !== undefined) this.yaml.setIn([key], value)
    for (const setting of set) {
      const equals = setting.indexOf('=')
      const path = setting
        .slice(0, equals)
        .trim()
        .split('.')
        .map((part) => (/^\d+$/.test(part) ? Number(part) : part))
      if (equals < 1) {
        this.problems.push({
          file: '--set',
          line: 0,
          column: 0,
          path: '',
          message: `expected path=value, not "${setting}"`,
        })
        continue
      }
      const parsed = parseDocument(setting.slice(equals + 1))
      const parent = path.length === 1 ? this.yaml.contents : this.yaml.getIn(path.slice(0, -1), true)
      if (!isMap(parent) && !(typeof path.at(-1) === 'number' && isNode(parent))) {
        this.problems.push({
          file: '--set',
          line: 0,
          column: 0,
          path: path.join('.'),
          message: `there is no "${this.missing(path)}" in ${this.file}`,
        })
        continue
      }
      this.yaml.setIn(path, parsed.errors.length > 0 ? setting.slice(equals + 1) : parsed.toJS())
    }
    this.value = this.yaml.toJS({ maxAliasCount: 100 })
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
    const shape = 'shape' in schema ? Object.keys(schema.shape as object) : []
    for (const issue of result.error.issues) this.note(issue, path, [...shape, ...also])
    return null
  }

  /** Notes a problem at `path`. */
  complain(path: Path, message: string): void {
    this.add(this.offset(path), path.join('.'), message)
  }

  /** Whether the file says something at `path`. */
  has(path: Path): boolean {
    return this.yaml.hasIn(path)
  }

  private note(issue: z.core.$ZodIssue, base: Path, known: readonly string[]): void {
    const path: Path = [...base, ...(issue.path as (string | number)[])]
    if (issue.code === 'unrecognized_keys') {
      const own = issue.path.length === 0 ? known : []
      for (const key of issue.keys)
        this.complain(
          [...path, key],
          `there is no option "${key}"${quoting(this.yaml, path, key)}${hint(key, own)}`,
        )
      return
    }
    if (issue.code === 'invalid_type' && issue.input === undefined && !this.has(path)) {
      this.complain(path, 'is missing')
      return
    }
    this.complain(
      path,
      /^expected/i.test(issue.message) ? issue.message : `expected another value: ${issue.message}`,
    )
  }

  private add(offset: number, path: string, message: string): void {
    if (this.problems.length >= MOST_PROBLEMS) return
    const { line, col } = this.lines.linePos(offset)
    this.problems.push({ file: this.file, line: Math.max(1, line), column: Math.max(1, col), path, message })
  }

  /** Where the last part of `path` that the file has stands: its key, if it has one. */
  private offset(path: Path): number {
    let node: unknown = this.yaml.contents
    let offset = 0
    for (const part of path) {
      if (isMap(node)) {
        const pair = node.items.find(
          (item) => isScalar(item.key) && String(item.key.value) === String(part),
        ) as Pair<Node, Node> | undefined
        if (pair === undefined) break
        offset = pair.key.range?.[0] ?? offset
        node = pair.value
      } else {
        const item = isNode(node) && 'items' in node ? (node.items as Node[])[Number(part)] : undefined
        if (item === undefined) break
        offset = item.range?.[0] ?? offset
        node = item
      }
    }
    return offset
  }

  private missing(path: Path): string {
    for (let i = 1; i < path.length; i++)
      if (!this.yaml.hasIn(path.slice(0, i))) return path.slice(0, i).join('.')
    return path.join('.')
  }
}

/** In `{ a: f(x, y) }` YAML sees two entries: say so. */
function quoting(yaml: Yaml.Parsed, path: Path, key: string): string {
  const parent = yaml.getIn(path, true)
  const cut =
    isMap(parent) &&
    parent.flow &&
    parent.items.some((i) => isScalar(i.value) && /^[^(]*\([^)]*$/.test(String(i.value.value)))
  return cut && key.includes(')')
    ? ': inside { }, what has commas in it needs quotes, as in "lognormal(mean=40ms, cv=1.5)"'
    : ''
}
