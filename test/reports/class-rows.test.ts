import { expect, it } from 'vitest'
import { accountsTable } from '../../reports/html/tables.js'
import { toMarkdown } from '../../reports/summary-markdown.js'
import { toText } from '../../reports/text.js'
import { resultOf } from '../support/results.js'

const site = (own: string, attack = '{ flood: 100% }') =>
  resultOf(`
name: Attacked
lasts: 20s
warmup: 0s
users:
  web: { arrive: poisson(5/s), to: q, mix: ${own} }
  botnet: { arrive: poisson(5/s), to: q, mix: ${attack}, malicious: true }
components: { q: { kind: service, service: 1ms } }
`)
/** The first words of the rows of each kind of report. */
function rowsIn({ scenario, result }: ReturnType<typeof site>) {
  const report = { version: 1 as const, results: [result] }
  const text = (verbose: boolean) => toText(report, [scenario], { verbose, width: 100, colour: false })
  const all = [text(false), text(true), toMarkdown(report, [scenario], 'nines run site.yaml')]
  return [...all, String(accountsTable(result, scenario))].map((one) =>
    ['home', 'search', 'flood'].filter((name) =>
      new RegExp(`^(\\| |.*<th scope="row">)?${name}\\b`, 'm').test(one),
    ),
  )
}

it('what only attackers ask for has no row beside what visitors ask for', () => {
  for (const rows of rowsIn(site('{ home: 50%, search: 50% }'))) expect(rows).toEqual(['home', 'search'])
})

it('what both ask for has', () => {
  const rows = rowsIn(site('{ home: 50%, search: 50% }', '{ flood: 50%, search: 50% }'))
  for (const one of rows) expect(one).toEqual(['home', 'search'])
})

it('a single class of visitors is all of them', () => {
  for (const rows of rowsIn(site('{ home: 100% }'))) expect(rows).toEqual([])
})
