import { expect, test } from 'vitest'
import type { Mysql } from '../../../sim/components/mysql/mysql.js'
import { problemsOf, response, tally, world } from '../../support/world.js'

const stack = (mysql: string, users: string, rest = '') => `
lasts: 20s
warmup: 0s
hosts: { h: { cores: 64 } }
users: { u: { arrive: "${users}", to: p, mix: { write: 100% } } }
components:
  p: { kind: mysql, host: h, rows: 1, innodb_lock_wait_timeout: 50s, ${mysql} }
${rest}`

function run(text: string) {
  const { model, ended } = world(text)
  model.run()
  const { now } = model.kernel
  const ok = ended.filter(({ outcome }) => outcome === 'ok')
  return {
    ended,
    outcomes: tally(ended),
    rate: ok.length / now,
    latency: (1000 * ok.reduce((sum, one) => sum + response(one), 0)) / ok.length,
    extra: (model.components.get('p') as Mysql).extra(now),
  }
}

/** Within what was measured on MariaDB 10.11, widened by a tenth. */
const expectWithin = (value: number, [least, most]: readonly [number, number]) => {
  expect(value).toBeGreaterThan(0.9 * least)
  expect(value).toBeLessThan(1.1 * most)
}

const closed = (n: number) => `closed(users=${n}, think=0s)`

// The hold is what an insert of one connection takes there: two fsyncs and 77 us.
test.each([
  ['DB_hot_row_4ms', 1, 1, [75, 108], [9.26, 13.3]],
  ['DB_hot_row_4ms', 1, 4, [84.6, 108.5], [36.7, 47]],
  ['DB_hot_row_4ms', 1, 16, [97, 107.4], [145.7, 161.2]],
  ['DB_hot_rows_100_4ms', 100, 4, [297, 300.5], [13.28, 13.43]],
  ['DB_hot_rows_100_4ms', 100, 16, [1028, 1059], [15.06, 15.55]],
] as const)('%s: of %i rows, %i connections', (_, rows, n, rate, latency) => {
  const text = stack('service: 0.077ms, fsync: 4.68ms, sync_binlog: 1', closed(n))
  const found = run(text.replace('rows: 1,', `rows: ${rows}, zipf: 0.01,`).replace('lasts: 20s', 'lasts: 5s'))
  expectWithin(found.rate, rate)
  expectWithin(found.latency, latency)
})

test('DB_lock_wait_timeout_1s: one row held for 300 ms, 8 connections: half of the attempts get error 1205', () => {
  const text = stack('service: 0s, io: 301ms', closed(8)).replace('50s', '1s')
  const { rate, latency, outcomes } = run(text)
  const failed = outcomes.lock_wait_timeout! / (outcomes.ok! + outcomes.lock_wait_timeout!)
  expectWithin(rate, [3.32, 3.32])
  expect(Math.abs(failed - 0.516)).toBeLessThan(0.02)
  expectWithin(latency, [1145, 1145])
})

test('who waits gives up in time, and the next in the line gets the row', () => {
  const text = stack('service: 0s, io: 4.4s', 'constant(1/s)').replace('50s', '2s').replace('20s', '9.9s')
  const { ended, extra } = run(text)
  // The one of 1 s has it until 5.4 s, then that of 4 s.
  expect(ended.map(({ arrived, outcome }) => [arrived, outcome])).toEqual([
    [2, 'lock_wait_timeout'],
    [3, 'lock_wait_timeout'],
    [1, 'ok'],
    [5, 'lock_wait_timeout'],
    [6, 'lock_wait_timeout'],
    [7, 'lock_wait_timeout'],
    [4, 'ok'],
  ])
  expect(ended.filter(({ outcome }) => outcome !== 'ok').map(response)).toEqual(Array(5).fill(2))
  expect(extra.row_lock_waits).toBe(8)
})

test('what takes no time does not nest, and all get their turn', () => {
  const text = stack('service: 0s, max_connections: 100000', closed(20_000)).replace('think=0s', 'think=1s')
  expect(
    run(text.replace('20s', '2s').replace('rows: 1,', 'rows: 1, flavour: mysql, sync_binlog: 1,')).outcomes,
  ).toMatchObject({ ok: expect.any(Number) })
})

test('a process that dies frees its rows, and who waited is reset', () => {
  const faults = 'faults: [{ kind: crash, target: p, at: 5.5s, for: 1s }]'
  const { outcomes, ended } = run(stack('service: 0s, io: 2s', 'constant(1/s)', faults))
  expect(outcomes.reset).toBe(3)
  expect(ended.filter(({ arrived, outcome }) => arrived > 6 && outcome === 'ok').length).toBeGreaterThan(5)
})

test('what is wrong is told', () => {
  expect(problemsOf(stack('service: 0s', closed(1)).replace('rows: 1, ', ''))[0]).toContain('rows: too')
  expect(
    problemsOf(stack('service: 0s', closed(1)).replace('innodb_lock_wait_timeout: 50s, ', ''))[0],
  ).toContain('innodb_lock_wait_timeout:')
})
