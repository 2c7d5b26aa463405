import { expect, test } from 'vitest'
import { faultsTable } from '../../../reports/html/tables.js'
import { costs } from '../../../reports/words/costs.js'
import { resultOf } from '../../support/ran.js'

const crashed = (lasts: string) =>
  resultOf(`
lasts: 60s
warmup: 0s
replications: 2
users: { u: { arrive: constant(10/s), to: app } }
components: { app: { kind: service, service: 1ms, restart: { restart_sec: 2s } } }
faults: [{ kind: crash, target: app, at: 20s${lasts} }]`)

test('a crash of what is started again has no length of its own', async () => {
  const [once, long] = [await crashed(''), await crashed(', for: 9s')]
  expect(costs(once).join(' ')).toContain('The crash of app (at 20 s) cost 2')
  expect(costs(long).join(' ')).toContain('The crash of app (20 s to 29 s) cost')
  expect(String(faultsTable(once))).toMatch(/>at (20|0:20)/)
})
