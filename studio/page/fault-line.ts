import { stringify } from 'yaml'
import type { Blow } from '../messages.js'

/** Seconds as a scenario writes them: whole minutes as such, else to the millisecond. */
export function span(seconds: number): string {
  const rounded = Math.round(seconds * 1000) / 1000
  return rounded >= 60 && rounded % 60 === 0 ? `${rounded / 60}min` : `${rounded}s`
}

/** A fault that strikes at `at` seconds, with its options in the order in which scenarios have them. */
export function faultOf({ kind, target, ...options }: Blow, at: number): Record<string, unknown> {
  return { kind, target, ...options, at: span(at) }
}

/** Something as it stands in one line: `{ kind: crash, target: nginx-1, at: 30.017s }`. */
export const lineOf = (fault: unknown): string =>
  stringify(fault, { collectionStyle: 'flow', lineWidth: 0 }).trim()
