import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'

const root = path.resolve(import.meta.dirname, '..')

/** From the top floor down; those on one floor do not import from one another. */
const FLOORS = [
  ['cli', 'studio/page', 'studio/engine.ts'],
  ['studio/live', 'studio/answers', 'studio/shelf.ts'],
  ['studio/read-text.ts', 'studio/sentence-of.ts'],
  ['studio/messages.ts', 'studio/bounds.ts'],
  ['reports', 'pools'],
  ['sim/index.ts'],
  ['sim/experiments'],
  ['sim/model'],
  ['sim/scenario'],
  ['sim/components', 'sim/faults', 'sim/traffic'],
  ['sim/parts'],
  ['sim/options', 'sim/reliability'],
  ['sim/random', 'sim/stats'],
  ['sim/arithmetic', 'sim/kernel'],
]

const sources = ['cli', 'pools', 'reports', 'sim', 'studio'].flatMap((folder) =>
  readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => path.join(folder, file)),
)

/** The floor's number and the room on it. */
function placeOf(file: string): { floor: number; room: string } {
  for (const [floor, rooms] of FLOORS.entries()) {
    for (const room of rooms) if (file === room || file.startsWith(`${room}/`)) return { floor, room }
  }
  throw new Error(`${file} stands on no floor`)
}

it('finds the sources', () => {
  expect(sources.length).toBeGreaterThan(60)
})

it('imports from its own folder and from floors below only', () => {
  const wrong: string[] = []
  for (const file of sources) {
    const here = placeOf(file)
    for (const [, target] of readFileSync(path.join(root, file), 'utf8').matchAll(
      /(?:from|import)\s*\(?'(\.[^']+)'/g,
    )) {
      const there = placeOf(path.join(path.dirname(file), target!).replace(/\.js$/, '.ts'))
      if (there.room !== here.room && there.floor <= here.floor) wrong.push(`${file} -> ${target}`)
    }
  }
  expect(wrong).toEqual([])
})

it('knows nothing of Node in sim/, and no files in reports/', () => {
  const wrong = sources
    .filter((file) => file.startsWith('sim/') || file.startsWith('reports/'))
    .filter((file) => /'node:/.test(readFileSync(path.join(root, file), 'utf8')))
  expect(wrong).toEqual([])
})

it('knows no chance and no clock but its own in sim/', () => {
  const wrong = sources
    .filter((file) => file.startsWith('sim/'))
    .filter((file) =>
      /Math\.random|\bDate\b|performance\.now|hrtime/.test(readFileSync(path.join(root, file), 'utf8')),
    )
  expect(wrong).toEqual([])
})

it('calls no function in sim/ whose last bit is the engine’s choice', () => {
  // Those that the language defines exactly, and constants. `**` of constants that are powers of two.
  const exact =
    /^(abs|ceil|clz32|floor|fround|imul|max|min|round|sign|sqrt|trunc|PI|E|LN2|LN10|LOG2E|LOG10E|SQRT2|SQRT1_2)$/
  const wrong: string[] = []
  for (const file of sources.filter((file) => file.startsWith('sim/'))) {
    const code = readFileSync(path.join(root, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')
    for (const [, name] of code.matchAll(/\bMath\s*\.\s*(\w+)/g))
      if (!exact.test(name!)) wrong.push(`${file}: Math.${name}`)
    for (const [, names] of code.matchAll(/\{([^{}]*)\}\s*=\s*Math\b/g))
      for (const name of names!.split(',').map((part) => part.trim().split(':')[0]!.trim()))
        if (!exact.test(name)) wrong.push(`${file}: { ${name} } = Math`)
    if (/\bMath\s*\[|=\s*Math\s*[;\n]/.test(code.replace(/\}\s*=\s*Math\b/g, '}')))
      wrong.push(`${file}: Math as a value`)
    for (const [power] of code.matchAll(/\S*\s*\*\*=?\s*\S+/g))
      if (!/(^|[^\w.])2 \*\* -?\d+\b/.test(power)) wrong.push(`${file}: ${power}`)
    for (const [name] of code.matchAll(/\b(Intl|localeCompare|toLocale\w+)\b/g))
      wrong.push(`${file}: ${name}`)
  }
  expect(wrong).toEqual([])
})
