import { kindHint } from '../../options/nearest.js'
import { shown } from '../../options/shown.js'
import type { Document, Path } from '../document.js'

/**
 * The `kind:` of an entry, and the rest of it, still unchecked; null, and a problem noted, where it is none of
 * those that are known.
 */
export function ofKind<K extends { kind: string; aliases?: readonly string[] }>(
  document: Document,
  value: unknown,
  at: Path,
  known: readonly K[],
  what: string,
): { kind: K; rest: Record<string, unknown> } | null {
  const names = known.map((k) => k.kind)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    document.complain(at, `expected a ${what}: { kind: ... }, not ${shown(value)}`)
    return null
  }
  const { kind, ...rest } = value as Record<string, unknown>
  if (kind === undefined) {
    document.complain(at, `kind: is missing (known: ${names.join(', ')})`)
    return null
  }
  const found = known.find((k) => k.kind === kind)
  if (found === undefined) {
    document.complain(
      [...at, 'kind'],
      `there is no ${what} kind ${shown(kind)}${typeof kind === 'string' ? kindHint(kind, known) : ''}`,
    )
    return null
  }
  return { kind: found, rest }
}
