import { describe, expect, test } from 'vitest'
import { fault, looks, play, tally, world } from '../../support/world.js'

/** A read and a write a second, each by itself. */
const stack = ({ db = '', faults = fault('fill', 'h', '10.5s', '30s'), kind = 'mysql', more = '' } = {}) => `
lasts: 200s
warmup: 0s
hosts: { h: { cores: 4, disk_size: 50GB, disk_used: 40GB }, h2: { cores: 4, disk_size: 50GB, disk_used: 40GB } }
users:
  readers: { arrive: constant(1/s), to: app, mix: { read: 1 } }
  writers: { arrive: constant(1/s), to: app, mix: { write: 1 } }
components:
  app: { kind: app, workers: 500, service: 0s, database: db }
  db: { kind: ${kind}, host: h, service: 1ms, max_connections: 500, writes: [write]${db} }
${more}
faults: [${faults}]
`
const answers = (text: string, of: string) =>
  play(text)
    .ended.filter(({ users }) => users === of)
    .map(({ arrived, ended, outcome }) => ({ arrived, took: ended - arrived, outcome }))

// MySQL manual, How MySQL Handles a Full Disk; measured on MariaDB 10.11.19: a binlog on a file system of 60 MB, filled
// by dd. The writers of 0, 5 and 10 s wait, and one who comes at 27 s, though there was room from 25 s on; all are answered
// at 60.2 s ("Waiting for someone to free space", "Commit"). A read is answered meanwhile.
describe('MySQL on a full disk', () => {
  test('writes wait until a look after a minute finds room, those too that come when there is some', () => {
    const writes = answers(stack(), 'writers')
    const waited = writes.filter(({ took }) => took > 1)
    expect(waited[0]!.arrived).toBeCloseTo(11, 6)
    expect(waited.at(-1)!.arrived).toBeCloseTo(70, 6)
    expect(waited).toHaveLength(60)
    for (const { arrived, took } of waited) expect(arrived + took).toBeCloseTo(71, 1)
    expect(new Set(writes.map(({ outcome }) => outcome)).size).toBe(1)
  })

  test('looks again every minute, counted from the first that waited', () => {
    const waited = answers(stack({ faults: fault('fill', 'h', '10.5s', '61s') }), 'writers').filter(
      ({ took }) => took > 1,
    )
    for (const { arrived, took } of waited) expect(arrived + took).toBeCloseTo(131, 1)
    expect(waited).toHaveLength(120)
  })

  test('reads go on', () => {
    for (const { took } of answers(stack(), 'readers')) expect(took).toBeLessThan(0.1)
  })

  test('until writes that wait have all of its connections', () => {
    const { ended } = play(
      stack({ faults: fault('fill', 'h', '10.7s', '30s') })
        .replace('max_connections: 500', 'max_connections: 20')
        .replace('writers: { arrive: constant(1/s)', 'writers: { arrive: constant(2/s)'),
    )
    const told = tally(ended.filter(({ users }) => users === 'readers'))
    // Twenty wait from 20.5 s on: those of 21 s to 71 s find none free.
    expect(told).toEqual({ ok: 199 - 51, 500: 51 })
  })

  test('who waits when the process dies is not waited for by the next', () => {
    for (const target of ['db', 'h']) {
      const faults = `${fault('fill', 'h', '10.5s', '10s')}, ${fault('crash', target, '30s', '1s')}`
      const late = answers(stack({ faults }), 'writers').filter(({ arrived }) => arrived > 32)
      expect(late).toHaveLength(199 - 32)
      for (const { took } of late) expect(took).toBeLessThan(0.1)
    }
  })

  test('its writes fill it, its reads do not; of a replica those that it applies, and it applies none when it is full', () => {
    const text = stack({
      db: ', replicas: [replica], disk_per_request: 100MB',
      more: '  replica: { kind: mysql, host: h2, service: 1ms, disk_per_request: 50MB }',
      faults: fault('fill', 'h2', '20.5s', '30s'),
    })
    const { model } = world(text)
    const used = (host: string) => {
      const { space } = model.hosts.get(host)!
      space!.count()
      return Math.round(space!.used * 500) / 10
    }
    const lag = () => (model.components.get('replica') as unknown as { secondsBehind: number }).secondsBehind
    const seen = looks(model, [10.7, 19.7, 45.7, 60.7], () => [used('h'), used('h2'), Math.round(lag())])
    model.run()
    expect(seen).toEqual([
      [41, 40.5, 0],
      [41.9, 41, 0],
      [44.5, 50, 25],
      [46, 43, 0],
    ])
  })
})

// PostgreSQL 15 manual, 29.2 Disk Full Failure: "If the disk holding the WAL files grows full, database server panic and
// consequent shutdown might occur."
describe('PostgreSQL on a full disk', () => {
  test('dies of the first write that finds no room, and again each time that it is started', () => {
    const { model, ended } = play(
      stack({ kind: 'postgresql', db: ', restart: { restart_sec: 5s, start_limit_burst: 100 }' }),
    )
    const db = model.components.get('db')!
    // At 11 s, and five seconds and a write later again, as long as the disk is full.
    expect(db.deaths).toBeGreaterThan(3)
    expect(db.deaths).toBeLessThan(7)
    expect(db.serves).toBe(true)
    expect(tally(ended).ok).toBeGreaterThan(300)
  })
})
