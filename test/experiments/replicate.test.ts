import { expect, test } from 'vitest'
import { replicateFollowed } from '../../sim/experiments/causes/replicate-followed.js'
import { replicate } from '../../sim/experiments/replicate.js'
import { parseScenario } from '../../sim/scenario/parse.js'

const scenario = parseScenario(
  `lasts: 100s
warmup: 20s
users: { u: { arrive: poisson(50/s), to: q, timeout: 1s } }
components: { q: { kind: service, servers: 1, service: exponential(15ms) } }
faults: [{ kind: crash, target: q, mtbf: 20s, mttr: 2s }]`,
  'test.yaml',
)

test('who is told how far it is hears of a hundred steps, and changes nothing', () => {
  for (const run of [replicate, replicateFollowed]) {
    const shares: number[] = []
    expect(run(scenario, 1, (share) => shares.push(share))).toEqual(run(scenario, 1))
    expect(shares).toEqual(Array.from({ length: 99 }, (_, i) => (i + 1) / 100))
  }
})
