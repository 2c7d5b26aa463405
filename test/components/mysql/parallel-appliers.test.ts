import { describe, expect, test } from 'vitest'
import { Applier } from '../../../sim/components/mysql/applier.js'
import { BinaryLog } from '../../../sim/components/mysql/binlog.js'
import type { Rows } from '../../../sim/components/mysql/rows.js'
import { Kernel } from '../../../sim/kernel/kernel.js'
import type { Demand } from '../../../sim/parts/demand.js'
import { problemsOf, world } from '../../support/world.js'

/** Each statement takes half a second, on the primary and on the replica. */
const STATEMENT = 0.5

/** Seconds until a replica has applied groups of writes, each of them of a row, all of which it has received. */
function applies(groups: readonly (readonly number[])[], threads: number, mode: string): number {
  const kernel = new Kernel()
  const log = new BinaryLog(() => 1)
  log.keepGroups()
  const writes = groups.flat()
  for (const group of groups) {
    log.begin(group.length)
    for (const _ of group) log.append(0, 0)
  }
  const before = (position: number) => writes.slice(0, position - 1).lastIndexOf(writes[position - 1]!) + 1
  const nothing = { of: () => 0 } as unknown as Demand
  const applier: Applier = new Applier(
    {
      process: null as never,
      now: () => kernel.now,
      cpu: (job, seconds, then) => {
        kernel.after(seconds, then, job)
      },
      slowed: (_, seconds) => seconds,
      disk: (job, _, then) => then(job),
      durable: null,
      log: () => log,
      rows: () => ({ before }) as unknown as Rows,
      applied: () => {},
    },
    Math.max(1, threads),
    { of: () => STATEMENT } as unknown as Demand,
    nothing,
    threads > 1 && mode === 'conservative',
  )
  applier.receive(writes.length)
  let done = 0
  while (applier.applied < writes.length && kernel.now < 60) kernel.run((done += 0.1))
  expect(applier.applied).toBe(writes.length)
  return Math.round(applier.lagMax * 1000) / 1000
}

const alone = [1, 2, 3, 4, 5, 6, 7, 8].map((row) => [row])
const two = [
  [1, 2, 3, 4],
  [5, 6, 7, 8],
]
const three = [[1, 2, 3], [4], [5, 6, 7, 8]]

// MariaDB 10.11: groups made by binlog_commit_wait_count, the replica stopped until all were in its relay log.
describe('seconds to apply eight writes, as measured on MariaDB 10.11', () => {
  test.each([
    ['each alone', alone, 0, 'optimistic', 4.01],
    ['each alone', alone, 4, 'conservative', 4.05],
    ['each alone', alone, 8, 'conservative', 4.03],
    ['each alone', alone, 4, 'optimistic', 1.02],
    ['each alone', alone, 8, 'optimistic', 0.51],
    ['one group of 8', [alone.flat()], 0, 'optimistic', 4.03],
    ['one group of 8', [alone.flat()], 4, 'conservative', 1.02],
    ['one group of 8', [alone.flat()], 8, 'conservative', 0.51],
    ['two groups of 4', two, 4, 'conservative', 1.01],
    ['two groups of 4', two, 8, 'conservative', 1.04],
    ['two groups of 4', two, 8, 'optimistic', 0.51],
    ['groups of 3, 1 and 4', three, 4, 'conservative', 1.51],
    ['groups of 3, 1 and 4', three, 8, 'conservative', 1.51],
    ['groups of 3, 1 and 4', three, 4, 'optimistic', 1.01],
    ['each alone, two rows', [[1], [1], [2], [2]], 0, 'optimistic', 2.02],
    ['each alone, two rows', [[1], [1], [2], [2]], 4, 'optimistic', 1.51],
    ['each alone, two rows', [[1], [1], [2], [2]], 8, 'conservative', 2.01],
    // With four threads 4.29 s there: five of them had got the row too early, and were begun again.
    ['each alone, one row', alone.map(() => [1]), 8, 'optimistic', 4.01],
    ['each alone, one row', alone.map(() => [1]), 4, 'conservative', 4.07],
  ] as const)('%s %j, %i threads, %s: %f s', (_, groups, threads, mode, seconds) => {
    expect(Math.abs(applies(groups, threads, mode) - seconds)).toBeLessThan(0.08)
  })
})

const site = (mysql: string, replica: string, users = 'closed(users=24, think=0s)') => `
lasts: 20s
warmup: 0s
hosts: { one: { cores: 64 }, two: { cores: 64 } }
users: { u: { arrive: "${users}", to: p, mix: { write: 100% } } }
components:
  p: { kind: mysql, host: one, service: 0s${mysql}, replicas: [r] }
  r: { kind: mysql, host: two, service: 0s${replica} }
`
function lagOf(text: string) {
  const { model } = world(text)
  model.run()
  const { now } = model.kernel
  return model.components.get('r')!.extra(now).lag_max_ms!
}

describe('what is committed together is what had one fsync', () => {
  // Of 24 writers one has the first fsync of 20 ms, all others the next: one thread applies them in 120 ms.
  const primary = ', fsync: 20ms'
  const threads = ', apply: 5ms, slave_parallel_threads: 23'

  test('groups of 23 are applied side by side, one group after the other', () => {
    expect(lagOf(site(primary, ', apply: 5ms'))).toBeGreaterThan(10_000)
    expect(lagOf(site(primary, `${threads}, slave_parallel_mode: conservative`))).toBeCloseTo(5, 6)
  })

  test('where each is committed alone it is as with one thread', () => {
    const steady = 'constant(250/s)'
    const alone = (replica: string) => lagOf(site('', replica, steady))
    expect(alone(`${threads}, slave_parallel_mode: conservative`)).toBe(alone(', apply: 5ms'))
    expect(alone(threads)).toBeCloseTo(5, 6)
  })

  test('the next group is begun when all of this one have done their work, before they are committed', () => {
    // A group each 10 ms, whose work takes 9 ms, and its commit 20 ms for all that wait at a time.
    const slow = `, apply: 9ms, fsync: 20ms, slave_parallel_threads: 64, slave_parallel_mode: conservative`
    expect(lagOf(site(', fsync: 10ms', slow, 'closed(users=2, think=0s)'))).toBeLessThan(100)
  })
})

test('rows that wait for one another hold up only those of the same row', () => {
  const rows = (n: number) =>
    site(`, rows: ${n}, zipf: 0.01`, ', apply: 5ms, slave_parallel_threads: 8', 'constant(400/s)')
  // One row is as one thread: 200 a second.
  expect(lagOf(rows(1))).toBeGreaterThan(5000)
  expect(lagOf(rows(10_000))).toBeLessThan(100)
})

test('what is wrong is told', () => {
  expect(problemsOf(site('', ', slave_parallel_mode: conservative'))[0]).toContain(
    'slave_parallel_threads: too',
  )
})
