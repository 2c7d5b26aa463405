import { beforeAll, describe, expect, test } from 'vitest'
import { assets } from '../../../cli/assets.js'
import { toHtml } from '../../../reports/html.js'
import { toText } from '../../../reports/text.js'
import type { Ran } from '../../../sim/experiments/run.js'
import { promotion, ran } from '../../support/ran.js'

const text = `seed: 2${promotion(
  'write: 50%, read: 50%',
  `  - { kind: crash, target: b, at: 100s }
expect:
  availability: ">= 99%"
  lost_writes: "<= 1"
  rto: "<= 15s"
  classes.read.qps: ">= 1/s"
`,
)}`

describe('recovery and verdicts are shown', () => {
  let shown: string
  let page: string

  beforeAll(async () => {
    const [{ result, scenario }] = (await ran(text)) as [Ran]
    const report = { version: 1 as const, results: [result] }
    shown = toText(report, [scenario]).replace(/\n {2}/g, ' ')
    page = toHtml(report, [scenario], assets()).replace(/<script>.*/s, '')
  })

  test('in the text: for how long, for whom, and what is lost', () => {
    expect(shown).toMatch(
      /The crash of a \(from 30\.1 s to the end\).*; the service was away \(write\) for 12\.\d ±[\d.]+ s.*; [45]\d(\.\d)? ±[\d.]+ answered writes were lost, 9\.\d+ s back from the failure\./,
    )
    expect(shown).toMatch(
      /The crash of b.*; the service was not back \(write\) by the end in 3 of 3 replications/,
    )
    expect(shown).toMatch(
      /Expected availability >= 99%: not met \(\d+\.\d%, 95% interval \d+\.\d% to \d+\.\d%\)\./,
    )
    expect(shown).toMatch(
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
