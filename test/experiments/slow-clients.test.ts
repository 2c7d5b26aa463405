import { expect, test } from 'vitest'
import { replicateFollowed } from '../../sim/experiments/causes/replicate-followed.js'
import { summarize } from '../../sim/experiments/summarize.js'
import { parseScenario } from '../../sim/scenario/parse.js'

/** Two phones a second that need 4.14 s for their megabyte, and an office; five workers behind HAProxy. */
function resultOf(sizes: string) {
  const scenario = parseScenario(
    `
lasts: 5min
replications: 2
sizes: { large: { ${sizes} } }
users:
  mobile: { arrive: poisson(2/s), to: lb, mix: { large: 100% }, bandwidth: 2Mbit/s, timeout: 20s }
  office: { arrive: poisson(20/s), to: lb, mix: { small: 100% }, timeout: 20s }
components:
  lb: { kind: haproxy, servers: [app] }
  app: { kind: app, workers: 5, service: 20ms }
wires: { mobile -> lb: { latency: 20ms }, office -> lb: { latency: 2ms } }`,
    'x.yaml',
  )
  return summarize(
    scenario,
    [0, 1].map((replication) => replicateFollowed(scenario, replication)),
  )
}
const WHY = /^app was full because those in it waited for the wire mobile -> lb, which took long/

test('workers that wait for slow readers are the limit, and why is told', () => {
  const { overloaded, causes } = resultOf('answer: 1MB')
  expect(overloaded).toMatchObject({ component: 'app', place: 'workers' })
  // 6.4 workers, for 20 of 20 ms a second, and 2 of 20 ms and all but 289 kB of the answer; fewer where some give up.
  const times = overloaded!.offered_per_s / overloaded!.capacity_per_s
  expect(times).toBeGreaterThan(1)
  expect(times).toBeLessThan(6.4 / 5)
  expect(causes.find(({ name }) => name === 'small')!.says).toMatch(WHY)
})

test('and for slow senders', () => {
  const { causes, components } = resultOf('request: 1MB')
  expect(components.app!.utilization.value).toBeGreaterThan(0.9)
  expect(causes.find(({ name }) => name === 'small')!.says).toMatch(WHY)
  expect(causes.find(({ name }) => name === 'large')!.says).toMatch(/^the wire mobile -> lb took long/)
})
