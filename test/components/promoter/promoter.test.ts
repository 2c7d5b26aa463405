import { describe, expect, test } from 'vitest'
import type { Mysql } from '../../../sim/components/mysql/mysql.js'
import { fault, problemsOf, world } from '../../support/world.js'

interface Stack {
  /** The tool: its kind and options. */
  tool: string
  faults: string
  lasts?: string
  /** Of the servers. */
  mysql?: string
  replicas?: string[]
  /** Applications that the tool has to reach. */
  tells?: string
  /** Writes a second at each application. */
  rate?: number
}

/** Writers at an application in each of two zones, a primary p and its replicas, and a tool on a machine of its own. */
const stack = ({
  tool,
  faults,
  lasts = '120s',
  mysql = ', slave_net_timeout: 4s, master_connect_retry: 1s',
  replicas = ['r', 's'],
  tells = '',
  rate = 4,
}: Stack) => `
lasts: ${lasts}
warmup: 0s
hosts: { home: { zone: a }, host-p: { zone: a }, far: { zone: b }, ops: { zone: b }, ${replicas
  .map((name) => `host-${name}: { zone: b }`)
  .join(', ')} }
users:
  here: { arrive: constant(${rate}/s), to: app-here, mix: { write: 100% } }
  there: { arrive: constant(${rate}/s), to: app-there, mix: { write: 100% } }
components:
  app-here: &app { kind: app, host: home, workers: 10000, service: 0s, connect_timeout: 1s, read_timeout: 1s, database: [p, ${replicas}] }
  app-there: { <<: *app, host: far }
  p: { kind: mysql, host: host-p, service: 0s, apply: 0s${mysql}, replicas: [${replicas}] }
${replicas.map((name) => `  ${name}: { kind: mysql, host: host-${name}, service: 0s, apply: 0s${mysql} }`).join('\n')}
  tool: { host: ops, servers: [p, ${replicas}], promote: 0s${tells && `, tells: ${tells}`}, ${tool} }
faults: [${faults}]
`

/** What became of the servers, and what the tool said of it: `20.005 says`, seconds. */
function run(text: string, replication = 0) {
  const { model, ended } = world(text, replication)
  const group = (model.components.get('p') as Mysql).replication
  model.run()
  const says = model.context.detections
    .filter(({ component }) => component === 'tool')
    .map(({ at, says }) => ({ at, says }))
  const extra = (name: string) => model.components.get(name)!.extra(model.kernel.now)
  return { model, ended, group, says, of: extra('p'), tool: extra('tool') }
}

const died = fault('crash', 'p', '20.005s')
const declared = (says: readonly { at: number; says: string }[]) =>
  says.filter((one) => one.says.startsWith('declared')).map(({ at }) => at)
const seeds = [0, 1, 2, 3]

describe('Orchestrator', () => {
  const tool = 'kind: orchestrator'

  test('the process of the primary dies: replicas know at once, and it is read again at the next analysis', () => {
    const after = seeds.map(
      (seed) => declared(run(stack({ tool, faults: died, lasts: '40s' }), seed).says)[0]! - 20.005,
    )
    expect(Math.min(...after)).toBeGreaterThan(0)
    // A read of any server within 5 s, and two analyses.
    expect(Math.max(...after)).toBeLessThan(7)
    expect(Math.max(...after) - Math.min(...after)).toBeGreaterThan(1)
  })

  test('its machine dies: not before the replicas notice the silence (slave_net_timeout)', () => {
    const within = (timeout: string) => {
      const mysql = `, slave_net_timeout: ${timeout}`
      const faults = fault('crash', 'host-p', '20.005s')
      return declared(run(stack({ tool, mysql, faults })).says)[0]! - 20.005
    }
    const [short, byDefault] = [within('4s'), within('60s')]
    expect(short).toBeGreaterThan(4)
    expect(short).toBeLessThan(10)
    expect(byDefault).toBeGreaterThan(60)
    expect(byDefault).toBeLessThan(66)
  })

  test('cut off from the primary alone, it promotes nobody: the replicas still replicate', () => {
    const {
      group,
      says,
      tool: counted,
    } = run(stack({ tool, faults: fault('partition', 'tool -> p', '20s', '60s') }))
    expect([group.primary.name, group.promotions]).toEqual(['p', 0])
    expect(says.map((one) => one.says)).toEqual(['left p the primary: r still replicates from it'])
    expect(counted).toEqual({ declared_dead: 0, held_back: 1 })
  })

  test('the next primary dies half an hour later: it is left dead, since the last recovery is too young', () => {
    const text = (at: string, options = '') =>
      stack({
        tool: `${tool}${options}`,
        faults: `${died}, ${fault('crash', 'r', at)}`,
        lasts: '40min',
      })
    const blocked = run(text('30min'))
    expect(blocked.group.promotions).toBe(1)
    expect(blocked.says.at(-1)!.says).toBe('left r the primary: the last recovery was too short a time ago')
    expect(run(text('30min', ', recovery_period_block_seconds: 20min')).group.promotions).toBe(2)
  })
})

describe('MHA', () => {
  const tool = 'kind: mha'
  const cut = fault('partition', 'tool -> p', '20s', '60s')

  test('the process of the primary dies: four pings, 9 to 12 s; the silence of its machine takes a ping longer', () => {
    const within = (faults: string) =>
      seeds.map((seed) => declared(run(stack({ tool, faults, lasts: '40s' }), seed).says)[0]! - 20.005)
    const process = within(died)
    expect(Math.min(...process)).toBeGreaterThanOrEqual(9)
    expect(Math.max(...process)).toBeLessThanOrEqual(12)
    const machine = within(fault('crash', 'host-p', '20.005s'))
    for (const [i, seconds] of machine.entries()) expect(seconds).toBeCloseTo(process[i]! + 3, 6)
  })

  test('cut off from the primary alone, it promotes: two take writes; what came to the old one nobody else has', () => {
    const { group, says, of, ended } = run(stack({ tool, faults: cut }))
    expect([group.primary.name, declared(says).length]).toEqual(['r', 1])
    // Applications know at once, and nobody sends it anything.
    expect(of).toMatchObject({ promotions: 1, diverged_writes: 0, lost_writes: 0 })
    expect(of.split_brain_s).toBeCloseTo(120 - declared(says)[0]!, 6)
    expect(ended.every(({ outcome }) => outcome === 'ok')).toBe(true)
  })

  test('with a second look from a replica it does not', () => {
    const { group, says } = run(stack({ tool: `${tool}, secondary_check_script: [r, s]`, faults: cut }))
    expect([group.primary.name, group.promotions]).toEqual(['p', 0])
    expect(says.map((one) => one.says)).toEqual(['left p the primary: r can connect to it'])
  })

  test('an application that it does not reach goes on writing at the old primary until it does', () => {
    const faults = fault('partition', 'b', '20s', '43s')
    const { group, says, of, ended } = run(stack({ tool, faults, tells: '[app-here, app-there]', rate: 20 }))
    const [at] = declared(says)
    expect(group.primary.name).toBe('r')
    // 20 a second for 43 s, and for the second until it is told: all of them were answered ok.
    const here = ended.filter(({ users, outcome }) => users === 'here' && outcome === 'ok')
    expect(here).toHaveLength(120 * 20)
    expect(of.diverged_writes).toBeGreaterThanOrEqual(Math.floor((63 - at!) * 20))
    expect(of.diverged_writes).toBeLessThanOrEqual(Math.ceil((64 - at!) * 20))
    // And those that had not come over before: all since the cut.
    expect(of.lost_writes).toBe(of.ghost_rows)
    expect(of.lost_writes! - of.diverged_writes!).toBeCloseTo((at! - 20) * 20, -1)
  })

  test('it takes what nobody has from the machine of the dead primary, and promotes no second time', () => {
    const faults = `${fault('partition', 'p', '19.5s', '2s')}, ${died}, ${fault('crash', 'r', '60s')}`
    const { group, of } = run(stack({ tool, faults }))
    expect(of).toMatchObject({ promotions: 1, lost_writes: 0, ghost_rows: 0 })
    expect(group.primary.name).toBe('r')
  })
})

describe('the monitor of MaxScale', () => {
  const tool = 'kind: mariadbmon, auto_failover: on'
  const cut = fault('partition', 'tool -> p', '20s', '60s')

  test('the process of the primary dies: five rounds, 8 to 10 s; where its machine is silent each takes 3 s more', () => {
    const within = (faults: string) =>
      seeds.map(
        (seed) => declared(run(stack({ tool, faults: `${faults}`, lasts: '60s' }), seed).says)[0]! - 20.005,
      )
    const process = within(died)
    // A replica that had something from it is asked at the same times, so that the ten seconds decide.
    expect(Math.min(...process)).toBeGreaterThanOrEqual(8)
    expect(Math.max(...process)).toBeLessThanOrEqual(10)
    const machine = within(fault('crash', 'host-p', '20.005s'))
    expect(Math.min(...machine)).toBeGreaterThanOrEqual(23)
    expect(Math.max(...machine)).toBeLessThanOrEqual(25)
  })

  test('cut off from the primary alone, it asks the replicas; without verify_master_failure it is wrong', () => {
    const { group, says } = run(stack({ tool, faults: cut }))
    expect([group.primary.name, group.promotions]).toEqual(['p', 0])
    expect(says.map((one) => one.says)).toEqual(['left p the primary: r had something from it a moment ago'])
    const naive = run(stack({ tool: `${tool}, verify_master_failure: off`, faults: cut }))
    expect([naive.group.primary.name, naive.group.promotions]).toEqual(['r', 1])
    expect(naive.of.split_brain_s).toBeGreaterThan(70)
  })

  test('auto_failover is off by default', () => {
    const { group, says } = run(stack({ tool: 'kind: mariadbmon', faults: died }))
    expect(group.promotions).toBe(0)
    expect(says.map((one) => one.says)).toEqual(['left p the primary: auto_failover is off'])
  })

  test('an old primary that is back is left apart, or follows with auto_rejoin, if it has nothing of its own', () => {
    const back = (options: string, faults = fault('crash', 'p', '20.005s', '30s')) => {
      const { model, group } = run(stack({ tool: `${tool}${options}`, faults }))
      const old = model.components.get('p') as Mysql
      return [old.apart, old.applier.applied === group.log.head]
    }
    expect(back('')).toEqual([true, false])
    expect(back(', auto_rejoin: on')).toEqual([false, true])
    const diverged = `${fault('partition', 'p -> r', '19s', '40s')}, ${fault('partition', 'p -> s', '19s', '40s')}`
    expect(back(', auto_rejoin: on', `${diverged}, ${fault('crash', 'p', '20.005s', '30s')}`)).toEqual([
      true,
      false,
    ])
  })
})

describe('what a promotion costs', () => {
  const lag = ', apply: 60ms, slave_net_timeout: 4s, master_connect_retry: 1s'
  const lost = (options: string) =>
    run(
      stack({
        tool: `kind: orchestrator${options}`,
        faults: died,
        lasts: '90s',
        replicas: ['r'],
        mysql: lag,
        rate: 20,
      }).replaceAll(' apply: 0s,', ''),
    ).of.lost_writes!

  test('Orchestrator forgets what the new primary has received and not applied, unless it is told to wait', () => {
    expect(lost('')).toBeGreaterThan(100)
    expect(lost(', delay_master_promotion_if_sql_thread_not_up_to_date: on')).toBe(0)
  })

  test('it promotes nobody in another zone where it may not', () => {
    const { group, says } = run(
      stack({ tool: 'kind: orchestrator, prevent_cross_data_center_master_failover: on', faults: died }),
    )
    expect(group.promotions).toBe(0)
    expect(says.map((one) => one.says)).toEqual([
      'declared p dead',
      'left p the primary: no server that it may promote answers',
    ])
  })

  test('it makes the old primary read only where it reaches it', () => {
    // Cut off until after it was declared dead, and there again when another takes its place.
    const back = fault('partition', 'host-p', '20s', '20s')
    const split = (kind: string) =>
      run(stack({ tool: `kind: ${kind}`, faults: back }).replace('promote: 0s', 'promote: 25s')).of
    expect(split('orchestrator')).toMatchObject({ promotions: 1, split_brain_s: 0 })
    expect(split('mha').split_brain_s).toBeGreaterThan(50)
    // A process that hangs answers no more, and is not read only when it runs again; one that was cut off neither.
    const { of } = run(
      stack({ tool: 'kind: orchestrator', faults: fault('hang', 'p', '20.005s', '60s'), lasts: '110s' }),
    )
    expect(of.split_brain_s).toBeCloseTo(110 - 80.005, 6)
  })
})

test('a tool that is dead promotes nobody; it begins anew when it is back', () => {
  const faults = `${died}, ${fault('crash', 'ops', '15s', '40s')}`
  const { says } = run(stack({ tool: 'kind: mha', faults }))
  expect(declared(says)[0]).toBeGreaterThan(55 + 9 - 3)
  expect(declared(says)[0]).toBeLessThan(55 + 12)
})

test('bad input', () => {
  const problems = (tool: string, p = '') =>
    problemsOf(`
users: { u: { arrive: poisson(1/s), to: a } }
components:
  a: { kind: app, service: 1ms, database: [p, r] }
  b: { kind: app, service: 1ms, database: q }
  p: { kind: mysql, service: 1ms, replicas: [r]${p} }
  r: { kind: mysql, service: 1ms }
  q: { kind: mysql, service: 1ms }
  tool: { ${tool} }`).map((one) => one.replace(/^[\d:]+ components\./, ''))
  expect(problems('kind: mha, servers: [p, r], tells: [a]')).toEqual([])
  expect(problems('kind: orchestrator, servers: [p, r], raft_enabled: on')).toEqual([
    'tool.raft_enabled: there is no option "raft_enabled"; it matters and is not simulated: a tool stands on one machine',
  ])
  expect(problems('kind: mha, servers: [p, r]', ', promotion: { mode: mha }')[0]).toMatch(
    /^p\.promotion\.mode: expected .*; a tool that promotes is a component \(kind: orchestrator, mha, mariadbmon\)/,
  )
  expect(problems('kind: mha, servers: [q]')).toEqual([
    'tool.servers: expected a primary among them: a mysql server with replicas: [...]',
  ])
  expect(problems('kind: mha, servers: [p, q], secondary_check_script: [p], tells: [b]')).toEqual([
    'tool.servers: expected p and all of its replicas: [p, r]',
    'tool.secondary_check_script.0: p is no replica among servers:',
    'tool.tells.0: b asks none of these servers (database:)',
  ])
  expect(
    problems(
      'kind: mha, servers: [p, r] }\n  other: { kind: mariadbmon, servers: [p, r]',
      ', promotion: { mode: automatic }',
    ),
  ).toEqual([
    'tool.servers: p says promotion: itself, and one alone decides',
    'tool.servers: other may promote there too, and one alone decides',
    'other.servers: p says promotion: itself, and one alone decides',
    'other.servers: tool may promote there too, and one alone decides',
  ])
})
