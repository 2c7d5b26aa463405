import { ByClass } from '../../options/types.js'
import { isPlain } from '../../options/walk.js'
import type { Path } from '../document.js'

/**
 * Parsed options with what `change` gives in the place of each part, outermost first: parts as `walk` visits them,
 * and what stands in maps from request class. What stays as it is, is not copied.
 */
export function replaced(value: unknown, at: Path, change: (part: object, at: Path) => unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  const part = change(value, at)
  if (part !== value) return part
  if (value instanceof ByClass) return value.map((one, name) => replaced(one, [...at, name], change))
  if (!Array.isArray(value) && !isPlain(value)) return value
  let copy: Record<string, unknown> | null = null
  for (const [key, one] of Object.entries(value)) {
    const other = typeof one === 'object' ? replaced(one, [...at, key], change) : one
    if (other === one) continue
    copy ??= (Array.isArray(value) ? [...value] : { ...value }) as Record<string, unknown>
    copy[key] = other
  }
  return copy ?? value
}
