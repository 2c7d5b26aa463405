import { describe, expect, test } from 'vitest'
import { assumedLives } from '../../sim/components/assumed-lives.js'
import { kinds } from '../../sim/components/registry.js'
import { ASSUMED, awayFor, livesOf } from '../../sim/experiments/lives.js'
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
    ['one', 'host', 120 * DAY, 3600, expect.stringContaining(ASSUMED.host.source)],
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

describe('a machine is repaired by a person, who has to learn of it', () => {
  const machine = (more: string) => lives(more).find(({ part }) => part === 'one')!
  const watched = `  eye: { kind: monitor, targets: [app], scrape_interval: 20s, evaluation_interval: 20s, for: 1min, group_wait: 30s }`

  test('from visitors, or from a monitor that watches something on it', () => {
    const { notice, assumed } = machine('')
    expect(notice!.mean).toBe(900)
    expect(assumed).toContain('begins when visitors have complained, 15 min after it (nothing watches it)')
    // Half a look, the timeout of one, half an evaluation, three of them, and the wait of the group.
    const seen = machine(watched)
    expect(seen.notice!.mean).toBe(10 + 10 + 10 + 60 + 30)
    expect(seen.assumed).toContain('begins when the alert of a monitor has come, 2 min after it in the mean')
    expect(awayFor(seen)).toBe(3600 + 120)
  })

  test('from the first of several monitors', () => {
    const other = watched.replace('eye', 'other')
    const { notice } = machine(`${watched}\n${other}`)
    // Of two sums of two uniform ones the lesser: 7/30 of an interval less than the mean of one.
    expect(notice!.mean).toBeCloseTo(120 - (20 * 7) / 30, 9)
    expect(machine(`${watched}\n${other.replace('for: 1min', 'for: 1h')}`).notice!.mean).toBeCloseTo(120, 9)
  })

  test('as the scenario says, where it says so; what it says of repairs begins at once', () => {
    expect(machine('repair: { notice: { by: visitors, after: 1min } }').notice!.mean).toBe(60)
    expect(machine('faults: [{ kind: crash, target: one, mtbf: 10d, mttr: 2h }]').notice).toBeNull()
  })

  test('and no process, that is started again', () => {
    expect(lives('').find(({ part }) => part === 'app')!.notice).toBeNull()
  })
})

test('what is assumed of kinds is of some that there are, in laws, and says where it is from', () => {
  const said = [...Object.values(assumedLives), ...Object.values(ASSUMED)].filter((one) => one !== null)
  for (const { source } of said) expect(source).toMatch(/^assumed: /)
  const known = new Map(kinds.map((one) => [one.kind, one]))
  for (const [kind, life] of Object.entries(assumedLives)) {
    const { example } = known.get(kind)!
    const components = example.includes('\n') ? example : `\n    ${example}`
    const text = `users: { web: { arrive: poisson(1/s), to: ${kind} } }\ncomponents:${components}`
    const parts = livesOf(parseScenario(text, 'example.yaml')).map(({ part }) => part)
    expect(parts.includes(kind)).toBe(life !== null)
  }
})
