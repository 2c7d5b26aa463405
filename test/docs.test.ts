import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { readText } from '../cli/files.js'
import { MOST } from '../cli/mcp-given.js'
import { MOST_REQUESTS, SECONDS } from '../cli/mcp-within.js'
import { outcomeNames } from '../sim/parts/outcome.js'
import { parseScenario } from '../sim/scenario/parse.js'

const root = path.resolve(import.meta.dirname, '..')
const read = (file: string) => readFileSync(path.join(root, file), 'utf8')
const pages = ['README.md', ...readdirSync(path.join(root, 'docs')).map((name) => `docs/${name}`)].filter(
  (name) => name.endsWith('.md'),
)
/** And the decisions. */
const all = [
  ...pages,
  ...readdirSync(path.join(root, 'docs/decisions')).map((name) => `docs/decisions/${name}`),
]
const blocks = (page: string, language: string) =>
  [...read(page).matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(
    ([, text]) => text!,
  )

describe.each(pages)('%s', (page) => {
  it('shows scenarios that are some', () => {
    for (const text of blocks(page, 'yaml'))
      expect(parseScenario(text, page, {}, readText).components.length).toBeGreaterThan(0)
  })

  it('links to files that are there', () => {
    for (const [, target] of read(page).matchAll(/\]\((?!https?:)([^)#]+)[^)]*\)/g)) {
      expect(() => readFileSync(path.join(root, path.dirname(page), target!)), target).not.toThrow(/ENOENT/)
    }
  })
})

it.each([...all, 'CONTRIBUTING.md'])('%s names files that are there', (page) => {
  const rooms = /`((?:cli|pools|reports|sim|studio|test|bench|studies)\/[\w./-]*)`/g
  const named = [...read(page).matchAll(rooms)].map(([, name]) => name!)
  expect(named.filter((name) => !existsSync(path.join(root, name)))).toEqual([])
})

it('continuous integration runs the commands that README shows', () => {
  expect(read('.ci/run')).toContain('README.md')
})

it('README counts the exact systems and their metrics as docs/validation.md does', () => {
  const [, metrics, cases] = /^(\d+) metrics of (\d+) cases/m.exec(read('docs/validation.md'))!
  const text = read('README.md').replace(/\s+/g, ' ')
  expect(text).toContain(`simulates ${cases} systems that are known exactly and compares ${metrics} metrics`)
})

it('docs/mcp.md has the limits of a question as the program has them', () => {
  const told = (n: number) => n.toLocaleString('en-US')
  expect(read('docs/mcp.md').replace(/\s+/g, ' ')).toContain(
    `One question has at most ${MOST.scenarios} scenarios of ${told(MOST.characters)} characters, ${MOST.settings} settings (\`set\`), ${MOST.replications} replications and ${told(MOST_REQUESTS / 1e6)} million requests of visitors, and takes at most ${SECONDS.usual} seconds (\`--seconds\`, up to ${told(SECONDS.most)})`,
  )
})

it('docs/scenario.md explains every outcome', () => {
  for (const name of outcomeNames) expect(read('docs/scenario.md')).toContain(`\`${name}\``)
})

it.each([
  ['delay', 'sim/components/delay'],
  ['gc-pause', 'sim/faults'],
])('docs/adding-a-component.md shows the %s that the conformance suites hold', (name, place) => {
  const folder = 'test/support/documented'
  /** What stands in the code, and what is imported, in whatever order, from the root on. */
  const partsOf = (code: string, from: string) => {
    const lines = code.split('\n')
    const imports = lines
      .filter((line) => line.startsWith('import '))
      .map((line) => line.replace(/'(\..*)'/, (_, file) => path.join(from, file)))
    return { imports: imports.sort(), rest: lines.filter((line) => !line.startsWith('import ')) }
  }
  const shown = blocks('docs/adding-a-component.md', 'ts').map((code) => partsOf(code, place))
  expect(shown).toContainEqual(partsOf(read(`${folder}/${name}.ts`), folder))
})

it('docs/glossary.md has each word of the house once', () => {
  const words = [...read('docs/glossary.md').matchAll(/^\| ([^|]+?) \| ([^|]+?) \|/gm)]
    .map(([, word]) => word!)
    .filter((word) => word !== 'word')
  expect(new Set(words).size).toBe(words.length)
  const ours =
    'kernel event calendar deadline stream distribution tally level histogram probe ledger window ' +
    'request attempt outcome component station host wire dial users arrivals profile fault strike heal ' +
    'scenario model run replication experiment results report session'
  expect(ours.split(' ').filter((word) => !words.includes(word))).toEqual([])
})
