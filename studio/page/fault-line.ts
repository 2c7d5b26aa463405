import type { Blow } from '../messages.js'

/** Seconds as a scenario writes them: whole minutes as such, else to the millisecond. */
export function span(seconds: number): string {
  const rounded = Math.round(seconds * 1000) / 1000
  return rounded >= 60 && rounded % 60 === 0 ? `${rounded / 60}min` : `${rounded}s`
}

/**
 * A fault as it stands in `faults:`, in the order in which scenarios have it: `{ kind: crash, target: nginx-1, at: 30s }`.
 * @param lasts seconds; null if it has not healed
 */
export function faultLine({ kind, target, ...options }: Blow, at: number, lasts: number | null): string {
  const said = { kind, target, ...options, at: span(at), ...(lasts === null ? {} : { for: span(lasts) }) }
  const parts = Object.entries(said).map(([name, value]) => `${word(name)}: ${word(value)}`)
  return `{ ${parts.join(', ')} }`
}

/** In quotes where YAML would take it for something else. */
function word(value: string | number): string {
  const text = String(value)
  if (typeof value === 'number') return text
  return PLAIN.test(text) && !OTHER.test(text) ? text : JSON.stringify(text)
}

/** Letters, digits and what names, times, laws and wires have; no comma, colon, brackets or braces. */
const PLAIN = /^[\p{L}\p{N}_./(]([\p{L}\p{N}_.%()=+-]|\/(?=.)| (?! |$|#)|->)*$/u
/** What YAML reads as no text. */
const OTHER = /^(true|false|null|~|[-+.]?[\d.]+(e[-+]?\d+)?|0[xo][\da-f]+|\.inf|\.nan)$/i
