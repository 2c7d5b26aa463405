import { describe, expect, test } from 'vitest'
import { Moments } from '../../../sim/components/mysql/moments.js'
import type { Mysql } from '../../../sim/components/mysql/mysql.js'
import { ObjectWrites } from '../../../sim/components/mysql/object-writes.js'
import type { Redis } from '../../../sim/components/redis/redis.js'
import { familyOf, Request } from '../../../sim/parts/request.js'
import { fault, play, problemsOf, tally } from '../../support/world.js'

/**
 * One object; readers ask at 0, 0.1 s, ... and it is written at 5.05 s, in 10 ms. The replica has that write a second
 * later; whatever is read takes no time.
 */
const site = ({
  app = '',
  mysql = '',
  redis = '',
  save = 'none',
  more = '',
  faults = '',
  reads = '100ms',
  writes = '{ 0s: 0%, 5s: 100%, 5.1s: 0% }',
  databases = '[mysql, replica]',
  lasts = '20s',
} = {}) => `
lasts: ${lasts}
warmup: 0s
users:
  readers: { arrive: renewal(${reads}), to: app, mix: { read: 100% } }
  writers: { arrive: renewal(50ms), profile: ${writes}, to: app, mix: { write: 100% } }
components:
  app: { kind: app, workers: 200, service: 0s, database: ${databases}, cache: redis, ${app} }
  mysql: { kind: mysql, service: { read: 0s, write: 10ms }, replicas: [replica], ${mysql} }
  replica: { kind: mysql, service: 0s }
  redis: { kind: redis, keys: 1, service: 0s, starts: cold, save: ${save}, ${redis} }
  ${more}
wires: { mysql -> replica: { latency: 1s } }
faults: [${faults}]`

const run = (...as: Parameters<typeof site>) => {
  const { model, ended } = play(site(...as))
  expect(model.context.requests.inUse).toBe(0)
  const extra = (name: string) => model.components.get(name)!.extra(model.kernel.now)
  return { ended, app: extra('app'), redis: extra('redis'), replica: extra('replica') }
}

describe('an object that was filled at a replica that is behind (Nishtala et al. 2013, Scaling Memcache at Facebook, section 5)', () => {
  test('stays as it was there, long after the replica has the write', () => {
    const { ended, app, redis, replica } = run()
    expect(tally(ended)).toEqual({ ok: 200 })
    // Filled at 0.1 s, and by the one read that came to the replica before the write did.
    expect(redis.misses).toBe(2)
    expect(replica.stale_reads).toBe(1)
    // All from 5.2 s to 19.9 s.
    expect(app.stale_cache_reads).toBe(148)
    expect(app.stale_cache_share).toBeCloseTo(148 / 197, 9)
  })

  test('until its ttl', () => {
    // Stored at 5.1 s: 5.2 s to 8.1 s.
    expect(run({ redis: 'ttl: 3.05s' }).app.stale_cache_reads).toBe(30)
  })

  test('or its next write, and from then on as that one is read', () => {
    const { app } = run({
      writes: '{ 0s: 0%, 5s: 100%, 5.1s: 0%, 6.5s: 100%, 6.6s: 0%, 9s: 100%, 9.1s: 0% }',
    })
    // 5.2 s to 6.5 s, 6.7 s to 9.0 s, and from 9.2 s on.
    expect(app.stale_cache_reads).toBe(14 + 24 + 108)
  })

  test('cache_fill: primary, nothing is stored that is old, and only what is not there is read there', () => {
    const { app, redis, replica } = run({ app: 'cache_fill: primary' })
    expect(redis.misses).toBe(2)
    expect(app.stale_cache_reads).toBe(0)
    expect(replica.stale_read_share).toBeNaN()
    const some = play(
      site({ app: 'cache_fill: primary, cached: [other]' }).replace('read: 100%', 'read: 50%, other: 50%'),
    )
    expect(some.model.components.get('replica')!.extra(20).stale_read_share).toBeGreaterThan(0)
  })

  test('several queries are as old as the oldest that they read', () => {
    const both = { app: 'queries: 2, reads: all' }
    for (const databases of ['[mysql, replica]', '[replica, mysql]'])
      expect(run({ ...both, databases }).app.stale_cache_reads, databases).toBe(148)
  })
})

test('what was read in no database misses nothing', () => {
  const { app, redis } = run({
    app: 'queries: { read: 0, write: 1 }',
    faults: fault('crash', 'replica', '0s', '1s'),
  })
  expect(redis.misses).toBe(2)
  expect(app.stale_cache_reads).toBe(0)
})

describe('other reasons (the same, section 3.2.1: stale sets)', () => {
  test('what was read before a write and is stored after its delete', () => {
    const late = play(
      site({ app: 'reads: primary', writes: '{ 0s: 0%, 150ms: 100%, 250ms: 0% }' })
        .replace('read: 0s', 'read: 200ms')
        .replace(
          'arrive: renewal(100ms)',
          'arrive: renewal(100ms), profile: { 0s: 100%, 0.15s: 0%, 1s: 100% }',
        ),
    )
    // Read at 0.1 s, written at 0.2 s, stored at 0.3 s: all later lookups find that.
    expect(late.model.components.get('app')!.extra(20)).toMatchObject({ stale_cache_share: 1 })
  })

  test('a delete that did not come', () => {
    const { app } = run({
      app: 'reads: primary, cache_timeout: 20ms',
      faults: fault('partition', 'app -> redis', '5.02s', '70ms'),
    })
    // 5.1 s to 19.9 s.
    expect(app.stale_cache_reads).toBe(149)
  })

  test('one that is on its way: who looked up before the commit is not counted', () => {
    const { model } = play(
      site({ app: 'reads: primary' }).replace(
        'wires: {',
        'wires: { app -> mysql: &far { latency: 200ms }, app -> redis: *far,',
      ),
    )
    // Written at 5.26 s, which the application hears at 5.46 s, and Redis at 5.66 s: those sent at 5.3 s and 5.4 s.
    expect(model.components.get('app')!.extra(20).stale_cache_reads).toBe(2)
  })
})

describe('what Redis has of an object is as old wherever it comes from', () => {
  const members = 'redis-2: { kind: redis, keys: 1, service: 0s, save: none }'

  test('a replica of it', () => {
    const copied = { redis: 'replicas: [redis-2]', more: members, app: 'cache_reads: replicas' }
    expect(run(copied).app.stale_cache_reads).toBe(148)
    const fresh = { ...copied, app: 'cache_reads: replicas, cache_fill: primary' }
    expect(run(fresh).app.stale_cache_reads).toBe(0)
  })

  test('a file that it reads when it starts', () => {
    const faults = fault('crash', 'redis', '10.05s', '10ms')
    const saved = { save: '1 1', faults, app: 'cache_fill: primary' }
    const { redis, app } = run({ ...saved, lasts: '19s' })
    expect(redis.misses).toBe(2)
    expect(app.stale_cache_reads).toBe(0)
    expect(run({ ...saved, app: '' }).app.stale_cache_reads).toBe(148)
  })
})

describe('rows of the database and objects of the cache', () => {
  const ofBoth = (mysql: string, redis = 'keys: 50') => {
    const text = site({ mysql: `service: { read: 0s, write: 1ms }, ${mysql}` })
      .replace('service: { read: 0s, write: 10ms }, ', '')
      .replace('keys: 1', redis)
    const { model } = play(text)
    const { rows } = (model.components.get('mysql') as Mysql).replication
    const cache = model.components.get('redis') as Redis
    return Array.from({ length: 100 }, (_, key) => {
      const request = new Request()
      request.identify(key, 1, false)
      request.branch(3, 1, 0)
      return rows!.of(request) === cache.keyOf(request)
    })
  }

  test('are the same where they are as many and as popular: a request is about one thing', () => {
    expect(ofBoth('rows: 50')).not.toContain(false)
    expect(ofBoth('rows: 50, zipf: 1.1', 'keys: 50, zipf: 1.1')).not.toContain(false)
  })

  test('are not where one is otherwise', () => {
    expect(ofBoth('rows: 51')).toContain(false)
    expect(ofBoth('rows: 50, zipf: 1.1')).toContain(false)
  })

  test('a write of another object is nobody’s concern', () => {
    const { app, replica } = run({ redis: 'ttl: none' })
    expect(app.stale_cache_reads).toBe(148)
    expect(replica.stale_reads).toBe(1)
    const many = play(site().replace('keys: 1,', 'keys: 1000000, zipf: 0.01,'))
    expect(many.model.components.get('app')!.extra(20).stale_cache_reads).toBe(0)
  })
})

describe('a replica that had less became the primary', () => {
  test('what was there after that is undone, and its positions are given away again', () => {
    const moments = new Moments()
    const old = moments.at(10)
    moments.cut(5)
    const recent = moments.at(7)
    expect([old, recent].map((one) => moments.positionOf(one))).toEqual([5, 7])
    moments.cut(6)
    expect([old, recent, moments.at(9)].map((one) => moments.positionOf(one))).toEqual([5, 6, 9])
  })

  test('an object that holds an undone write misses the next; another that was written then does not', () => {
    let head = 0
    const moments = new Moments()
    const log = {
      get head() {
        return head
      },
      get shown() {
        return head
      },
      rows: null,
      moments,
    }
    const writes = new ObjectWrites(({ key }) => key, log, false)
    const [one, other] = [1, 2].map((key) => {
      const request = new Request()
      request.identify(key, 1, false)
      return request
    }) as [Request, Request]
    const write = (request: Request) => writes.written(request, ++head)
    write(one)
    const first = writes.now
    write(other)
    const undone = writes.now
    writes.truncate(1)
    moments.cut(1)
    head = 1
    expect(writes.changed(one, undone, writes.now)).toBe(false)
    write(one)
    expect(writes.changed(one, undone, writes.now)).toBe(true)
    expect(writes.changed(one, writes.now, writes.now)).toBe(false)
    expect(writes.changed(other, first, writes.now)).toBe(false)
    // Who asked before the promotion asked before that write.
    expect(writes.changed(one, first, undone)).toBe(false)
  })

  /** A write is lost, and one later takes its position. */
  const lost = {
    app: 'reads: primary, cache_timeout: 20ms',
    mysql: 'promotion: { mode: manual, after: 1s }',
    writes: '{ 0s: 0%, 5s: 100%, 5.075s: 0%, 8s: 100%, 8.05s: 0% }',
  }
  const dies = `${fault('partition', 'mysql -> replica', '4s', '3s')}, ${fault('crash', 'mysql', '5.5s', '10s')}`

  test('so it is in a stack', () => {
    // The delete of the second does not come.
    const faults = `${dies}, ${fault('partition', 'app -> redis', '8.02s', '70ms')}`
    // 8.1 s to 19.9 s: they have the first.
    expect(run({ ...lost, faults }).app.stale_cache_reads).toBe(119)
  })

  test('and what is undone there was not written', () => {
    const { model } = play(site({ ...lost, faults: dies }).replace('keys: 1,', 'keys: 1000000, zipf: 0.01,'))
    const { replication } = model.components.get('mysql') as Mysql
    const objects = replication.objects.get('redis')!
    const written = Array.from({ length: 20 }, (_, key) => {
      const request = new Request()
      request.identify(key, familyOf('writers'), false)
      return objects.changed(request, 0, objects.now)
    })
    expect(replication.log.head).toBe(1)
    expect(written.filter((is) => is)).toHaveLength(1)
  })
})

test('what does not fit together is said', () => {
  const says = (text: string) => problemsOf(text).join('\n')
  const alone = site({ app: 'cache_fill: primary', databases: 'mysql' })
  expect(says(alone)).toContain('is about replicas, and it reads at none')
  expect(says(site({ app: 'cache_fill: primary, reads: primary' }))).toContain('is about replicas')
  expect(says(site({ app: 'cache_fill: primary' }).replace('cache: redis, ', ''))).toContain(
    'expected cache: too',
  )
})
