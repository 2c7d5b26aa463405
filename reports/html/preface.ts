/** The comment at the top of a scenario file: what is drawn, and what is said and asked. */
interface Preface {
  /** Lines as they are. */
  readonly drawing: string
  /** Paragraphs. */
  readonly words: readonly string[]
  /** The sentences that end with a question mark, at the end of the words. */
  readonly question: string
}

/** Lines that only a drawing has: arrows, frames, or words with wide gaps between them. */
const DRAWN = /--|[|[\]+\\/<>~=_*^]{2}|^\s*[|+\\/v^]|[|+]\s*$|\S {3,}\S|[│┌└├─►▼→]/
const INDENTED = /^ {3,}/

export function readPreface(text: string): Preface {
  const paragraphs = text
    .replace(/^\n+|\s+$/g, '')
    .split(/\n\s*\n/)
    .map((paragraph) => paragraph.split('\n'))
  const isDrawn = (lines: readonly string[]) => lines.some((line) => DRAWN.test(line) || INDENTED.test(line))
  // All above the last drawn paragraph belongs to the drawing: legends, captions.
  const last = paragraphs.findLastIndex(isDrawn)
  const drawing = paragraphs.slice(0, last + 1).map((lines) => lines.join('\n'))
  const told = paragraphs.slice(last + 1).map((lines) => lines.map((line) => line.trim()).join(' '))
  const words = told.filter((paragraph) => paragraph !== '')
  const question = /(?:^|(?<=[.!:] ))[^.!:?]*\?(?:[^.!:]*\?)*$/.exec(words.at(-1) ?? '')?.[0] ?? ''
  const rest = words.map((paragraph, i) =>
    i === words.length - 1 ? paragraph.slice(0, paragraph.length - question.length).trim() : paragraph,
  )
  return { drawing: drawing.join('\n\n'), words: rest.filter((paragraph) => paragraph !== ''), question }
}
