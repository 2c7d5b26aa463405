import { expect, test } from 'vitest'
import { kinds } from '../../sim/components/registry.js'
import { ASSUMED, livesOf } from '../../sim/experiments/lives.js'
import { parseScenario } from '../../sim/scenario/parse.js'

const lives = (more = '') =>
  livesOf(
    parseScenario(
      `hosts: { one: { zone: here } }
users: { web: { arrive: poisson(1/s), to: address } }
components:
  address: { kind: vip, servers: [app] }
  app: { kind: app, host: one, service: 1ms }
${more}`,
      'stack.yaml',
    ),
  )
const DAY = 86_400

test('hosts and processes fail as is assumed, with where that is from; an address is no process', () => {
  expect(
    lives().map(({ part, what, mtbf, mttr, assumed }) => [part, what, mtbf.mean, mttr.mean, assumed]),
  ).toEqual([
    ['one', 'host', 120 * DAY, 3600, ASSUMED.host.source],
    ['app', 'component', 30 * DAY, 300, expect.stringContaining('assumed: an application')],
  ])
})

test('what the scenario says takes its place, also of zones, and twice where it is said twice', () => {
  const said = lives(`faults:
  - { kind: crash, target: [one, here], mtbf: 10d, mttr: 2h }
  - { kind: crash, target: one, mtbf: 100d, mttr: 1d }
  - { kind: crash, target: app, at: 1s, for: 1s }
  - { kind: slow, target: app, factor: 2, mtbf: 1d, mttr: 1h }`)
  expect(said.map(({ part, mtbf, mttr, assumed }) => [part, mtbf.mean, mttr.mean, assumed === null])).toEqual(
    [
      ['here', 10 * DAY, 7200, true],
      ['one', 10 * DAY, 7200, true],
      ['one', 100 * DAY, DAY, true],
      ['app', 30 * DAY, 300, false],
    ],
  )
})

test('every kind that says how it dies says it in laws, and where that is from', () => {
  const said = [...kinds.flatMap(({ dies }) => dies ?? []), ...Object.values(ASSUMED)]
  expect(said.length).toBeGreaterThan(3)
  for (const { source } of said) expect(source).toMatch(/^assumed: /)
  const every = kinds.filter(({ dies }) => dies !== null && dies !== undefined)
  for (const { example, kind } of every)
    expect(
      livesOf(
        parseScenario(
          `users: { web: { arrive: poisson(1/s), to: ${kind} } }\ncomponents:${example.includes('\n') ? example : `\n    ${example}`}`,
          'example.yaml',
        ),
      ).map(({ part }) => part),
    ).toContain(kind)
})
