import { beforeAll, describe, expect, test } from 'vitest'
import { toHtml } from '../../reports/html.js'
import { toText } from '../../reports/text.js'
import { openPool } from '../../sim/experiments/jobs.js'
import { run } from '../../sim/experiments/run.js'
import { parseScenario } from '../../sim/scenario/parse.js'

// The replica is cut off at 20 s, the primary dies at 30 s; visitors come every 100 ms, half of them write.
const scenario = parseScenario(
  `
name: Promotion with loss
lasts: 2min
warmup: 0s
replications: 3
users: { web: { arrive: constant(10/s), to: app, timeout: 1s, mix: { write: 50%, read: 50% } } }
components:
  app: { kind: app, workers: 100, service: 1ms, connect_timeout: 500ms, database: [a, b] }
  a: { kind: mysql, service: 1ms, replicas: [b], promotion: { mode: automatic, detect: 10s, promote: 3s } }
  b: { kind: mysql, service: 1ms }
faults:
  - { kind: partition, target: a -> b, at: 20.05s }
  - { kind: crash, target: a, at: 30.05s }
  - { kind: crash, target: b, at: 100s }
expect:
  availability: ">= 99%"
  lost_writes: "<= 1"
  rto: "<= 15s"
  classes.read.qps: ">= 1/s"
`,
  'loss.yaml',
)

describe('recovery and verdicts are shown', () => {
  let text: string
  let page: string

  beforeAll(async () => {
    const [{ result }] = (await run([scenario], openPool(1))) as [Awaited<ReturnType<typeof run>>[number]]
    const report = { version: 1 as const, results: [result] }
    text = toText(report, [scenario]).replace(/\n {2}/g, ' ')
    page = toHtml(report, [scenario]).replace(/<script>.*/s, '')
  })

  test('in the text: for how long, for whom, and what is lost', () => {
    expect(text).toMatch(
      /The crash of a \(from 30\.1 s to the end\).*; the service was away \(write\) for 12\.\d s.*; [45]\d(\.\d)? ±[\d.]+ answered writes were lost, 9,\d+ ms back from the failure\./,
    )
    expect(text).toMatch(
      /The crash of b.*; the service was not back \(write\) by the end in 3 of 3 replications/,
    )
    expect(text).toMatch(
      /Expected availability >= 99%: not met \(\d+\.\d%, 95% interval \d+\.\d% to \d+\.\d%\)\./,
    )
    expect(text).toMatch(
      /Expected rto <= 15s: not met \([\d.]+ s or more\): not restored by the end of the run/,
    )
  })

  test('in the page', () => {
    for (const part of [
      'how long the service was away',
      'the service was away (write) for 12.',
      'answered writes were lost',
      'not met',
      '95% interval',
      'not restored by the end of the run in 3 of 3 replications',
    ])
      expect(page).toContain(part)
  })
})
