import { expect, it } from 'vitest'
import { replicate } from '../../sim/experiments/replicate.js'
import { parseScenario } from '../../sim/scenario/parse.js'

it('where nothing was there nothing was in use, not less, however areas round', () => {
  const record = replicate(
    parseScenario(
      `
lasts: 60s
warmup: 3s
hosts: { h: { cores: 3 } }
users: { web: { arrive: poisson(40/s), to: app, profile: { 0s: 1, 7s: 0, 20s: 1, 31s: 0 } } }
components: { app: { kind: app, host: h, workers: 7, service: exponential(15ms) } }
`,
      'test.yaml',
    ),
    0,
  )
  const all = [...Object.values(record.used), ...Object.values(record.inside)].flat()
  expect(all.filter((one) => one === 0).length).toBeGreaterThan(100)
  expect(all.filter((one) => one < 0)).toEqual([])
})
