import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { readScenario } from '../../../cli/files.js'
import { inline } from '../../../sim/experiments/jobs.js'
import { balanced } from '../../../sim/experiments/remedies/balanced.js'
import { nextTo } from '../../../sim/experiments/remedies/copies.js'
import { frontCache } from '../../../sim/experiments/remedies/front-cache.js'
import { moreServers } from '../../../sim/experiments/remedies/more-servers.js'
import { readReplica } from '../../../sim/experiments/remedies/read-replica.js'
import type { Found, Remedy } from '../../../sim/experiments/remedies/remedy.js'
import { run } from '../../../sim/experiments/run.js'
import { Structure } from '../../../sim/experiments/structure.js'
import { parseScenario } from '../../../sim/scenario/parse.js'
import type { Scenario } from '../../../sim/scenario/scenario.js'
import { asWritten } from '../../../sim/scenario/variant.js'

const root = path.resolve(import.meta.dirname, '../../..')
const brief = { lasts: '20s', replications: 1, set: ['expect=null'] }
const foundIn = async (scenario: Scenario): Promise<Found> => {
  const [ran] = await run([scenario], inline)
  return { scenario, result: ran!.result }
}
const shipped = (name: string) => foundIn(readScenario(path.join(root, 'scenarios', `${name}.yaml`), brief))
const stack = (text: string) => foundIn(parseScenario(`lasts: 20s\nreplications: 1\n${text}`, 'stack.yaml'))

/** The stack with the remedy: its sections, and what it takes to fill it. */
async function tried(remedy: Remedy, found: Found) {
  const done = remedy(found)
  if (done.scenario === undefined) throw new Error(done.because)
  const { result } = await foundIn(done.scenario)
  return {
    says: done.says,
    written: asWritten(done.scenario),
    scenario: done.scenario,
    full: result.bottleneck!.full_at_per_s!,
    before: found.result.bottleneck!.full_at_per_s!,
    result,
  }
}
const because = (remedy: Remedy, found: Found) => remedy(found).because

describe('balancing', () => {
  test('makes a second server of the web server and the application, and leaves one database', async () => {
    const { says, written, full, before, scenario } = await tried(
      balanced,
      await shipped('01-simple-web-stack'),
    )
    expect(says).toBe(
      'a HAProxy in front (balancer), on a machine of its own, and a second server beside nginx: nginx-2, app-2',
    )
    expect(written.users.visitors).toMatchObject({ to: 'balancer' })
    expect(written.components).toMatchObject({
      balancer: { servers: ['nginx', 'nginx-2'] },
      'nginx-2': { host: 'server-2', upstream: ['app-2'] },
      'app-2': { host: 'server-2' },
      nginx: { host: 'server-1', upstream: ['app'] },
    })
    expect(Object.keys(written.components)).toHaveLength(6)
    expect(written.hosts).toMatchObject({ 'server-2': { cores: 4 } })
    // The database stays on the first, so that two are not twice as many.
    expect(full / before).toBeGreaterThan(1.3)
    expect(full / before).toBeLessThan(1.8)
    expect(new Structure(scenario).answered(new Set(['server-2']))).toHaveLength(3)
  })

  test('of a chain on several machines copies each of them', async () => {
    const { written } = await tried(
      balanced,
      await stack(`
hosts: { w: { cores: 2 }, c: { cores: 3 } }
users: { web: { arrive: poisson(50/s), to: web-1, mix: { read: 1 } } }
components:
  web-1: { kind: nginx, host: w, upstream: code-1 }
  code-1: { kind: app, host: c, workers: 9, service: 5ms, database: store }
  store: { kind: mysql, service: 1ms }
wires: { web-1 -> code-1: { latency: 1ms }, code-1 -> store: { latency: 2ms } }`),
    )
    expect(written.components).toMatchObject({
      'web-2': { host: 'w-2', upstream: 'code-2' },
      'code-2': { host: 'c-2', database: 'store' },
    })
    expect(written.hosts).toMatchObject({ 'w-2': { cores: 2 }, 'c-2': { cores: 3 } })
    expect(written.wires).toEqual({
      'web-1 -> code-1': { latency: '1ms' },
      'code-1 -> store': { latency: '2ms' },
      'web-2 -> code-2': { latency: '1ms' },
      'code-2 -> store': { latency: '2ms' },
    })
  })

  test('is there where somebody chooses', async () => {
    expect(because(balanced, await shipped('04-scale-up'))).toBe(
      'it is there: vip chooses among haproxy-1, haproxy-2',
    )
  })

  test('of a database is none', async () => {
    const alone = await stack(
      'users: { web: { arrive: poisson(5/s), to: db } }\ncomponents: { db: { kind: mysql, service: 1ms } }',
    )
    expect(because(balanced, alone)).toBe('db keeps data, which a second one would not have')
  })
})

describe('more servers', () => {
  test('are like the one that is used most, in the lists in which it stands, with what it alone calls', async () => {
    const { says, written, full, before } = await tried(moreServers, await shipped('02-distributed'))
    expect(says).toBe('one more server like nginx-2: nginx-3, app-3')
    expect(written.components).toMatchObject({
      haproxy: { servers: ['nginx-1', 'nginx-2', 'nginx-3'] },
      'nginx-3': { upstream: ['app-3'], host: 'server-3' },
      'app-3': { database: ['mysql-1', 'mysql-2'], host: 'server-3' },
    })
    expect(written.wires).toMatchObject({ 'haproxy -> nginx-3': { latency: '0.1ms' } })
    expect(full).toBeGreaterThan(1.1 * before)
  })

  test('keep the options of an entry in a list', async () => {
    const { written } = await tried(
      moreServers,
      await stack(`
users: { web: { arrive: poisson(50/s), to: lb } }
components:
  lb: { kind: balancer, servers: [{ name: a, weight: 1 }, { name: b, weight: 2 }] }
  a: { kind: service, service: 1ms }
  b: { kind: service, service: 9ms }`),
    )
    expect(written.components.lb).toMatchObject({
      servers: [
        { name: 'a', weight: 1 },
        { name: 'b', weight: 2 },
        { name: 'b-2', weight: 2 },
      ],
    })
  })

  test('need a balancer first', async () => {
    expect(because(moreServers, await shipped('01-simple-web-stack'))).toBe(
      'nobody chooses among several: a second server needs a balancer first',
    )
  })
})

describe('a replica', () => {
  test('takes the reads of a database that stands alone', async () => {
    const { says, written, result } = await tried(readReplica, await shipped('01-simple-web-stack'))
    expect(says).toBe('one more replica of mysql that is read, on a machine of its own')
    expect(written.components).toMatchObject({
      mysql: { replicas: ['mysql-2'] },
      app: { database: ['mysql', 'mysql-2'] },
      'mysql-2': { host: 'server-2' },
    })
    const { dispatched } = result.components.app!
    expect(dispatched!['mysql-2']).toBeGreaterThan(3 * dispatched!.mysql!)
  })

  test('is one more where there are some, and is no primary', async () => {
    const { written } = await tried(readReplica, await shipped('04-scale-up'))
    expect(written.components).toMatchObject({
      'mysql-1': { replicas: ['mysql-2', 'mysql-3'] },
      'app-1': { database: ['mysql-1', 'mysql-2', 'mysql-3'] },
    })
    expect(written.components['mysql-3']).not.toHaveProperty('promotion')
    expect(written.components['mysql-3']).not.toHaveProperty('replicas')
  })

  test('helps nobody who reads at the primary, or asks no database', async () => {
    const primary = await stack(`
users: { web: { arrive: poisson(5/s), to: app, mix: { read: 1 } } }
components:
  app: { kind: app, service: 1ms, database: db, reads: primary }
  db: { kind: mysql, service: 1ms }`)
    expect(because(readReplica, primary)).toBe('the applications read at the primary (reads: primary)')
    const none = await stack(
      'users: { web: { arrive: poisson(5/s), to: a } }\ncomponents: { a: { kind: service, service: 1ms } }',
    )
    expect(because(readReplica, none)).toBe('no database is asked that could have a replica')
    const cluster = await stack(`
users: { web: { arrive: poisson(5/s), to: app, mix: { read: 1 } } }
components:
  app: { kind: app, service: 1ms, database: [x, y] }
  x: { kind: galera, service: 1ms, cluster: y }
  y: { kind: galera, service: 1ms }`)
    expect(because(readReplica, cluster)).toBe('y has no replicas: the nodes of a cluster are all read')
  })
})

describe('a cache', () => {
  test('stands in front and lets pass what it does not have and what writes', async () => {
    const found = await stack(`
users: { web: { arrive: poisson(100/s), to: app, mix: { read: 50%, buy: 50% } } }
components: { app: { kind: app, workers: 20, service: 1ms, database: db, writes: buy }, db: { kind: mysql, service: 1ms } }`)
    const { says, result, written } = await tried(frontCache, found)
    expect(says).toContain('has 50% of what is asked for and not written (an assumption)')
    expect(written.components['front-cache']).toMatchObject({ origin: 'app', uncached: ['buy'] })
    const { web } = result.users
    expect(result.components.app!.throughput.value! / web!.qps.value!).toBeCloseTo(0.75, 1)
  })

  test('is there, or has no one place', async () => {
    const there = await stack(`
users: { web: { arrive: poisson(5/s), to: c } }
components: { c: { kind: cache, origin: a, hit_ratio: 10% }, a: { kind: service, service: 1ms } }`)
    expect(because(frontCache, there)).toBe('there is one: c')
    const two = await stack(`
users: { web: { arrive: poisson(5/s), to: a }, api: { arrive: poisson(5/s), to: b } }
components: { a: { kind: service, service: 1ms }, b: { kind: service, service: 1ms } }`)
    expect(because(frontCache, two)).toBe(
      'visitors come in at several boxes (a, b), and one cache stands before one',
    )
  })
})

test('a name beside another is the next that nobody has', () => {
  expect(nextTo('app-2', new Set(['app-3']))).toBe('app-4')
  expect(nextTo('web', new Set())).toBe('web-2')
  expect(nextTo('db.main', new Set())).toBe('db.main-2')
  expect(nextTo('7', new Set())).toBe('7-2')
})
