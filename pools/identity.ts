import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import type { Job } from '../sim/experiments/jobs.js'

/** What two programs must have in common for the same job to give the same record, to the bit. */
export interface Identity {
  readonly version: string
  /** Of the files that run. */
  readonly code: string
  /** Of what its arithmetic yields: logarithms and the like may differ in the last bit between engines. */
  readonly arithmetic: string
}

const FUNCTIONS = [
  'log',
  'log1p',
  'log2',
  'log10',
  'exp',
  'expm1',
  'sqrt',
  'cbrt',
  'sin',
  'cos',
  'tan',
] as const

/** @param folder of all files that run */
export function identityOf(version: string, folder: URL): Identity {
  const code = createHash('sha256')
  for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.js'))
    .map((name) => name.replaceAll('\\', '/'))
    .sort()) {
    code.update(`${file}\n`).update(readFileSync(new URL(file, folder)))
  }
  const values = Array.from({ length: 256 }, (_, i) => {
    const x = (i + 0.5) / 16
    return [...FUNCTIONS.map((name) => Math[name](x)), x ** 0.7, x ** -2.5]
  })
  const arithmetic = createHash('sha256').update(new Float64Array(values.flat()))
  return { version, code: short(code), arithmetic: short(arithmetic) }
}

export const same = (a: Identity, b: Identity): boolean =>
  a.version === b.version && a.code === b.code && a.arithmetic === b.arithmetic

export const saysIdentity = ({ version, code, arithmetic }: Identity): string =>
  `nines ${version} (code ${code.slice(0, 8)}, arithmetic ${arithmetic.slice(0, 8)})`

/**
 * What a job computes, and with what, in 22 letters: the same for the same content, wherever the files are called
 * what. How many replications there are besides does not matter to any of them.
 */
export function keyOf({ source, ...rest }: Job, identity: Identity): string {
  const { replications: _, ...overrides } = source.overrides
  const content = [identity, source.text, Object.values(source.files), overrides, rest]
  return short(createHash('sha256').update(JSON.stringify(content)))
}

const short = (hash: ReturnType<typeof createHash>): string => hash.digest('base64url').slice(0, 22)
