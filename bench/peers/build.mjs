import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

const here = import.meta.dirname
const out = path.join(here, '../out')
const CXX = ['-O2', '-std=c++17']

/** Python as Debian installs it, whatever else comes first in the path: there its package of SimPy is. */
export const PYTHON = existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3'

/**
 * Makes the peers ready: compiles the programs in C++, and looks whether the others are installed.
 *
 * @returns {{ present: Map<string, string>, missing: Map<string, string> }} by name, the version of each, or why
 * it is not there
 */
export function prepare() {
  const present = new Map()
  const missing = new Map()
  try {
    const version = execFileSync('g++', ['--version'], { encoding: 'utf8' }).split('\n')[0]
    for (const program of ['hold', 'mm1', 'four-tier']) compile(program)
    present.set('C++', `${version}, ${CXX.join(' ')}`)
    present.set('C++ 4-ary', 'the same programs with a heap of their own')
  } catch (error) {
    if (error.code !== 'ENOENT') throw error
    for (const name of ['C++', 'C++ 4-ary']) missing.set(name, 'there is no g++')
  }
  try {
    const ask = 'import platform, simpy; print(simpy.__version__, "on Python", platform.python_version())'
    present.set('SimPy', execFileSync(PYTHON, ['-c', ask], { encoding: 'utf8', stdio: 'pipe' }).trim())
  } catch {
    missing.set('SimPy', 'apt-get install python3-simpy3')
  }
  for (const [name, library] of [
    ['SimScript', 'simscript'],
    ['SIM.JS', 'simjs'],
  ]) {
    if (existsSync(path.join(here, 'node_modules', library))) present.set(name, installed(library))
    else missing.set(name, 'npm ci --prefix bench/peers')
  }
  return { present, missing }
}

function compile(program) {
  mkdirSync(out, { recursive: true })
  const from = path.join(here, `${program}.cpp`)
  const run = (...args) => execFileSync('g++', [...CXX, ...args, from], { stdio: 'inherit' })
  run('-o', path.join(out, program))
  run('-DFOUR_ARY', '-o', path.join(out, `${program}-4-ary`))
}

function installed(library) {
  const about = readFileSync(path.join(here, 'node_modules', library, 'package.json'), 'utf8')
  return `${library} ${JSON.parse(about).version}`
}
