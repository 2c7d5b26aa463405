import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { catalog, type OptionEntry } from '../../sim/scenario/catalog.js'

const folder = path.resolve(import.meta.dirname, '../../reports')
const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('.ts'),
)

const { components, faults } = catalog()
const optionNames = (options: readonly OptionEntry[]): string[] =>
  options.flatMap((o) => [o.name, ...optionNames(o.options ?? [])])
const known = new Map<string, string>([
  ...[...components, ...faults].flatMap((one) => optionNames(one.options)).map((o) => [o, 'option'] as const),
  ...components.flatMap((c) => c.counts.map(({ name }) => [name, 'count'] as const)),
  ...[...components, ...faults].map(({ name }) => [name, 'kind'] as const),
])

/** Words that mean something else where they stand, and what. */
const MEANT_OTHERWISE: Readonly<Record<string, string>> = {
  'capacity-table.ts rate': 'the head of a column',
  'csv.ts class': 'a column',
  'csv.ts queue': 'a column, as in results',
  'drawing/drawing.ts calls': 'what an arrow says',
  'drawing/drawing.ts zone': 'what a frame is around',
  'html/capacity-page.ts rate': 'the head of a column',
  'html/capacity-page.ts share': 'the unit of an axis',
  'html/capacity-page.ts value': 'the unit of an axis',
  'charts/amounts.ts rate': 'the unit of an axis',
  'charts/amounts.ts share': 'the unit of an axis',
  'charts/chart.ts rate': 'the unit of an axis',
  'charts/chart.ts share': 'the unit of an axis',
  'charts/chart.ts value': 'the unit of an axis',
  'charts/hover.ts script': 'an element of the page',
  'drawing/by-severity.ts severity': 'how bad a loss is',
  'html/figure.ts rate': 'the unit of an axis',
  'html/figure.ts share': 'the unit of an axis',
  'html/figures.ts latency': 'how the names of compared metrics begin',
  'html/spof-page.ts severity': 'how bad a loss is',
  'html/sweep-page.ts rate': 'the unit of an axis',
  'html/sweep-page.ts value': 'the unit of an axis',
  'html/tables.ts class': 'the head of a column',
  'html/page.ts sources': 'the id of a part of the page',
  'html/tables.ts zone': 'the head of a column',
  'html/tables.ts share': 'the head of a column',
  'explanation-blocks.ts writes': 'how bad a loss is',
  'html/years-page.ts every': 'the head of a column',
  'html/years-page.ts for': 'the head of a column',
  'html/years-page.ts share': 'the head of a column',
  'outcomes-table.ts share': 'the head of a column',
  'spof-table.ts severity': 'how bad a loss is',
  'spof-table.ts writes': 'how bad a loss is',
  'spof-verdict.ts certificate': 'how something is lost',
  'spof-verdict.ts severity': 'how bad a loss is',
  'spof-verdict.ts writes': 'how bad a loss is',
  'spof-verdict.ts zone': 'what is lost',
  'years-table.ts share': 'the head of a column',
  'words/capacity-words.ts rate': 'the word',
  'words/causal-chains.ts class': 'what a cause is of, as in results',
  'words/causal-chains.ts classes': 'a field of results',
  'words/costs.ts classes': 'a field of results',
  'words/limits.ts type': 'a field of results',
  'words/objectives.ts share': 'the unit of a bound',
  'words/spof-why.ts class': 'what a cause is of, as in results',
  'words/spof-why.ts share': 'the unit of a bound',
  'words/spof-why.ts severity': 'how bad a loss is',
  'words/spof-why.ts writes': 'how bad a loss is',
}

/** Texts in single quotes, with comments left out, and what is taken out of `extra` by name. */
function namesIn(text: string): string[] {
  const code = text.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '')
  return [/'((?:[^'\\\n]|\\.)*)'/g, /\bextra\??!?\.(\w+)/g].flatMap((pattern) =>
    [...code.matchAll(pattern)].map(([, name]) => name!),
  )
}

it('sees a name where one stands', () => {
  expect(namesIn("if (kind === 'firewall') return extra?.lag_ms\n// 'mysql'")).toEqual(['firewall', 'lag_ms'])
  expect(known.get('firewall')).toBe('kind')
  expect(known.get('surge')).toBe('kind')
  expect(known.get('replicas')).toBe('option')
  expect(known.get('lag_ms')).toBe('count')
})

it('reports name no kind, no option of one and no count', () => {
  const wrong = sources.flatMap((file) =>
    namesIn(readFileSync(path.join(folder, file), 'utf8'))
      .filter((name) => known.has(name) && !Object.hasOwn(MEANT_OTHERWISE, `${file} ${name}`))
      .map((name) => `${file} ${name}: ${known.get(name)}`),
  )
  expect(wrong, 'another name, or a line in MEANT_OTHERWISE where the report means another thing').toEqual([])
})

it('what is meant otherwise still stands there', () => {
  for (const entry of Object.keys(MEANT_OTHERWISE)) {
    const [file, name] = entry.split(' ')
    expect(namesIn(readFileSync(path.join(folder, file!), 'utf8')), entry).toContain(name)
  }
})
