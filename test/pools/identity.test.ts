import { appendFileSync, mkdirSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, it } from 'vitest'
import { identityOf, same } from '../../pools/identity.js'
import { file, folder } from '../support/nines.js'

/** A program of two files. */
function program(): string {
  const at = folder()
  mkdirSync(path.join(at, 'sim'))
  file(at, 'main.js', 'import "./sim/kernel.js"')
  file(at, 'sim/kernel.js', 'export const now = 0')
  return at
}
const of = (at: string) => identityOf('1.0.0', pathToFileURL(`${at}/`))

it('is the same for the same files, wherever they lie, and whatever lies beside them that does not run', () => {
  const [one, other] = [program(), program()]
  file(other, 'sim/kernel.d.ts', 'export declare const now: 0')
  expect(same(of(one), of(other))).toBe(true)
})

it.each(['main.js', 'sim/kernel.js'])('is another for another %s', (name) => {
  const at = program()
  const before = of(at)
  appendFileSync(path.join(at, name), '// changed\n')
  expect(same(of(at), before)).toBe(false)
})
