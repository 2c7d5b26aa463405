import { expect, test } from 'vitest'
import { toText } from '../../../reports/text.js'
import { costs } from '../../../reports/words/costs.js'
import { newsLines } from '../../../reports/words/counts.js'
import { PLAIN_LOOK } from '../../../reports/words/look.js'
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

test('a short report tells how many outages a monitor did not notice, and of further faults how many there are', async () => {
  const crash = (target: string, at: number) => `{ kind: crash, target: ${target}, at: ${at}s, for: 20s }`
  const shown = async (faults: readonly string[]) => {
    const [one] = await ran(`
lasts: 450s
warmup: 0s
replications: 2
hosts: { watch: {} }
users: { v: { arrive: poisson(10/s), to: lb, timeout: 2s, retries: 3 } }
components:
  lb: { kind: haproxy, servers: [a, b], timeout_connect: 100ms }
  a: { kind: service, servers: unlimited, service: 1ms }
  b: { kind: service, servers: unlimited, service: 1ms }
  m: { kind: monitor, host: watch, targets: [a, b], scrape_interval: 5s, evaluation_interval: 5s, group_wait: 0s }
faults: [${faults.join(', ')}]
`)
    const { result, scenario } = one!
    const look = { ...PLAIN_LOOK, verbose: false }
    return toText({ version: 1, results: [result] }, [scenario], look).replace(/\n {2}/g, ' ')
  }
  const dead = '{ kind: crash, target: watch, at: 100s, for: 200s }'
  const three = await shown([crash('a', 50), dead, crash('b', 200)])
  expect(three).toContain('m: outages of its targets 2, outages that it noticed 1.')
  expect(three).toContain('Retries: while service was worse than before, ')
  expect(three).not.toContain('other fault')
  expect(await shown([crash('a', 50), dead, crash('b', 200), crash('a', 400)])).toContain(
    'And 1 other fault.',
  )
  const all = await shown([crash('a', 50), crash('b', 200)])
  expect(all).not.toContain('outages')
})
