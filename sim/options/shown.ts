/** Longer texts are cut in messages. */
const MOST = 60

/** What was found, as messages show it. */
export function shown(value: unknown): string {
  if (value === undefined || value === null) return 'nothing'
  if (typeof value === 'string') return value === '' ? 'an empty text' : quoted(value)
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list'
  if (typeof value === 'object') return Object.keys(value).length === 0 ? 'an empty map' : 'a map'
  return String(value)
}

/** A text in quotes, cut if it is long, and without what would break a line or a terminal. */
export function quoted(text: string): string {
  const clean = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, ' ')
  return clean.length > MOST ? `"${clean.slice(0, MOST)}..."` : `"${clean}"`
}
