import { expect, it } from 'vitest'
import { causesCsv, timeByBoxCsv } from '../../../reports/csv.js'
import { toText } from '../../../reports/text.js'
import { PLAIN_LOOK } from '../../../reports/words/look.js'
import { ran } from '../../support/ran.js'

it('tells the cause after what the fault cost, and the time by box where all is shown', async () => {
  const [{ result, scenario }] = (await ran(`
lasts: 2min
warmup: 0s
replications: 2
users: { v: { arrive: poisson(40/s), to: a, timeout: 5s } }
components:
  a: { kind: app, workers: 8, service: 2ms, connect_timeout: 1s, database: [m] }
  m: { kind: mysql, service: 5ms }
faults: [{ kind: partition, target: a -> m, at: 30s, for: 60s }]
`)) as [Awaited<ReturnType<typeof ran>>[number]]
  const report = { version: 1 as const, results: [result] }
  const text = toText(report, [scenario], { ...PLAIN_LOOK, verbose: false }).replace(/\n {2}(?=\S)/g, ' ')
  expect(text).toMatch(
    /^The partition of .*\. The cause: a was full because those in it waited for m, which was cut off: (9\d|100)% of the time/m,
  )
  expect(text).not.toContain('The limit is')
  const all = toText(report, [scenario], { ...PLAIN_LOOK, verbose: true })
  expect(all.replace(/\n {2}(?=\S)/g, ' ')).toContain('More of it would not help')
  expect(all).toMatch(/^\w+, failed +a +[\d,.]+/m)
  expect(causesCsv(report)).toContain('a full; m cut off')
  expect(timeByBoxCsv(report).split('\n')[0]).toBe(
    'scenario,class,group,component,waited_ms,served_ms,wire_ms,timed_out_ms,requests',
  )
})
