import { expect, test } from 'vitest'
import { toText } from '../../../reports/text.js'
import { costs } from '../../../reports/words/costs.js'
import { newsLines } from '../../../reports/words/counts.js'
import { ran } from '../../support/ran.js'

test('the cause of what visitors met is told of the fault that cost it, not of one that lasted meanwhile', async () => {
  const [one] = await ran(`
lasts: 120s
replications: 2
hosts: { box: {}, watch: {} }
users: { v: { arrive: poisson(50/s), to: a, timeout: 2s } }
components:
  a: { kind: app, host: box, workers: 10, service: 1ms }
  m: { kind: monitor, host: watch, targets: [a] }
faults:
  - { kind: crash, target: watch, at: 20s, for: 60s }
  - { kind: hang, target: a, at: 30s, for: 40s }
`)
  const [watch, hang] = costs(one!.result)
  expect(watch).toMatch(/^The crash of watch .* cost no requests that could be told from chance/)
  expect(watch).not.toContain('The cause')
  expect(hang).toMatch(/The cause: v waited for a, which hung/)
})

test('a short report tells of a replica that answers with what is old', async () => {
  const [one] = await ran(`
lasts: 60s
replications: 2
users: { v: { arrive: poisson(50/s), to: a, mix: { read: 50%, write: 50% } } }
components:
  a: { kind: app, workers: 50, service: 1ms, database: [p, r], reads: replicas }
  p: { kind: mysql, service: 1ms, replicas: [r] }
  r: { kind: mysql, service: 1ms }
faults: [{ kind: partition, target: p -> r, at: 20s, for: 20s }]
`)
  const { result, scenario } = one!
  expect(newsLines(result, scenario)).toEqual([
    expect.stringMatching(/^r: longest lag \d.* ms, share of the reads that missed a write \d.*%\.$/),
  ])
  const shown = toText({ version: 1, results: [result] }, [scenario]).replace(/\n {2}/g, ' ')
  expect(shown).toContain('share of the reads that missed a write')
})
