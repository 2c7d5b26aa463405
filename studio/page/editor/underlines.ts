import type { Problem } from '../../../sim/scenario/problem.js'

/** A mistake where it is underlined. */
export interface Mark {
  readonly from: number
  readonly to: number
  readonly message: string
}

/** What is underlined: a name with its dots, or all up to a space or a sign. */
const WORD = /^["']?[^\s,:#{}[\]"'()]+["']?/

/**
 * Mistakes as marks in the text, in its order. What an anchor holds is told as often as it is used, at one place: it is
 * marked once. What stands in another file is told where this one names it, and what stands nowhere at the top.
 */
export function marksOf(text: string, file: string, mistakes: readonly Problem[]): Mark[] {
  const starts = startsOf(text)
  const marks = new Map<string, Mark>()
  for (const { file: told, line, column, message } of mistakes) {
    const own = told === file
    const at = own ? offsetOf(text, starts, line, column) : extendsIn(text)
    const sentence = own || line === 0 ? message : `${told}, line ${line}: ${message}`
    const word = WORD.exec(text.slice(at, at + 200))?.[0].length ?? 0
    const to = Math.min(at + word, text.length)
    marks.set(`${at} ${sentence}`, { from: Math.min(at, to), to, message: sentence })
  }
  // What stands nowhere says how many there are besides: it is the last that one wants to read.
  const nowhere = new Set(mistakes.filter(({ line }) => line === 0).map(({ message }) => message))
  const late = (mark: Mark) => Number(nowhere.has(mark.message))
  return [...marks.values()].sort((a, b) => a.from - b.from || late(a) - late(b))
}

/** Offsets at which lines begin. */
function startsOf(text: string): number[] {
  const starts = [0]
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return starts
}

/** Of a line and a column from 1 on; of what lies behind its end, the end. */
function offsetOf(text: string, starts: readonly number[], line: number, column: number): number {
  if (line < 1) return 0
  const start = starts[line - 1]
  if (start === undefined) return text.length
  const end = line < starts.length ? starts[line]! - 1 : text.length
  return Math.min(start + Math.max(0, column - 1), end)
}

/** Where the name of the file stands that this one extends. */
function extendsIn(text: string): number {
  const found = /^extends:[ \t]*/m.exec(text)
  return found === null ? 0 : found.index + found[0].length
}

/** `1 problem`, `2 problems`. */
export const countOf = (marks: readonly Mark[]): string =>
  marks.length === 1 ? '1 problem' : `${marks.length} problems`

/** The first mark after the cursor, or the first of all. */
export const nextOf = (marks: readonly Mark[], cursor: number): Mark | undefined =>
  marks.find(({ from }) => from > cursor) ?? marks[0]
