import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import type { Job } from '../sim/experiments/jobs.js'

/**
 * What two programs must have in common for the same job to give the same record, to the bit. The engine is no part of
 * that (docs/decisions/0008-own-arithmetic.md).
 */
export interface Identity {
  readonly version: string
  /** Of the files that run. */
  readonly code: string
}

/** @param folder of all files that run */
export function identityOf(version: string, folder: URL): Identity {
  const code = createHash('sha256')
  for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.js'))
    .map((name) => name.replaceAll('\\', '/'))
    .sort()) {
    code.update(`${file}\n`).update(readFileSync(new URL(file, folder)))
  }
  return { version, code: short(code) }
}

export const same = (a: Identity, b: Identity): boolean => a.version === b.version && a.code === b.code

export const saysIdentity = ({ version, code }: Identity): string =>
  `nines ${version} (code ${code.slice(0, 8)})`

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
