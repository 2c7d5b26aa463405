import { bare, besideFlow, endOf, flowEnd, opened, plain, readFlow } from './braces.js'

/*
 * Where the cursor is in a scenario that is being written, and so is seldom sound: by indentation, by the braces and
 * lists that are open, and by what stands before it in its line.
 */

/** What stands at a place of the text. */
export interface Spot {
  /** Keys from the top down to the map that a key stands in, or to the key of a value; `-` for an item of a list. */
  readonly path: readonly string[]
  /** `item`: after a dash, where either a value or the first key of a map may begin. */
  readonly what: 'key' | 'value' | 'item'
  /** Where the word begins that the cursor is in or after, and the word up to the cursor. */
  readonly from: number
  readonly word: string
  readonly quoted: boolean
  /** What the map says in which this stands: values that are texts in one line. */
  readonly beside: ReadonlyMap<string, string>
}

/** Of an item of a list in lines, or of a map: what is on its way to the cursor. */
interface Frame {
  readonly indent: number
  readonly key: string
  /** Where it begins in the text. */
  readonly at: number
  /** A list may stand below at the same indentation. */
  readonly open: boolean
}

const KEY = /^("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s#,[\]{}&*!|>'"%@`-][^#]*?|-[^\s#][^#]*?)\s*:(?=\s|$)/
const DASH = /^-(?=\s|$)/
const BLOCK = /[|>][-+0-9]*\s*(#.*)?$/

/** Null in a comment and in a text of several lines. */
export function spotAt(text: string, at: number): Spot | null {
  const lineStart = text.lastIndexOf('\n', at - 1) + 1
  const frames: Frame[] = []
  let scalar = -1
  let offset = 0
  while (offset <= at) {
    const end = endOf(text, offset)
    const line = text.slice(offset, end)
    const indent = line.search(/\S|$/)
    const here = offset === lineStart
    if (scalar >= 0 && (indent > scalar || line.trim() === '') && !(here && at - offset <= scalar)) {
      if (here) return null
      offset = end + 1
      continue
    }
    scalar = -1
    if (!here && (line.trim() === '' || line[indent] === '#')) {
      offset = end + 1
      continue
    }
    const read = readLine(text, offset, here ? Math.min(at, end) : end, frames)
    const flow = opened(text, read.rest)
    if (flow !== null && (here || at <= flowEnd(text, read.rest))) return inFlow(text, at, frames, read.rest)
    if (here) return inLine(text, at, frames, read)
    if (flow !== null) {
      offset = endOf(text, flowEnd(text, read.rest)) + 1
      continue
    }
    if (read.keyed && BLOCK.test(line)) scalar = indent
    offset = end + 1
  }
  return null
}

interface Line {
  /** Where what comes after dashes and key begins. */
  readonly rest: number
  /** Where the content begins: after the dashes. */
  readonly start: number
  readonly keyed: boolean
  readonly dashed: boolean
}

/** Brings the frames to this line. */
function readLine(text: string, from: number, to: number, frames: Frame[]): Line {
  const line = text.slice(from, to)
  let column = line.search(/\S|$/)
  let dashed = false
  const close = (dash: boolean) => {
    for (;;) {
      const top = frames.at(-1)
      if (top === undefined || top.indent < column) return
      if (dash && top.indent === column && top.open) return
      frames.pop()
    }
  }
  for (;;) {
    const dash = DASH.test(line.slice(column))
    close(dash)
    if (!dash) break
    dashed = true
    frames.push({ indent: column, key: '-', at: from + column, open: false })
    column += 1
    column += line.slice(column).search(/\S|$/)
  }
  const key = KEY.exec(line.slice(column))
  if (key === null) return { rest: from + column, start: from + column, keyed: false, dashed }
  const after = line.slice(column + key[0].length)
  frames.push({ indent: column, key: bare(key[1]!), at: from + column, open: /^\s*(#.*)?$/.test(after) })
  const rest = from + column + key[0].length + after.search(/\S|$/)
  return { rest, start: from + column, keyed: true, dashed }
}

function inLine(
  text: string,
  at: number,
  frames: readonly Frame[],
  { rest, start, keyed, dashed }: Line,
): Spot | null {
  const path = frames.map(({ key }) => key)
  const from = Math.min(keyed ? rest : start, at)
  const written = text.slice(from, at)
  if (/(^|\s)#/.test(written)) return null
  const quote = /^["']/.test(written) ? 1 : 0
  const word = { from: from + quote, word: written.slice(quote), quoted: quote > 0 }
  // The map is that in which the key stands.
  if (keyed) return { path, what: 'value', ...word, beside: besideKey(text, frames.at(-1)) }
  // With a colon behind the cursor it is the first key of a map.
  const isKey = KEY.test(text.slice(start, endOf(text, start)))
  if (dashed && !isKey) return { path, what: 'item', ...word, beside: besideKey(text, frames.at(-2)) }
  const column = start - (text.lastIndexOf('\n', start - 1) + 1)
  return { path, what: 'key', ...word, beside: besideLine(text, column, start, at > from) }
}

const besideKey = (text: string, frame: Frame | undefined): Map<string, string> =>
  frame === undefined ? new Map() : besideLine(text, frame.indent, frame.at, false)

/**
 * What the map in lines says whose keys stand at `column`, one of them in the line of `at`.
 * @param own without what this line says
 */
function besideLine(text: string, column: number, at: number, own: boolean): Map<string, string> {
  const lines = text.split('\n')
  const here = text.slice(0, at).split('\n').length - 1
  const found = new Map<string, string>()
  const look = (line: string): 'on' | 'last' | 'out' => {
    const indent = line.search(/\S|$/)
    if (line.trim() === '' || line[indent] === '#') return 'on'
    // The first key of an item stands after its dash.
    const dash = /^(\s*(?:-\s+)+)/.exec(line)?.[1]?.length
    if (indent < column && dash !== column) return 'out'
    if (indent === column || dash === column) {
      const key = KEY.exec(line.slice(column))
      if (key !== null) found.set(bare(key[1]!), plain(line.slice(column + key[0].length)))
    }
    return indent < column ? 'last' : 'on'
  }
  const isItem = look(lines[here]!) === 'last'
  if (own) found.clear()
  for (let i = here - 1; i >= 0 && !isItem; i--) if (look(lines[i]!) !== 'on') break
  for (let i = here + 1; i < lines.length; i++) {
    // The dash of the next item.
    if ((lines[i]!.search(/\S|$/) < column && lines[i]!.trim() !== '') || look(lines[i]!) !== 'on') break
  }
  return found
}

function inFlow(text: string, at: number, frames: readonly Frame[], from: number): Spot | null {
  const { opens, comment, quote } = readFlow(text, from, at)
  if (comment) return null
  const path = frames.map(({ key }) => key)
  const last = opens.at(-1)
  // Before the brace, or after the one that closes.
  if (last === undefined) return { path, what: 'value', from: at, word: '', quoted: false, beside: new Map() }
  for (const { sort, key } of opens.slice(0, -1))
    path.push(...(sort === '[' ? ['-'] : key === null ? [] : [key]))
  const start = quote ?? last.start + text.slice(last.start, at).search(/\S|$/)
  const word = { from: start, word: text.slice(start, at), quoted: quote !== null }
  const map = opens.findLast(({ sort }) => sort === '{')
  const beside = map === undefined ? besideKey(text, frames.at(-1)) : besideFlow(text, map.at, at)
  if (last.sort === '[') return { path: [...path, '-'], what: 'item', ...word, beside }
  return last.key === null
    ? { path, what: 'key', ...word, beside }
    : { path: [...path, last.key], what: 'value', ...word, beside }
}
