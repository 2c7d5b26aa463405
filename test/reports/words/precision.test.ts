import { expect, it } from 'vitest'
import { assets } from '../../../cli/assets.js'
import { toHtml } from '../../../reports/html.js'
import { toText } from '../../../reports/text.js'
import { inline } from '../../../sim/experiments/jobs.js'
import { run } from '../../../sim/experiments/run.js'
import { parseScenario } from '../../../sim/scenario/parse.js'

/** What a run of one station says of the precision that it was to have. */
async function said(rate: number, queue: string, more: string, most = 200) {
  const scenario = parseScenario(
    `warmup: 5s\n${more}\nusers: { u: { arrive: poisson(${rate}/s), to: q } }\ncomponents: { q: { kind: service, queue: ${queue}, service: exponential(10ms) } }\n`,
    'test.yaml',
  )
  const [ran] = await run([scenario], inline, undefined, {
    precision: 0.05,
    most,
    outOfTime: () => false,
  })
  const { result } = ran!
  const report = { version: 1 as const, results: [result] }
  const sentence = /Precision of .*?\.(?= |$)/
  const text = sentence.exec(toText(report, [scenario]).replace(/\n {0,2}/g, ' '))![0]
  expect(toHtml(report, [scenario], assets())).toContain(text)
  return { text, precision: result.precision!, replications: result.replications }
}

it('a precision that is reached is told for each of mean, p99 and failures', async () => {
  const { text, precision, replications } = await said(80, '10', 'lasts: 150s\nreplications: 3')
  expect(text).toMatch(
    /^Precision of 5% reached after \d+ replications: mean latency ±[\d.]+%, p99 latency ±[\d.]+%, share that fails ±[\d.]+%\.$/,
  )
  const { reached, latency_mean, latency_p99, failing } = precision
  expect(replications).toBeGreaterThan(3)
  expect(reached).toBe(Math.max(latency_mean!, latency_p99!, failing!))
  expect(reached).toBeLessThanOrEqual(0.05)
})

it('a p99 that no number of replications tells is not said to be reached', async () => {
  const { text, precision } = await said(20, 'unlimited', 'lasts: 50s\nreplications: 5')
  expect(precision.latency_p99).toBeNull()
  expect(text).toMatch(
    /^Precision of 5% reached after \d+ replications: mean latency ±[\d.]+%, p99 latency not told \(a longer run would, not more replications\), no failure seen\.$/,
  )
})

it('one replication reaches nothing', async () => {
  const { text, precision } = await said(20, 'unlimited', 'lasts: 50s\nreplications: 1', 1)
  expect(precision.reached).toBeNull()
  expect(text).toBe('Precision of 5% not reached after 1 replication: one has no interval, no failure seen.')
})

it('where latency never settles, no replications are added for it', async () => {
  const { text, replications } = await said(150, 'unlimited', 'lasts: 20s\nreplications: 5')
  expect(replications).toBe(5)
  expect(text).toBe(
    'Precision of 5% not reached after 5 replications: latency never settles, no failure seen.',
  )
})
