import { beforeAll, describe, expect, it } from 'vitest'
import { block, code, literal } from '../../reports/markdown.js'
import { toMarkdown } from '../../reports/summary-markdown.js'
import { compare } from '../../sim/experiments/compare.js'
import { inline } from '../../sim/experiments/jobs.js'
import { type Ran, run } from '../../sim/experiments/run.js'
import { parseScenario } from '../../sim/scenario/parse.js'

/** One server, which dies for a while, or does not. */
const text = (name: string, more: string) => `
name: ${JSON.stringify(name)}
lasts: 60s
warmup: 0s
replications: 3
users: { people: { arrive: poisson(20/s), to: web } }
components:
  web: { kind: service, service: exponential(5ms), queue: 100 }
expect: { availability: ">= 99%", latency_mean: "<= 40ms" }
${more}`
const crash = 'faults: [{ kind: crash, target: web, at: 20s, for: 20s }]'

let calm: Ran
let struck: Ran
beforeAll(async () => {
  const scenarios = [text('calm', ''), text('<b>it *dies*</b> | now', crash)].map((one, i) =>
    parseScenario(one, `${i}.yaml`),
  )
  ;[calm, struck] = (await run(scenarios, inline)) as [Ran, Ran]
})

const told = (...ran: Ran[]): string =>
  toMarkdown(
    {
      version: 1,
      results: ran.map(({ result }) => result),
      ...(ran.length > 1 && { comparisons: compare(ran) }),
    },
    ran.map(({ scenario }) => scenario),
    'nines run 0.yaml',
  )

describe('a summary for a pull request', () => {
  it('begins with the verdict and the objectives', () => {
    const lines = told(struck).split('\n')
    expect(lines[0]).toMatch(/^### ❌ /)
    expect(lines[2]).toMatch(/^\*\*Down: nobody was answered for 2\d.* s after the crash of web.*\*\*$/)
    expect(lines.slice(4, 8)).toEqual([
      '| objective | verdict | was |',
      '| --- | --- | --- |',
      expect.stringMatching(/^\| `availability >= 99%` \| ❌ not met \| 6\d\.\d%, 95% interval 6.* \|$/),
      expect.stringMatching(/^\| `latency_mean <= 40ms` \| ✅ met \| [\d.]+ ms, 95% interval .* \|$/),
    ])
    expect(told(calm)).toMatch(/^### ✅ calm\n/)
  })

  it('has the figures with their intervals, and what each fault cost', () => {
    expect(told(struck)).toMatch(/\n\| all \| 13\.\d ±[\d.]+ \| 6\d\.\d% ±[\d.]+ \|/)
    expect(told(struck)).toMatch(/\n- The crash of web \(20 s to 40 s\) cost \d+ ±\d+ requests a run; /)
    expect(told(calm)).not.toMatch(/\n- The crash/)
  })

  it('tells what differs, with the interval, and folds up each scenario', () => {
    const both = told(calm, struck)
    expect(both).toMatch(/^### 2 scenarios compared\n\n\*\*calm answers 3\d\.?\d* points more/)
    expect(both).toMatch(/against calm: worse good answers \(−3\d.* points ±[\d.]+\)/)
    expect(both.match(/<details>/g)).toHaveLength(3)
    expect(both.match(/<\/details>/g)).toHaveLength(3)
    expect(both).toContain('<summary>✅ calm</summary>')
  })

  it('takes names by letter: as text, within a table, and as HTML', () => {
    const both = told(calm, struck)
    expect(both).toContain('| \\<b>it \\*dies\\*\\</b> \\| now |')
    expect(both).toContain('<summary>❌ &lt;b&gt;it *dies*&lt;/b&gt; | now</summary>')
    expect(both).not.toMatch(/(?<!\\)<\/?b>/)
  })

  it('says what an interrupted run is', () => {
    const { result, scenario } = calm
    const note = 'interrupted: this is of 1 of 3 replications'
    const cut = { ...result, interrupted: { planned: 3 }, notes: [...result.notes, note] }
    expect(told({ ...calm, result: cut, scenario })).toContain(`\n\nNote: ${note}.\n\n`)
  })

  it('ends with the command and what the figures mean', () => {
    expect(told(calm)).toMatch(
      /```sh\nnines run 0\.yaml\n```\n\n<\/details>\n\n<sub>Good: answered within 1 s, .* 3 replications of 60 s, seed 1\.<\/sub>\n$/,
    )
  })
})

describe('Markdown', () => {
  it('has fences that are longer than those within', () => {
    expect([code('a`b'), code('a')]).toEqual(['`` a`b ``', '`a`'])
    expect(block('```', 'sh')).toBe('````sh\n```\n````')
  })

  it('keeps text on its line', () => {
    expect(literal('a_b\n# c')).toBe('a\\_b \\# c')
  })
})
