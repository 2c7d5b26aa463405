import { type Call, parseCall } from './call.js'
import type { Files } from './files.js'
import { hint } from './nearest.js'
import { quoted, shown } from './shown.js'
import { BadTable } from './table.js'
import { Unreadable } from './units.js'

/** One argument of a law or an arrival process. */
export interface Parameter<T = unknown> {
  readonly name: string
  /** Shown in listings: `duration`, `number`, ... */
  readonly unit: string
  read(text: string, files: Files): T
  /** Left out where it may be. */
  readonly fallback?: string
}

/** Something written as `name(arguments)`. Several signatures may share a name (`lognormal`). */
export interface Signature<T> {
  readonly name: string
  readonly says: string
  readonly parameters: readonly Parameter[]
  // biome-ignore lint/suspicious/noExplicitAny: the arguments have the types of the parameters, in order
  make(...args: any[]): T
}

/** `lognormal(mean, cv)`, as listings show it. */
export function show(signature: Signature<unknown>): string {
  return `${signature.name}(${signature.parameters.map((p) => (p.fallback === undefined ? p.name : `${p.name}=${p.fallback}`)).join(', ')})`
}

/** Reads `text` by one of `signatures`; throws `Unreadable` with what was expected. */
export function readCall<T>(
  what: string,
  signatures: readonly Signature<T>[],
  text: string,
  files: Files,
): T {
  const call = parseCall(text)
  const names = [...new Set(signatures.map((s) => s.name))]
  if (call === null) {
    const meant = signatures.find((s) => s.name === text.trim())
    if (meant !== undefined) throw new Unreadable(`${what}: ${show(meant)} needs its arguments`)
    throw new Unreadable(`${what} such as ${show(signatures[0]!)}, not ${shown(text)}${hint(text, names)}`)
  }
  const named = signatures.filter((s) => s.name === call.name)
  if (named.length === 0)
    throw new Unreadable(`${what}, and there is no ${quoted(call.name)}${hint(call.name, names)}`)
  const fitting = named.find((s) => fits(s, call))
  if (fitting === undefined) {
    throw new Unreadable(`${named.map(show).join(' or ')}, not ${quoted(text)}${misfit(named, call)}`)
  }
  const values = fitting.parameters.map((parameter, i) => {
    const given =
      call.args.find((a) => a.key === parameter.name) ??
      (call.args[i]?.key === null ? call.args[i] : undefined)
    try {
      return parameter.read(given?.text ?? parameter.fallback!, files)
    } catch (error) {
      if (error instanceof Unreadable && !(error instanceof BadTable))
        throw new Unreadable(`${error.message}, for ${parameter.name} in ${show(fitting)}`)
      throw error
    }
  })
  return fitting.make(...values)
}

function fits(signature: Signature<unknown>, call: Call): boolean {
  if (call.args.length > signature.parameters.length) return false
  return (
    signature.parameters.every((parameter, i) => {
      const positional = call.args[i]?.key === null
      const keyed = call.args.some((a) => a.key === parameter.name)
      return (positional !== keyed || parameter.fallback !== undefined) && !(positional && keyed)
    }) && call.args.every((a) => a.key === null || signature.parameters.some((p) => p.name === a.key))
  )
}

function misfit(named: readonly Signature<unknown>[], call: Call): string {
  const known = named.flatMap((s) => s.parameters.map((p) => p.name))
  const unknown = call.args.find((a) => a.key !== null && !known.includes(a.key))
  return unknown ? `: there is no argument "${unknown.key}"${hint(unknown.key!, known)}` : ''
}
