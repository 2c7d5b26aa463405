import {
  type Document,
  isMap,
  isScalar,
  isSeq,
  type Node,
  parseDocument,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml'
import type { Text } from '../messages.js'
import type { Top } from './editor-contract.js'
import { inherited } from './inherited.js'

/*
 * What is done by hand becomes lines of the text. Nothing is written anew: a line goes in where the parser saw the
 * place for it, and all else stays to the letter. Each function gives the text afterwards; null where the text is no
 * scenario that such a line could be written into.
 */

/**
 * The text with one more line at the end of `faults:`: a fault as a map in braces.
 * @param top options that are said before all sections, those that the text does not say
 */
export function withFault(scenario: Text, line: string, top: readonly Top[] = []): string | null {
  const text = withTop(scenario.text, top)
  const document = read(text)
  if (document === null) return null
  const there = document.contents.items.find(({ key }) => nameOf(key) === 'faults')
  const after =
    there === undefined
      ? withSection(text, document, [...inherited(scenario), line])
      : isSeq(there.value)
        ? withItem(text, there.value, line, document.contents.flow === true)
        : isScalar(there.value) && there.value.value === null
          ? withFirst(text, there.key as Node, there.value, line)
          : null
  return after === null ? null : checked(after, line)
}

/** The text in which the last such line says something else; as it was where the reader has taken it away or changed it. */
export function withChanged(text: string, line: string, anew: string): string {
  const at = text.lastIndexOf(line)
  return at < 0 ? text : replaced(text, at, at + line.length, anew)
}

/** The one stretch in which two texts differ. */
export function difference(before: string, after: string): { from: number; to: number; insert: string } {
  const most = Math.min(before.length, after.length)
  let from = 0
  while (from < most && before[from] === after[from]) from++
  let same = 0
  while (same < most - from && before[before.length - 1 - same] === after[after.length - 1 - same]) same++
  return { from, to: before.length - same, insert: after.slice(from, after.length - same) }
}

// ---- Where a line goes --------------------------------------------------------------------------------------------

/** @param within the whole is in braces */
function withItem(text: string, list: YAMLSeq, line: string, within: boolean): string {
  const last = list.items.at(-1) as Node | undefined
  const [start, end] = list.range!
  if (last === undefined)
    return within ? replaced(text, start, end, `[ ${line} ]`) : block(text, start, end, line)
  const after = last.range![1]
  if (list.flow) return replaced(text, after, after, `, ${line}`)
  const indent = ' '.repeat(columnOf(text, start))
  return inserted(text, after, `${indent}- ${line}`)
}

/** Each after the last option that stands before the sections; with braces around all, first in them. */
function withTop(text: string, top: readonly Top[]): string {
  const contents = read(text)?.contents
  if (contents === undefined) return text
  const { items, flow, range } = contents
  const lacking = top.filter(({ option }) => !items.some(({ key }) => nameOf(key) === option))
  const lines = lacking.map(({ option, value }) => `${option}: ${value}`)
  if (lines.length === 0) return text
  if (flow) return replaced(text, range![0] + 1, range![0] + 1, ` ${lines.join(', ')},`)
  const first = items.findIndex(({ key, value }) => !isScalar(value) || nameOf(key) === 'faults')
  const last = items[(first < 0 ? items.length : first) - 1]?.value as Node | undefined
  const all = lines.join(newline(text))
  if (last !== undefined) return inserted(text, last.range![1], all)
  const at = aboveOf(text, items[0]!.key as Node)
  return replaced(text, at, at, `${all}${newline(text)}`)
}

/** After `faults:` with nothing, or with `null`. */
function withFirst(text: string, key: Node, nothing: Node, line: string): string {
  const [start, end] = nothing.range!
  return end > start ? block(text, start, end, line) : inserted(text, key.range![1], `  - ${line}`)
}

/** A line of its own in the place of `[]` or `null`; a comment after it stays where it is. */
function block(text: string, start: number, end: number, line: string): string {
  const without = replaced(text, start, end, '')
  const trimmed = without.slice(0, start).trimEnd().length
  const rest = without.slice(start, lineEnd(without, start)).trim()
  const clean = replaced(without, trimmed, lineEnd(without, start), rest === '' ? '' : ` ${rest}`)
  return inserted(clean, trimmed, `  - ${line}`)
}

/** A section of its own: before what is expected, else at the end. */
function withSection(text: string, document: Parsed, lines: readonly string[]): string {
  const { items, flow } = document.contents
  const last = items.at(-1)
  if (flow) {
    const node = (last?.value ?? last?.key) as Node | undefined
    const to = node?.range ? node.range[1] : document.contents.range![0] + 1
    return replaced(text, to, to, `${node ? ',' : ''} faults: [ ${lines.join(', ')} ]`)
  }
  const eol = newline(text)
  const section = ['faults:', ...lines.map((line) => `  - ${line}`)].join(eol)
  const airy = items.some(({ key }, i) => i > 0 && /\n\s*\n$/.test(text.slice(0, aboveOf(text, key as Node))))
  const apart = airy && !items.some(({ key }) => nameOf(key) === 'extends') ? eol : ''
  const expected = items.find(({ key }) => nameOf(key) === 'expect')
  if (expected !== undefined) {
    const at = aboveOf(text, expected.key as Node)
    return replaced(text, at, at, `${section}${eol}${apart}`)
  }
  const whole = text.trimEnd()
  return `${whole}${eol}${apart}${section}${text.slice(whole.length) || eol}`
}

/** The beginning of the line of a key, or of the comment right above it. */
function aboveOf(text: string, key: Node): number {
  let at = text.lastIndexOf('\n', key.range![0] - 1) + 1
  for (;;) {
    const above = text.lastIndexOf('\n', at - 2) + 1
    if (at === 0 || !text.slice(above, at).trimStart().startsWith('#')) return at
    at = above
  }
}

// ---- Reading ------------------------------------------------------------------------------------------------------

type Parsed = Omit<Document, 'contents'> & { contents: YAMLMap<unknown, unknown> }

function read(text: string): Parsed | null {
  try {
    const document = parseDocument(text, { logLevel: 'silent' })
    return document.errors.length === 0 && isMap(document.contents) ? (document as unknown as Parsed) : null
  } catch {
    // Brackets in brackets without end.
    return null
  }
}

const nameOf = (key: unknown): unknown => (isScalar(key) ? key.value : null)

/** What was written is read as it was meant, or nothing was written. */
function checked(text: string, line: string): string | null {
  const faults = read(text)?.contents.items.find(({ key }) => nameOf(key) === 'faults')?.value
  const last = isSeq(faults) ? faults.items.at(-1) : undefined
  const meant = read(line)?.contents
  return isMap(last) && JSON.stringify(last) === JSON.stringify(meant) ? text : null
}

// ---- Texts --------------------------------------------------------------------------------------------------------

const newline = (text: string): string => (text.includes('\r\n') ? '\r\n' : '\n')

const columnOf = (text: string, at: number): number => at - (text.lastIndexOf('\n', at - 1) + 1)

/** Where the line of `at` ends, before its newline. */
function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at)
  if (end < 0) return text.length
  return text[end - 1] === '\r' && end > at ? end - 1 : end
}

const replaced = (text: string, from: number, to: number, by: string): string =>
  text.slice(0, from) + by + text.slice(to)

/** A line of its own after the one in which something ended. */
function inserted(text: string, end: number, line: string): string {
  // Of what stands in several lines the end is the beginning of the next.
  const at = text[end - 1] === '\n' ? end : lineEnd(text, end)
  const eol = newline(text)
  return replaced(text, at, at, text[at - 1] === '\n' ? `${line}${eol}` : `${eol}${line}`)
}
