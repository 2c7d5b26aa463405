import { isMap, parseDocument, stringify } from 'yaml'
import { besideOf } from '../../sim/scenario/paths.js'
import type { Text } from '../messages.js'

/** Files that extend one another. */
const MOST_DEEP = 20

/**
 * Faults that a scenario takes from what it extends, each as a line: what has `faults:` of its own takes none of them,
 * and so a list that begins in it has to begin with these.
 */
export function inherited({ text, file, files }: Text): string[] {
  let here = { text, file }
  for (let deep = 0; deep < MOST_DEEP; deep++) {
    const document = parseDocument(here.text, { logLevel: 'silent' })
    if (document.errors.length > 0 || !isMap(document.contents)) return []
    if (document.has('faults')) return linesOf(document.get('faults', true), document)
    const base = document.get('extends')
    const name = typeof base === 'string' ? besideOf(here.file, base) : ''
    if (!Object.hasOwn(files, name)) return []
    here = { text: files[name]!, file: name }
  }
  return []
}

function linesOf(faults: unknown, document: ReturnType<typeof parseDocument>): string[] {
  try {
    const values = (faults as { toJS(document: unknown): unknown } | null)?.toJS(document)
    return Array.isArray(values) ? values.map(lineOf) : []
  } catch {
    // Aliases of aliases, more than anybody has.
    return []
  }
}

const lineOf = (fault: unknown): string => stringify(fault, { collectionStyle: 'flow', lineWidth: 0 }).trim()
