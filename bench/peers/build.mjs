import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import path from 'node:path'

const here = import.meta.dirname

/** Compiles the programs in C++. @returns the peers that are not there, and why */
export function build() {
  const missing = new Map()
  const out = path.join(here, '../out')
  mkdirSync(out, { recursive: true })
  try {
    for (const program of ['hold', 'mm1', 'four-tier']) {
      const from = path.join(here, `${program}.cpp`)
      execFileSync('g++', ['-O2', '-std=c++17', '-o', path.join(out, program), from], {
        stdio: ['ignore', 'ignore', 'inherit'],
      })
    }
  } catch (error) {
    if (error.code !== 'ENOENT') throw error
    missing.set('C++', 'there is no g++')
  }
  return { missing }
}
