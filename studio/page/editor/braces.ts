/* Maps and lists in braces and brackets, closed or not. */

/** An open brace or bracket. */
interface Open {
  readonly sort: '{' | '['
  readonly at: number
  key: string | null
  /** Where its key begins. */
  begins: number
  /** Where the key or the value begins that is being read. */
  start: number
}

/** An anchor or a tag may stand before it. */
export const opened = (text: string, at: number): number | null => {
  const before = /^([&!][^\s]*\s+)*/.exec(text.slice(at, endOf(text, at)))![0].length
  return text[at + before] === '{' || text[at + before] === '[' ? at + before : null
}

/**
 * What the map in braces says that opens at `from`; up to its end, or to that of the line if it has none.
 * @param at the key in which this is, is left out
 */
export function besideFlow(text: string, from: number, at: number): Map<string, string> {
  const found = new Map<string, string>()
  readFlow(text, from, Math.min(flowEnd(text, from) + 1, text.length), (key, value, deep, begins) => {
    if (deep === 1 && !(at > begins && at <= begins + key.length)) found.set(key, plain(value))
  })
  return found
}

/** Where the braces close that open at `from`; if they do not, where the next line begins with a key. */
export function flowEnd(text: string, from: number): number {
  const open = opened(text, from) ?? from
  const next = /\n(?=[^\s#\]}])|\n(?=\s+[\w-]+:(\s|$))/g
  next.lastIndex = open
  const most = next.exec(text)?.index ?? text.length
  const { opens, closed } = readFlow(text, open, text.length)
  if (closed !== null) return closed
  return opens.length > 0 ? most : text.length
}

/** @param tell of each pair that has ended, how deep it is, and where its key begins */
export function readFlow(
  text: string,
  from: number,
  to: number,
  tell: (key: string, value: string, deep: number, begins: number) => void = () => {},
): { opens: Open[]; comment: boolean; quote: number | null; closed: number | null } {
  const opens: Open[] = []
  let parentheses = 0
  const finish = (at: number) => {
    const top = opens.at(-1)
    if (top?.key != null) tell(top.key, text.slice(top.start, at), opens.length, top.begins)
  }
  for (let i = from; i < to; i++) {
    const c = text[i]!
    const top = opens.at(-1)
    if ((c === '"' || c === "'") && /[\s,:[{(]/.test(text[i - 1] ?? ' ')) {
      const end = quoteEnd(text, i, c)
      if (end >= to || end < 0) return { opens, comment: false, quote: i + 1, closed: null }
      i = end
    } else if (c === '#' && /\s/.test(text[i - 1] ?? ' ')) {
      const end = endOf(text, i)
      if (end >= to) return { opens, comment: true, quote: null, closed: null }
      i = end
    } else if (c === '(') parentheses++
    else if (c === ')') parentheses = Math.max(0, parentheses - 1)
    else if (c === '\n') parentheses = 0
    else if (c === '{' || c === '[') opens.push({ sort: c, at: i, key: null, begins: i, start: i + 1 })
    else if (c === '}' || c === ']') {
      finish(i)
      opens.pop()
      parentheses = 0
      if (opens.length === 0) return { opens, comment: false, quote: null, closed: i }
    } else if (top && c === ',' && parentheses === 0) {
      finish(i)
      top.key = null
      top.start = i + 1
    } else if (top?.sort === '{' && top.key === null && c === ':' && /[\s"'[{]|^$/.test(text[i + 1] ?? '')) {
      const key = text.slice(top.start, i)
      top.key = bare(key.trim())
      top.begins = top.start + key.search(/\S|$/)
      top.start = i + 1
    }
  }
  return { opens, comment: false, quote: null, closed: null }
}

/** Of a text that begins with this quote; -1 if it does not end in its line. */
function quoteEnd(text: string, from: number, quote: string): number {
  for (let i = from + 1; i < text.length && text[i] !== '\n'; i++) {
    if (quote === '"' && text[i] === '\\') i++
    else if (text[i] === quote) return i
  }
  return -1
}

export const endOf = (text: string, from: number): number => {
  const end = text.indexOf('\n', from)
  return end < 0 ? text.length : end
}

/** A key without its quotes. */
export const bare = (key: string): string => key.replace(/^(["'])(.*)\1$/, '$2')

/** A value as it stands, without a comment, an anchor and quotes; empty for a map or list. */
export const plain = (value: string): string =>
  bare(
    value
      .replace(/(^|\s)#.*/s, '')
      .replace(/^\s*&\S+/, '')
      .trim(),
  ).replace(/^[[{].*/s, '')
