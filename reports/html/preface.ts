/** The comment at the top of a scenario file: what is drawn, and what is said, asked and answered. */
interface Preface {
  /** Lines as they are. */
  readonly drawing: string
  /** Paragraphs before the question. */
  readonly words: readonly string[]
  /** Of the first paragraph that asks, the last sentences that end with a question mark. */
  readonly question: string
  /** Paragraphs after it. */
  readonly answer: readonly string[]
}

/** Lines that only a drawing has: arrows, frames, or words with wide gaps between them. */
const DRAWN = /--|[|[\]+\\/<>~=_*^]{2}|^\s*[|+\\/v^]|[|+]\s*$|\S {3,}\S|[│┌└├─►▼→]|^ {3,}/
/** Of a command, and so of no drawing. */
const OPTION = /--[a-z][\w-]*/g
const COMMAND = /^\s+(npx )?nines |^\s+--[a-z]/

export function readPreface(text: string): Preface {
  const paragraphs = text
    .replace(/^\n+|\s+$/g, '')
    .split(/\n\s*\n/)
    .map((paragraph) => paragraph.split('\n'))
  // All above the last drawn paragraph belongs to the drawing: legends, captions.
  const last = paragraphs.findLastIndex(isDrawn)
  const drawing = paragraphs.slice(0, last + 1).map((lines) => lines.join('\n'))
  const told = paragraphs.slice(last + 1).flatMap(flowing)
  return { drawing: drawing.join('\n\n'), ...aroundQuestion(told.filter((paragraph) => paragraph !== '')) }
}

/** Most of its lines, since what is said may name a wire or have a table's look here and there. */
function isDrawn(lines: readonly string[]): boolean {
  const drawn = lines.filter((line) => !COMMAND.test(line) && DRAWN.test(line.replace(OPTION, '')))
  return 2 * drawn.length > lines.length
}

/** As text that is not broken into lines; each command by itself. */
function flowing(lines: readonly string[]): string[] {
  const parts: string[] = []
  for (const line of lines) {
    const begins = parts.length === 0 || /^\s+(npx )?nines /.test(line)
    if (begins) parts.push(line.trim())
    else parts.push(`${parts.pop()!.replace(/ \\$/, '')} ${line.trim()}`)
  }
  return parts
}

function aroundQuestion(paragraphs: readonly string[]): Omit<Preface, 'drawing'> {
  const sentences = paragraphs.map((paragraph) => paragraph.split(/(?<=[.!?]) (?=\S)/))
  const place = sentences.findIndex((some) => some.some(asks))
  if (place < 0) return { words: paragraphs, question: '', answer: [] }
  const own = sentences[place]!
  const to = own.findLastIndex(asks) + 1
  const from = own.slice(0, to).findLastIndex((sentence) => !asks(sentence)) + 1
  const joined = (some: readonly string[]) => (some.length > 0 ? [some.join(' ')] : [])
  return {
    words: [...paragraphs.slice(0, place), ...joined(own.slice(0, from))],
    question: own.slice(from, to).join(' '),
    answer: [...joined(own.slice(to)), ...paragraphs.slice(place + 1)],
  }
}

const asks = (sentence: string): boolean => sentence.endsWith('?')
