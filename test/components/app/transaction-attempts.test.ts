import { expect, test } from 'vitest'
import { play, problemsOf, tally } from '../../support/world.js'

/** Sixteen writers of two of 10 rows, in any order, at an application that costs nothing. */
const site = (app = '') => `
lasts: 20s
warmup: 0s
hosts: { h: { cores: 64 } }
users: { u: { arrive: "closed(users=16, think=0s)", to: app, mix: { write: 100% } } }
components:
  app: { kind: app, host: h, workers: 64, service: 0s, database: db${app} }
  db: { kind: mysql, host: h, service: 0.3ms, between_rows: 4.2ms, rows: 10, zipf: 0.01, innodb_lock_wait_timeout: 50s, rows_per_write: 2 }
`
const run = (text: string) => {
  const { model, ended } = play(text)
  const extra = (name: string) => model.components.get(name)!.extra(model.kernel.now)
  const { ok = 0, '500': failed = 0 } = tally(ended)
  return { share: failed / (ok + failed), failed, ok, app: extra('app'), db: extra('db') }
}

// On MariaDB 10.11, 16 connections, two of 10 rows with 4 ms between: of the first tries 21.6 % were rolled back (of 3230),
// of the second, with the same rows, 21.6 % (of 698), of the third 16 % (of 151).
test('by default the page fails with the write (Django, PDO)', () => {
  const { share, failed, db, app } = run(site())
  expect(Math.abs(share - 0.216)).toBeLessThan(0.02)
  expect(failed).toBe(db.deadlocks)
  expect(app).not.toHaveProperty('transactions_restarted')
})

test('transaction_attempts: it is begun again at once, and fails when the last try is rolled back (Laravel: attempts)', () => {
  const [two, three] = [run(site(', transaction_attempts: 2')), run(site(', transaction_attempts: 3'))]
  expect(Math.abs(two.share - 0.216 ** 2)).toBeLessThan(0.01)
  expect(Math.abs(three.share - 0.216 ** 2 * 0.16)).toBeLessThan(0.006)
  expect(three.failed).toBeGreaterThan(0)
  for (const { app, db, failed } of [two, three])
    expect(db.deadlocks).toBe(app.transactions_restarted! + failed)
})

test('error 1205 likewise: who has waited in vain waits once more', () => {
  // A row that is held for 1.8 s: of four writers one gets it at once, and one after 1.8 s.
  const held = (app: string) =>
    run(
      site(app)
        .replace('service: 0.3ms, between_rows: 4.2ms', 'service: 1.8s')
        .replace('50s, rows_per_write: 2', '1s')
        .replace('rows: 10, zipf: 0.01', 'rows: 1')
        .replace('closed(users=16, think=0s)', 'trace(test/components/app/four.csv)')
        .replace('lasts: 20s', 'lasts: 10s'),
    )
  expect(held('')).toMatchObject({ ok: 1, failed: 3 })
  expect(held(', transaction_attempts: 2')).toMatchObject({ ok: 2, failed: 2 })
})

test('what is wrong is told', () => {
  const text = site(', transaction_attempts: 2')
  const free = text.replace('innodb_lock_wait_timeout: 50s, rows_per_write: 2', '')
  expect(problemsOf(free.replace('between_rows: 4.2ms, rows: 10, zipf: 0.01, ', ''))[0]).toContain(
    'innodb_lock_wait_timeout:',
  )
})
