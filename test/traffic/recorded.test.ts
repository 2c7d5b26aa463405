import { describe, expect, test } from 'vitest'
import { inline } from '../../sim/experiments/jobs.js'
import { replicate } from '../../sim/experiments/replicate.js'
import { run } from '../../sim/experiments/run.js'
import { parseScenario } from '../../sim/scenario/parse.js'
import { warmupOf } from '../../sim/scenario/scenario.js'

/** A thousand arrivals in 100 s. */
const times = Array.from({ length: 1000 }, (_, i) => `${(i + 0.5) / 10}s`).join('\n')
const recording = (top: string, more = '') =>
  parseScenario(
    `
lasts: 100s
${top}
replications: 3
users:
  u: { arrive: trace(times.csv), to: a }
${more}
components: { a: { kind: service, servers: unlimited, service: 1ms } }
`,
    'test.yaml',
    {},
    () => times,
  )

describe('a recording counts from the start of the measured span', () => {
  test.each(['', 'warmup: 0s', 'warmup: 30s', 'warmup: 1000s'])('10/s with "%s"', (top) => {
    const { all } = replicate(recording(top), 0)
    expect(all.offered).toBe(1000)
  })

  test('a surge in the warm-up does not move it', () => {
    const surging = recording(
      'warmup: 50s\nfaults: [{ kind: surge, target: u, factor: 2, mtbf: 20s, mttr: 1ms }]',
    )
    expect(replicate(surging, 0).all.offered).toBeGreaterThan(995)
    expect(replicate(surging, 0).timeline[0]!.offered).toBeLessThan(25)
  })

  test('nobody else: there is nothing to warm up, and it is run once', async () => {
    expect(warmupOf(recording(''))).toBe(0)
    const [ran] = await run([recording('')], inline)
    expect(ran!.result.qps.offered.value).toBeCloseTo(10, 9)
    expect(ran!.result.warmup_s).toBe(0)
    expect(ran!.result.notes.filter((note) => /settle|warm-up/.test(note))).toEqual([])
  })

  test('beside others the run warms up as it does for them', () => {
    const both = recording('', '  v: { arrive: poisson(5/s), to: a }')
    expect(warmupOf(both)).toBe(25)
    expect(replicate(both, 0).users.u!.offered).toBe(1000)
  })
})
