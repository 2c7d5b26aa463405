import { describe, expect, test } from 'vitest'
import { hostsOf } from '../../sim/model/record.js'
import { looks, play, tally, world } from '../support/world.js'

/** Requests of 10 s each, one a second from 1 s on, at an application with as many workers as it likes. */
const stack = (host: string, app: string, more = '') => `
lasts: 60s
warmup: 0s
hosts: { h: { cores: 64, ${host} } }
users: { u: { arrive: constant(1/s), to: app } }
components:
  app: { kind: app, host: h, workers: 100, service: 10s, ${app} }
${more}`

const databases = (db: string, idle = 'memory: 100MB') => `  db: { kind: mysql, host: h, service: 1ms, ${db} }
  idle: { kind: mysql, host: h, service: 1ms, ${idle} }
`

const of = (text: string) => {
  const { model, ended } = play(text)
  const { now } = model.kernel
  const counts = (name: string) => model.components.get(name)!.everyCount(now)
  return { model, ended, counts, host: model.hosts.get('h')!, record: hostsOf(model).h! }
}

describe('what a component has', () => {
  test('what it has from its start on, and so much for each worker that has work', () => {
    const { model } = world(stack('memory: 1GB', 'memory: 50MB, memory_per_request: 10MB'))
    const used = looks(model, [0.5, 1.5, 5.5, 30.5], () => model.hosts.get('h')!.memory!.used.value / 1e6)
    model.run()
    // Visitors come at 1, 2, .. s and stay for 10 s.
    expect(used).toEqual([50, 60, 100, 150])
  })

  test('of a master that starts and ends workers, so much for each that there is (pm)', () => {
    const { model } = world(
      stack(
        'memory: 1GB',
        'memory_per_request: 10MB, pm: dynamic, start_servers: 7, min_spare_servers: 7, max_spare_servers: 9',
      ),
    )
    const used = looks(model, [0.5], () => model.hosts.get('h')!.memory!.used.value / 1e6)
    model.run()
    expect(used).toEqual([70])
  })

  test('of a database, so much for each connection, idle ones too; of others for each request inside', () => {
    const text = `
lasts: 10s
warmup: 0s
hosts: { h: { memory: 1GB } }
users: { u: { arrive: constant(1/s), to: app } }
components:
  app: { kind: app, workers: 4, service: 1ms, connection: persistent, database: db }
  db: { kind: mysql, host: h, service: 1ms, memory: 100MB, memory_per_request: 1MB }
`
    const { model } = world(text)
    const used = looks(model, [0.9, 1.9], () => model.hosts.get('h')!.memory!.used.value / 1e6)
    model.run()
    expect(used).toEqual([100, 101])
    const inside = world(
      text.replace(
        /app: .*/,
        'app: { kind: service, servers: 1, service: 3s, host: h, memory_per_request: 10MB }',
      ),
    )
    const waiting = looks(inside.model, [4.5], () => inside.model.components.get('app')!.workingSet!.resident)
    inside.model.run()
    // One in service and two that wait: those of 2 s, 3 s and 4 s.
    expect(waiting).toEqual([30e6])
  })

  test('is counted, in the mean of the measured span', () => {
    const { counts, record } = of(stack('memory: 1GB', 'memory: 50MB'))
    expect(counts('app').memory_mb).toBeCloseTo(50, 0)
    expect(record.memory).toMatchObject({ oomKills: 0, swap: 0 })
    expect(record.memory!.used).toBeCloseTo(0.05, 3)
  })

  test('is nothing where the host says nothing, and nobody looks', () => {
    const { counts, record, ended } = of(stack('speed: 1', 'memory: 50GB'))
    expect(counts('app')).toEqual({ memory_mb: 0, oom_kills: 0 })
    expect(record.memory).toBeUndefined()
    expect(tally(ended)).toEqual({ ok: 50 })
  })
})

describe('swap', () => {
  test('slows all that runs there, by 1 + swap_slowdown * the share that is in swap (an assumption)', () => {
    // 2 GB of 4 are in swap from the start: 1 + 10 / 2.
    const { ended, host } = of(
      stack('memory: 2GB, swap: 4GB, swap_slowdown: 10', 'memory: 4GB').replace(
        'service: 10s',
        'service: 1s',
      ),
    )
    const last = ended.at(-1)!
    expect(last.ended - last.arrived).toBeCloseTo(6, 6)
    expect(host.memory!.swapped.value).toBe(2e9)
    expect(host.memory!.kills).toBe(0)
  })

  test('is over when what is there fits into memory again', () => {
    const { model } = world(
      stack(
        'memory: 100MB, swap: 1GB',
        'memory_per_request: 30MB',
        'faults: [{ kind: crash, target: app, at: 20s }]',
      ),
    )
    const speeds = looks(model, [3.5, 6.5], () => model.hosts.get('h')!.processor.speed.value)
    model.run()
    expect(speeds[0]).toBe(1)
    expect(speeds[1]).toBeLessThan(0.1)
    expect(model.hosts.get('h')!.processor.speed.value).toBe(1)
  })
})

describe('the OOM killer', () => {
  const kills = (host: string, app: string, more: string) => {
    const { counts, host: machine } = of(stack(host, app, more))
    return {
      app: counts('app').oom_kills,
      db: counts('db').oom_kills,
      idle: counts('idle').oom_kills,
      all: machine.memory!.kills,
    }
  }

  test('kills the largest process when memory and swap are full (oom_badness, mm/oom_kill.c)', () => {
    // The database has 700 MB, in one process. The application has more in the end, in workers of 50 MB each.
    expect(kills('memory: 1GB', 'memory_per_request: 50MB', databases('memory: 700MB'))).toEqual({
      app: 0,
      db: 1,
      idle: 0,
      all: 1,
    })
    // With swap there is room for all ten.
    expect(
      kills(
        'memory: 1GB, swap: 2GB, swap_slowdown: 0.000001',
        'memory_per_request: 50MB',
        databases('memory: 700MB'),
      ).all,
    ).toBe(0)
  })

  test('one after the other until the rest fits', () => {
    expect(kills('memory: 1GB', 'memory: 1500MB', databases('memory: 1200MB'))).toEqual({
      app: 1,
      db: 1,
      idle: 0,
      all: 2,
    })
  })

  test('counts oom_score_adj thousandths of memory and swap as its own, and spares who has -1000', () => {
    const adjusted = (db: string, idle = '') =>
      kills(
        'memory: 1GB',
        'memory_per_request: 50MB',
        databases(`memory: 700MB, ${db}`, `memory: 100MB, ${idle}`),
      )
    // 700 MB - 550 MB is more than the 100 MB of the other, and 700 MB - 650 MB is less.
    expect(adjusted('oom_score_adj: -550')).toMatchObject({ db: 1, idle: 0 })
    expect(adjusted('oom_score_adj: -650').idle).toBe(1)
    // 100 MB + 700 MB.
    expect(adjusted('', 'oom_score_adj: 700').idle).toBe(1)
    // Then it is a worker, and with it all of the service (OOMPolicy=stop of systemd).
    expect(adjusted('oom_score_adj: -1000', 'oom_score_adj: -1000')).toMatchObject({ app: 1, db: 0, idle: 0 })
  })

  test('of equals the last (select_bad_process: points < chosen_points)', () => {
    expect(
      kills('memory: 750MB', 'memory_per_request: 1kB', databases('memory: 400MB', 'memory: 400MB')),
    ).toMatchObject({ app: 0, db: 0, idle: 1 })
  })

  test('kills nobody if nobody may be killed (an assumption: Linux panics)', () => {
    const never = 'oom_score_adj: -1000'
    expect(
      kills(
        'memory: 100MB',
        `memory: 50MB, ${never}`,
        databases(`memory: 100MB, ${never}`, `memory: 1MB, ${never}`),
      ).all,
    ).toBe(0)
  })

  test('resets what was inside; it is back if somebody starts it again, and else it is not', () => {
    const app = (restart: string) => of(stack('memory: 300MB', `memory_per_request: 50MB, ${restart}`))
    const gone = app('')
    expect(tally(gone.ended)).toEqual({ reset: 7, refused: 53 })
    const back = app('restart: {}')
    expect(back.counts('app')).toMatchObject({ oom_kills: 8, restarts: 8, gave_up: 0 })
    expect(tally(back.ended)).toEqual({ reset: 56 })
  })

  test.each([
    ['its machine boots', '{ kind: crash, target: h, at: 20s, for: 2s }'],
    ['it is stopped and started', '{ kind: maintenance, target: app, at: 20s, for: 2s }'],
    ['a crash is repaired', '{ kind: crash, target: app, at: 20s, for: 2s }'],
  ])('it is back when %s', (_, fault) => {
    const killed = (more: string) =>
      of(stack('memory: 320MB', 'memory: 300MB, memory_per_request: 20MB', more))
    // At the second request, and again at the second after each start.
    expect(killed('').counts('app').oom_kills).toBe(1)
    expect(killed(`faults: [${fault}]`).counts('app').oom_kills).toBe(2)
  })

  test('a new version of it is started, though the old one was dead, and had been given up', () => {
    const killed = (more: string) =>
      of(
        stack(
          'memory: 320MB',
          `memory: 300MB, memory_per_request: 20MB, ${more}`,
          `  deployment: { kind: deployment, targets: [app], strategy: recreate, termination_grace_period_seconds: 1s }
faults: [{ kind: deploy, target: deployment, at: 40s }]`,
        ),
      )
    expect(killed('').counts('app').oom_kills).toBe(2)
    const { counts } = killed('restart: { start_limit_burst: 1, start_limit_interval_sec: 1h }')
    expect(counts('app')).toMatchObject({ oom_kills: 3, gave_up: 1 })
  })
})
