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

/** A text in quotes, cut if it is long. */
export const quoted = (text: string): string => `"${legible(text, MOST)}"`

/** What moves a cursor, hides or turns around what follows, and so can make a text look like another. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu
/** Of those, the ones that texts of several lines have, and emoji and scripts that join letters. */
const HARMLESS = /[\t\n\r\u200c\u200d]/g

/** The first character that no text of a scenario may have, as `U+001B`; null where all may be. */
export function unseenIn(text: string): string | null {
  const [found] = text.replace(HARMLESS, '').match(UNSEEN) ?? []
  return found === undefined ? null : `U+${found.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`
}

/** A text cut if it is longer than a few lines, and without what would break a line or a terminal. */
export function legible(text: string, most = 400): string {
  const clean = text.slice(0, most + 1).replace(UNSEEN, ' ')
  return clean.length > most ? `${clean.slice(0, most)}...` : clean
}
