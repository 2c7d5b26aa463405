import { expect, test } from 'vitest'
import { inline } from '../../sim/experiments/jobs.js'
import { run } from '../../sim/experiments/run.js'
import { parseScenario } from '../../sim/scenario/parse.js'

test.each([
  'kind: crash, target: app, address: new',
  'kind: maintenance, target: app, address: new',
  'kind: nxdomain, target: www',
])('what others remember of a fault is no metastable state, for no load keeps it up: %s', async (fault) => {
  const text = `
lasts: 200s
warmup: 0s
replications: 2
users: { u: { arrive: poisson(30/s), to: www, timeout: 2s } }
components:
  www: { kind: dns, addresses: [app], ttl: ${fault.includes('nxdomain') ? '5s' : '1h'} }
  app: { kind: service, servers: unlimited, service: 20ms }
faults: [{ ${fault}, at: 20s, for: 2s }]
`
  const [ran] = await run([parseScenario(text, 'test.yaml')], inline)
  const [told] = ran!.result.faults
  expect(told!.good_unrestored).toBe(2)
  expect(told!.metastable).toBe(false)
})
