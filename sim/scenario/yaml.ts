import {
  type Alias,
  Composer,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  type Node,
  type Pair,
  Parser,
  Scalar,
  type YAMLMap,
  type Document as Yaml,
} from 'yaml'
import { legible, quoted, shown, unseenIn } from '../options/shown.js'
import { leaf, listOf, mapOf, type Place, type Tree } from './tree.js'

/** Longer texts are no scenarios. */
const MOST_CHARACTERS = 1_000_000
/** Words and signs of a text: the largest scenarios have some thousands. */
const MOST_TOKENS = 100_000
/** Values, counting those that aliases repeat: a few lines of aliases of aliases can mean billions. */
const MOST_VALUES = 100_000
/** Maps in maps. A scenario needs six. */
const MOST_DEPTH = 40
/** Of one value. */
const MOST_LENGTH = 2000

/** Tells a problem at a place. */
export type Tell = (place: Place, message: string, path?: string) => void

/**
 * Reads YAML into a tree that knows where everything stands. What is wrong is told; null if there is nothing left
 * to look at. Whatever the text is, it takes no more than a second: size, depth and aliases are bounded before
 * the parser sees them.
 * @param place where the text stands that has no lines of its own (an option of the command line)
 */
export function readYaml(text: string, file: string, tell: Tell, place?: Place): Content | null {
  return new Reader(text, file, tell, place).read()
}

interface Content {
  /** Null for an empty text. */
  readonly tree: Tree | null
  /** The comment at the top. */
  readonly preface: string
}

class Reader {
  private readonly lines = new LineCounter()
  private readonly anchors = new Map<string, Tree>()
  /** Aliases to what holds them would never end. */
  private readonly open = new Set<string>()
  private readonly top: Place
  /** Values that `<<` has taken over. */
  private merged = 0

  constructor(
    private readonly text: string,
    private readonly file: string,
    private readonly tell: Tell,
    private readonly fixed: Place | undefined,
  ) {
    this.top = fixed ?? { file, line: 0, column: 0 }
  }

  read(): Content | null {
    if (this.text.length > MOST_CHARACTERS) {
      return this.refuse(`is too long for a scenario: at most ${MOST_CHARACTERS} characters`)
    }
    if (this.text.includes('\0')) return this.refuse('is not a text: there are zero bytes in it')
    const documents = this.compose()
    if (documents === null) return null
    const [document, second] = documents
    if (second !== undefined) {
      return this.refuse(
        'expected one YAML document, not several (a line --- begins another)',
        second.range[0],
      )
    }
    if (this.complainOfSyntax(document!)) return null
    const tree = document!.contents === null ? null : this.node(document!.contents, null)
    if (tree !== null && tree.size > MOST_VALUES) {
      return this.refuse(`unfolds to more than ${MOST_VALUES} values (aliases of aliases)`)
    }
    const empty = tree === null || (tree.value === null && isScalar(document!.contents))
    return { tree: empty ? null : tree, preface: preface(document!) }
  }

  private refuse(message: string, offset?: number): null {
    this.tell(offset === undefined ? this.top : this.placeOf(offset), message)
    return null
  }

  /** Lexer, parser and composer of the package, with bounds in between: the composer calls itself. */
  private compose(): Yaml.Parsed[] | null {
    this.lines.addNewLine(0)
    const parser = new Parser(this.lines.addNewLine)
    const tokens = []
    let count = 0
    let offset = 0
    for (const lexeme of new Lexer().lex(this.text)) {
      if (++count > MOST_TOKENS)
        return this.refuse(`is too long for a scenario: more than ${MOST_TOKENS} parts`)
      for (const token of parser.next(lexeme)) tokens.push(token)
      if (parser.stack.length > 2 * MOST_DEPTH) return this.refuse('is nested too deeply', offset)
      offset = parser.offset
    }
    for (const token of parser.end()) tokens.push(token)
    const composer = new Composer({ prettyErrors: false, uniqueKeys: false })
    const documents: Yaml.Parsed[] = []
    for (const token of tokens) for (const document of composer.next(token)) documents.push(document)
    for (const document of composer.end(true, this.text.length)) documents.push(document)
    return documents
  }

  private complainOfSyntax(document: Yaml.Parsed): boolean {
    // One slip leads the parser astray for some lines: the first complaint of a line says most.
    const told = new Set<number>()
    for (const { code, message, pos } of [...document.errors, ...document.warnings]) {
      const place = this.placeOf(pos[0])
      if (told.has(place.line)) continue
      told.add(place.line)
      this.tell(place, `is not YAML: ${inWords(code, message, this.lineOf(pos[0]))}`)
    }
    return told.size > 0
  }

  private lineOf(offset: number): string {
    const from = this.text.lastIndexOf('\n', offset - 1) + 1
    const to = this.text.indexOf('\n', offset)
    return this.text.slice(from, to < 0 ? undefined : to)
  }

  private node(node: Node | null, key: Place | null): Tree {
    const place = this.placeOf(node?.range?.[0] ?? 0, key)
    if (node === null) return leaf(null, key ?? place, key ?? place)
    if (isAlias(node)) return this.alias(node, place, key ?? place)
    const anchor = 'anchor' in node ? node.anchor : undefined
    if (anchor !== undefined) this.open.add(anchor)
    let tree: Tree
    if (isMap(node)) {
      tree = this.map(node as YAMLMap<Node, Node | null>, place, key ?? place)
    } else if (isSeq(node)) {
      const items = node.items.map((item) => this.node(item as Node | null, null))
      tree = listOf(items, place, key ?? place)
    } else {
      tree = this.scalar(node as Scalar, place, key ?? place)
    }
    if (anchor !== undefined) {
      this.open.delete(anchor)
      this.anchors.set(anchor, tree)
    }
    return tree
  }

  private alias({ source }: Alias, place: Place, key: Place): Tree {
    const meant = this.anchors.get(source)
    if (this.open.has(source)) this.tell(place, `*${source} stands inside of what &${source} names`)
    else if (meant === undefined) this.tell(place, `nothing above is named &${source}`)
    else return { ...meant, place, key }
    return leaf(null, place, key)
  }

  private scalar(scalar: Scalar, place: Place, key: Place): Tree {
    const { value, source } = scalar
    // What no number can hold (1e400, a seed of twenty digits) stays as it is written.
    const exact =
      typeof value !== 'number' || (Math.abs(value) <= Number.MAX_SAFE_INTEGER && !Number.isNaN(value))
    if (typeof value === 'string' && value.length > MOST_LENGTH) {
      this.tell(place, `is too long: ${value.length} characters, at most ${MOST_LENGTH}`)
      return leaf(null, place, key)
    }
    if (typeof value === 'string') this.complainOfUnseen(value, place)
    if (value === null) return leaf(null, key, key)
    return leaf(exact ? value : String(source), place, key)
  }

  private map(map: YAMLMap<Node, Node | null>, place: Place, key: Place): Tree {
    const parts = new Map<string, Tree>()
    const merged = new Set<string>()
    for (const pair of map.flow ? this.rejoined(map.items) : map.items) {
      const where = this.placeOf(pair.key?.range?.[0] ?? 0, place)
      if (isScalar(pair.key) && pair.key.source === '<<' && pair.key.type === Scalar.PLAIN) {
        this.merge(this.node(pair.value, where), where, parts, merged)
        continue
      }
      const name = this.name(pair.key, where)
      if (name === null) continue
      const there = merged.has(name) ? undefined : parts.get(name)
      if (there !== undefined) {
        const line = there.key.line > 0 ? `, first in line ${there.key.line}` : ''
        this.tell(where, `the key ${quoted(name)} is there twice${line}`)
        this.node(pair.value, where)
        continue
      }
      merged.delete(name)
      parts.set(name, this.node(pair.value, where))
    }
    return mapOf(parts, place, key)
  }

  /** `<<: *other`: takes over what the map does not say itself. */
  private merge(other: Tree, place: Place, parts: Map<string, Tree>, merged: Set<string>): void {
    const sources = Array.isArray(other.value) ? [...other.parts!.values()] : [other]
    for (const source of sources) {
      if (source.parts === null || Array.isArray(source.value)) {
        if (source.value !== null) this.tell(place, `expected <<: *name of a map, not ${shown(source.value)}`)
        continue
      }
      this.merged += source.parts.size
      if (this.merged > MOST_VALUES) {
        this.tell(place, `<<: takes over more than ${MOST_VALUES} values in all`)
        return
      }
      for (const [name, part] of source.parts) {
        if (parts.has(name)) continue
        parts.set(name, part)
        merged.add(name)
      }
    }
  }

  private name(key: Node | null, place: Place): string | null {
    let name: string | null = null
    if (isScalar(key))
      name = key.value === null ? '' : typeof key.value === 'string' ? key.value : key.source!
    else if (isAlias(key) && typeof this.anchors.get(key.source)?.value === 'string')
      name = String(this.anchors.get(key.source)!.value)
    if (name === null) {
      this.tell(
        place,
        `expected a text as a key, not ${isSeq(key) ? 'a list' : isMap(key) ? 'a map' : 'this'}`,
      )
    } else if (name === '') {
      this.tell(place, 'expected a text as a key, not nothing')
      return null
    } else if (name === '__proto__') {
      this.tell(place, '"__proto__" cannot be a key: JavaScript keeps that name for itself')
      return null
    }
    if (name !== null) this.complainOfUnseen(name, place)
    return name
  }

  /** Reports, terminals and pages show what stands here as it is. */
  private complainOfUnseen(text: string, place: Place): void {
    const unseen = unseenIn(text)
    if (unseen !== null) this.tell(place, `has a character in it that is not seen, and is no text: ${unseen}`)
  }

  /**
   * `{ service: lognormal(mean=40ms, cv=1.5) }` is two entries for YAML. Tells so once, and gives what was meant.
   */
  private rejoined(items: readonly Pair<Node, Node | null>[]): Pair<Node, Node | null>[] {
    const whole: Pair<Node, Node | null>[] = []
    for (let i = 0; i < items.length; i++) {
      const pair = items[i]!
      whole.push(pair)
      const { value } = pair
      if (!isScalar(value) || value.type !== Scalar.PLAIN || balance(String(value.source)) <= 0) continue
      const from = value.range![0]
      for (let j = i + 1; j < items.length && items[j]!.value === null; j++) {
        const last = items[j]!.key
        if (!isScalar(last)) break
        const text = this.text.slice(from, last.range![1])
        if (balance(text) > 0) continue
        if (balance(text) === 0) {
          const name = isScalar(pair.key) ? `${pair.key.source}: ` : ''
          const place = this.placeOf(from)
          this.tell(place, `inside { } a comma ends the value: put it in quotes, ${name}"${text}"`)
          const meant = new Scalar(text)
          meant.range = value.range
          meant.source = text
          whole[whole.length - 1] = { ...pair, key: pair.key, value: meant } as Pair<Node, Node | null>
          i = j
        }
        break
      }
    }
    return whole
  }

  private placeOf(offset: number, instead: Place | null = null): Place {
    if (this.fixed !== undefined) return this.fixed
    if (offset === 0 && instead !== null) return instead
    const { line, col } = this.lines.linePos(offset)
    return { file: this.file, line: Math.max(1, line), column: Math.max(1, col) }
  }
}

/** Parentheses that are open at the end. */
function balance(text: string): number {
  let open = 0
  for (const c of text) open += c === '(' ? 1 : c === ')' ? -1 : 0
  return open
}

/** What editors are told in a comment, and is for nobody who reads. */
const FOR_EDITORS = /^\s*yaml-language-server:/

/** The comment at the top of the file, without the number signs. */
function preface(document: Yaml.Parsed): string {
  const contents = document.contents as Node | null
  const comments = [document.commentBefore, contents?.commentBefore].flatMap((comment) =>
    comment == null ? [] : linesFor(comment),
  )
  // Where no empty line follows, it belongs to the first key.
  const first = isMap(contents) ? (contents.items[0]?.key as Node | undefined) : undefined
  return (comments.length > 0 ? comments : linesFor(first?.commentBefore ?? ''))
    .map((line) => legible(line.replace(/^ /, '').trimEnd(), MOST_LENGTH))
    .join('\n')
}

/** Without those for editors, and the empty ones that set them apart: none of a comment that has nothing else. */
function linesFor(comment: string): string[] {
  const lines = comment.split('\n')
  const told = lines.filter((line) => !FOR_EDITORS.test(line))
  if (told.length === lines.length) return lines
  const first = told.findIndex((line) => line.trim() !== '')
  return first < 0 ? [] : told.slice(first)
}

/** What the parser says, for someone who did not mean to write YAML but a scenario. */
function inWords(code: string, message: string, line: string): string {
  if (code === 'TAB_AS_INDENT' || /^ *\t/.test(line)) return 'indent with spaces, not with tabs'
  if (/:\s*[>|]=?\s*\S/.test(line) && code !== 'TAG_RESOLVE_FAILED')
    return 'a condition needs quotes, as in ">= 99.9%"'
  if (code === 'TAG_RESOLVE_FAILED') return `${message.replace(/^Unresolved tag/, 'there is no tag')}`
  const first = message.charAt(0).toLowerCase() + message.slice(1)
  return first.replace(/\s+/g, ' ')
}
