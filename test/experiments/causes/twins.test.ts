import { expect, test } from 'vitest'
import { twinsOf } from '../../../sim/experiments/causes/twins.js'
import { parseScenario } from '../../../sim/scenario/parse.js'
import { resultOf } from '../../support/ran.js'

const twinsIn = (text: string) => Object.fromEntries(twinsOf(parseScenario(text, 'test.yaml')))

/** Two chains of nginx and application beside one another, on one database. */
const chains = (own = '') => `
users: { v: { arrive: poisson(40/s), to: lb, mix: { read: 50%, write: 50% } } }
hosts: { one: {}, two: {} }
components:
  lb: { kind: haproxy, servers: [n1, n2] }
  n1: { kind: nginx, host: one, upstream: [left] }
  n2: { kind: nginx, host: two, upstream: [right] }
  left: { kind: app, host: one, service: { read: 5ms, default: 2ms }, database: [m] }
  right: { kind: app, host: two, service: { read: 5ms, default: 2ms }, database: [m]${own} }
  m: { kind: mysql, service: 1ms, replicas: [r] }
  r: { kind: mysql, service: 1ms }
`

test('boxes with the same options, callers and callees are twins, whatever they are called', () => {
  expect(twinsIn(chains())).toEqual({
    lb: 'lb',
    n1: 'n1',
    n2: 'n1',
    left: 'left',
    right: 'left',
    m: 'm',
    r: 'r',
  })
})

test('those that differ in an option or a machine are not, nor are those that call them', () => {
  const apart = { n2: 'n2', right: 'right' }
  expect(twinsIn(chains(', workers: 3'))).toMatchObject(apart)
  expect(
    twinsIn(
      chains().replace(
        '{ read: 5ms, default: 2ms }, database: [m] }\n  m',
        '{ read: 6ms, default: 2ms }, database: [m] }\n  m',
      ),
    ),
  ).toMatchObject(apart)
  expect(twinsIn(chains().replace('two: {}', 'two: { cores: 8 }'))).toMatchObject(apart)
})

test('where both were full for the same, they are told together', async () => {
  const { causes } = await resultOf(`
lasts: 2min
warmup: 0s
replications: 2
good: 500ms
users: { v: { arrive: poisson(40/s), to: n, timeout: 5s } }
hosts: { store: {} }
components:
  n: { kind: nginx, service: 1ms, upstream: [app-1, app-2] }
  app-1: &app { kind: app, workers: 4, service: 2ms, connect_timeout: 1s, database: [m] }
  app-2: { <<: *app }
  m: { kind: mysql, host: store, service: 5ms }
faults: [{ kind: crash, target: store, at: 30s, for: 60s }]
`)
  const time = causes.find(({ explains }) => explains === 'time')!
  expect(time.chain).toEqual([
    { component: 'app-1', twins: ['app-2'], what: 'full' },
    { component: 'm', what: 'machine dead' },
  ])
  expect(time.says).toMatch(
    /^app-1 and app-2 were full because those in them waited for m, whose machine was dead: \d+%/,
  )
})
