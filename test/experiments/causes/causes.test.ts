import { describe, expect, test } from 'vitest'
import { causesOf } from '../../../sim/experiments/causes/causes.js'
import { Follower } from '../../../sim/experiments/causes/follower.js'
import { replicateFollowed } from '../../../sim/experiments/causes/replicate-followed.js'
import { What, Why } from '../../../sim/experiments/causes/spent.js'
import { type ReplicationRecord, replicate } from '../../../sim/experiments/replicate.js'
import { Model } from '../../../sim/model/model.js'
import { legitimate } from '../../../sim/model/record.js'
import { Session } from '../../../sim/model/session.js'
import { parseScenario } from '../../../sim/scenario/parse.js'
import { resultOf } from '../../support/ran.js'

/** What is known of a fault or class, and where its chain of causes goes. */
async function causeIn(text: string, of: 'fault' | 'class') {
  const { causes } = await resultOf(text)
  const found = causes.find((cause) => cause.of === of)
  return {
    ...found,
    chain: found?.chain.map(({ component, what }) => `${component} ${what}`),
  }
}

const stack = (faults: string, more = '', rate = '40/s') => `
lasts: 2min
warmup: 0s
replications: 2
good: 500ms
users: { v: { arrive: poisson(${rate}), to: n, timeout: 5s } }
hosts: { web: {}, store: {} }
components:
  n: { kind: nginx, host: web, service: 1ms, upstream: [a] }
  a: { kind: app, host: web, workers: 8, service: 2ms, connect_timeout: 1s, database: [m] }
  m: { kind: mysql, host: store, service: 5ms }
${more}
faults: [${faults}]
`

describe('the time of requests that failed or were late comes down to', () => {
  test.each([
    ['{ kind: crash, target: m2, at: 30s }', 'proxy machine dead'],
    ['{ kind: crash, target: m1, at: 30s }', 'wall machine dead'],
    ['{ kind: partition, target: wall -> proxy, at: 30s }', 'proxy cut off'],
  ])('the box that does not hear what is sent on a connection that is open, by %s', async (fault, last) => {
    const { chain } = await causeIn(
      `
lasts: 90s
warmup: 30s
replications: 1
hosts: { m1: {}, m2: {} }
users: { v: { arrive: poisson(40/s), to: wall, timeout: 5s, requests_per_connection: 5 } }
components:
  wall: { kind: firewall, host: m1, to: proxy, service: 0.01ms }
  proxy: { kind: haproxy, host: m2, servers: [one] }
  one: { kind: service, service: 1ms }
wires: { v -> wall: { latency: 1ms }, wall -> proxy: { latency: 1ms } }
faults: [${fault}]
`,
      'fault',
    )
    expect(chain!.at(-1)).toBe(last)
  })

  test('a replica on a dead machine, for which the workers of the application wait', async () => {
    const text = `
lasts: 2min
warmup: 0s
replications: 2
good: 500ms
users: { v: { arrive: poisson(40/s), to: a, timeout: 5s } }
hosts: { one: {}, two: {} }
components:
  a: { kind: app, host: one, workers: 8, service: 2ms, connect_timeout: 1s, database: [m, r] }
  m: { kind: mysql, host: one, service: 5ms, replicas: [r] }
  r: { kind: mysql, host: two, service: 5ms }
faults: [{ kind: crash, target: two, at: 30s, for: 60s }]
`
    const { chain, share, says } = await causeIn(text, 'fault')
    expect(chain).toEqual(['a full', 'r machine dead'])
    // 8 workers, each held for 1 s of 1.01 s.
    expect(share).toBeGreaterThan(0.95)
    expect(says).toMatch(
      /^a was full because those in it waited for r, whose machine was dead: \d+% of the time/,
    )
  })

  test.each(['', ', class: request'])(
    'a database that is slower than usual, behind an application that is full%s',
    async (some) => {
      const { chain, share } = await causeIn(
        stack(`{ kind: slow, target: m, at: 30s, for: 60s, factor: 60${some} }`),
        'fault',
      )
      expect(chain).toEqual(['a full', 'm slowed'])
      expect(share).toBeGreaterThan(0.95)
    },
  )

  test('a wire that is cut', async () => {
    const { chain, share } = await causeIn(
      stack('{ kind: partition, target: a -> m, at: 30s, for: 60s }'),
      'fault',
    )
    expect(chain).toEqual(['a full', 'm cut off'])
    expect(share).toBeGreaterThan(0.95)
  })

  test('a process that hangs', async () => {
    const { chain, share } = await causeIn(stack('{ kind: hang, target: n, at: 30s, for: 60s }'), 'fault')
    expect(chain).toEqual(['v waited', 'n hangs'])
    expect(share).toBeGreaterThan(0.95)
  })

  test('a dead server that HAProxy trusts still', async () => {
    const text = `
lasts: 2min
warmup: 0s
replications: 2
good: 500ms
users: { v: { arrive: poisson(40/s), to: h, timeout: 30s } }
hosts: { one: {}, two: {} }
components:
  h: { kind: haproxy, service: 0ms, timeout_connect: 1s, retries: 3, servers: [{ name: a, check: false }, { name: b, check: false }] }
  a: { kind: app, host: one, workers: 100, service: 5ms }
  b: { kind: app, host: two, workers: 100, service: 5ms }
faults: [{ kind: crash, target: two, at: 30s, for: 60s }]
`
    const { chain, share } = await causeIn(text, 'fault')
    expect(chain).toEqual(['h waited', 'b machine dead'])
    expect(share).toBeGreaterThan(0.95)
  })

  test('a CPU that is full, without any fault', async () => {
    const text = `
lasts: 2min
warmup: 0s
replications: 2
good: 500ms
users: { v: { arrive: poisson(120/s), to: a, timeout: 5s } }
hosts: { web: {} }
components: { a: { kind: app, host: web, workers: 20, service: 10ms } }
`
    const { chain, share, says } = await causeIn(text, 'class')
    expect(chain).toEqual(['a CPU full'])
    expect(share).toBeGreaterThan(0.95)
    expect(says).toMatch(/^a had a CPU that was full/)
  })

  test('two faults, each by itself', async () => {
    const text = `
lasts: 2min
warmup: 0s
replications: 2
good: 500ms
users: { v: { arrive: poisson(40/s), to: a, timeout: 5s } }
hosts: { web: {}, store: {} }
components:
  a: { kind: app, host: web, workers: 8, service: 2ms, connect_timeout: 1s, database: [m] }
  m: { kind: mysql, host: store, service: 5ms, max_connections: 100 }
faults: [{ kind: crash, target: store, at: 30s, for: 30s }, { kind: hang, target: a, at: 80s, for: 20s }]
`
    const { causes } = await resultOf(text)
    const [crash, hang] = causes.map(({ chain }) =>
      chain.map(({ component, what }) => `${component} ${what}`),
    )
    expect(crash).toEqual(['a full', 'm machine dead'])
    expect(hang).toEqual(['v waited', 'a hangs'])
  })

  test('retries that amplify an overload: the work of the box itself', async () => {
    const text = `
lasts: 2min
warmup: 0s
replications: 2
good: 500ms
users: { v: { arrive: poisson(60/s), to: n, timeout: 1s, retries: 3 } }
components:
  n: { kind: nginx, service: 0ms, upstream: [a] }
  a: { kind: app, workers: 4, service: exponential(100ms) }
`
    const { chain, share } = await causeIn(text, 'class')
    expect(chain).toEqual(['a full by itself'])
    expect(share).toBeGreaterThan(0.7)
  })

  test('a connection table of a firewall that is full of connections that have ended', async () => {
    const text = `
lasts: 2min
warmup: 0s
replications: 2
good: 500ms
users: { v: { arrive: poisson(40/s), to: f, timeout: 5s } }
components:
  f: { kind: firewall, to: a, nf_conntrack_max: 2400 }
  a: { kind: app, workers: 100, service: 5ms }
`
    const { chain, share, says } = await causeIn(text, 'class')
    expect(chain).toEqual(['v waited', 'f connection table full'])
    expect(share).toBeGreaterThan(0.95)
    expect(says).toMatch(/^v waited for f, whose connection table was full, most of it of connections that/)
  })

  test('idle clients who have the places of a proxy, whether one waits before it or in its kernel', async () => {
    const text = (backlog: number) => `
lasts: 2min
warmup: 0s
replications: 2
good: 500ms
users: { v: { arrive: poisson(15/s), to: h, timeout: 5s, keepalive: 5s } }
components:
  h: { kind: haproxy, maxconn: 40, backlog: ${backlog}, servers: [a] }
  a: { kind: app, workers: 100, service: 5ms }
`
    const queued = await causeIn(text(40), 'class')
    expect(queued.chain).toEqual(['h idle connections'])
    expect(queued.share).toBeGreaterThan(0.95)
    const { chain, share, says } = await causeIn(text(10), 'class')
    expect(chain).toEqual(['v waited', 'h idle connections'])
    expect(share).toBeGreaterThan(0.95)
    expect(says).toMatch(/^v waited for h, which had no place left, most of them held by connections without/)
  })

  test('a server that hangs, where the connections to it fill the table of a firewall', async () => {
    const text = `
lasts: 2min
warmup: 0s
replications: 2
good: 500ms
users: { v: { arrive: poisson(40/s), to: f, timeout: 30s } }
components:
  f: { kind: firewall, to: a, nf_conntrack_max: 200, nf_conntrack_tcp_timeout_time_wait: 1s }
  a: { kind: app, workers: 100, backlog: 10000, service: 5ms }
faults: [{ kind: hang, target: a, at: 30s, for: 60s }]
`
    expect((await causeIn(text, 'fault')).chain).toEqual(['f full', 'a hangs'])
  })

  test('a firewall that drops what it takes for an attack', async () => {
    const text = `
lasts: 2min
warmup: 0s
replications: 2
good: 500ms
users: { v: { arrive: poisson(40/s), to: f, timeout: 5s } }
components:
  f: { kind: firewall, to: a, action: drop, false_positives: 10% }
  a: { kind: app, workers: 100, service: 5ms }
`
    const { chain, share, says } = await causeIn(text, 'class')
    expect(chain).toEqual(['v waited', 'f filtered'])
    expect(share).toBeGreaterThan(0.95)
    expect(says).toMatch(/^v waited for f, which took them for an attack/)
  })

  test('a virtual address that nobody alive holds', async () => {
    const text = `
lasts: 2min
warmup: 0s
replications: 2
good: 500ms
users: { v: { arrive: poisson(40/s), to: vip, timeout: 5s } }
hosts: { one: {}, two: {} }
components:
  vip: { kind: vip, servers: [h-1, h-2] }
  h-1: { kind: haproxy, host: one, service: 0ms, servers: [a] }
  h-2: { kind: haproxy, host: two, service: 0ms, servers: [a] }
  a: { kind: app, workers: 100, service: 5ms }
faults: [{ kind: crash, target: [one, two], at: 30s, for: 60s }]
`
    const { chain, share, says } = await causeIn(text, 'fault')
    expect(chain).toEqual(['vip no server up', 'h-1 machine dead'])
    expect(share).toBeGreaterThan(0.9)
    expect(says).toMatch(/^vip had no server that was up, for h-1 and h-2 were on dead machines: /)
  })

  describe('a wire', () => {
    test.each([
      [
        'that is longer than usual',
        '{ kind: latency, target: a -> m, at: 30s, for: 60s, add: 500ms }',
        'slowed',
      ],
      ['that loses packets', '{ kind: loss, target: a -> m, at: 30s, for: 60s, share: 70% }', 'packets lost'],
    ])('%s, behind an application that is full', async (_, fault, what) => {
      const { chain, share } = await causeIn(stack(fault), 'fault')
      expect(chain).toEqual(['a full', `a -> m ${what}`])
      expect(share).toBeGreaterThan(0.9)
    })

    test('that is long by the scenario', async () => {
      const { chain, says } = await causeIn(
        stack('', 'wires: { v -> n: { latency: 400ms } }', '10/s'),
        'class',
      )
      expect(chain).toEqual(['v -> n long'])
      expect(says).toMatch(/^the wire v -> n took long: 9\d% of the time/)
    })

    test('of each of two that do the same', async () => {
      const text = `
lasts: 2min
warmup: 0s
replications: 2
good: 500ms
users: { v: { arrive: poisson(40/s), to: h, timeout: 5s } }
components:
  h: { kind: haproxy, service: 0ms, servers: [a-1, a-2] }
  a-1: { kind: app, workers: 100, service: 5ms }
  a-2: { kind: app, workers: 100, service: 5ms }
faults: [{ kind: loss, target: [h -> a-1, h -> a-2], at: 30s, for: 60s, share: 50% }]
`
      const { chain, says } = await causeIn(text, 'fault')
      expect(chain).toEqual(['h -> a-1 packets lost'])
      expect(says).toMatch(/^the wires h -> a-1 and h -> a-2 lost packets: \d+% of the time/)
    })
  })

  // Members that were killed come back as processes, and stand apart from the group: no wire is long then.
  test('members of a group without a majority that are back, and confirm nothing', async () => {
    const { chain, says } = await causeIn(
      `
lasts: 3min
warmup: 0s
replications: 1
users: { v: { arrive: poisson(20/s), to: a, timeout: 5s, mix: { write: 100% } } }
hosts: { one: {}, two: {}, three: {} }
components:
  a: { kind: app, workers: 9000, service: 2ms, database: [m-1, m-2, m-3] }
  m-1: { kind: group_replication, host: one, service: 5ms, max_connections: 9000, members: [m-2, m-3] }
  m-2: { kind: group_replication, host: two, service: 5ms }
  m-3: { kind: group_replication, host: three, service: 5ms }
wires: { m-1 -> m-2: { latency: 0.3ms }, m-1 -> m-3: { latency: 0.3ms } }
faults: [{ kind: crash, target: [two, three], at: 30s, for: 10s }]
`,
      'class',
    )
    expect(chain?.at(-1)).toMatch(/^m-[23] silent$/)
    expect(says).toMatch(/waited for m-[23], which did not answer/)
  })

  describe('a replica that is to confirm what its primary writes', () => {
    const semi = (fault: string, more = '') => `
lasts: 2min
warmup: 0s
replications: 2
good: 300ms
users: { v: { arrive: poisson(20/s), to: a, timeout: 20s, mix: { write: 100% } } }
hosts: { web: {}, one: {}, two: {} }
components:
  a: { kind: app, host: web, workers: 8, service: 2ms, database: [m] }
  m: { kind: mysql, host: one, service: 5ms, rpl_semi_sync_master_enabled: on, replicas: [r] }
  r: { kind: mysql, host: two, service: 5ms }
${more}
faults: [${fault}]
`

    test.each([
      ['is on a dead machine', '{ kind: crash, target: two, at: 30s, for: 60s }', 'r machine dead'],
      ['is cut off', '{ kind: partition, target: m -> r, at: 30s, for: 60s }', 'r cut off'],
      ['hangs', '{ kind: hang, target: r, at: 30s, for: 60s }', 'r hangs'],
    ])('and %s', async (_, fault, what) => {
      const { chain, share, says } = await causeIn(semi(fault), 'fault')
      expect(chain).toEqual(['a full', 'm waited', what])
      expect(share).toBeGreaterThan(0.8)
      expect(says).toMatch(/^a was full because those in it waited for m, which waited for r, /)
    })

    test('and is far away', async () => {
      const { chain } = await causeIn(semi('', 'wires: { m -> r: { latency: 200ms } }'), 'class')
      expect(chain).toEqual(['a full', 'm -> r long'])
    })

    test('and loses packets on the way', async () => {
      const loss = '{ kind: loss, target: m -> r, at: 30s, for: 60s, share: 80% }'
      expect((await causeIn(semi(loss), 'fault')).chain).toEqual(['a full', 'm -> r packets lost'])
    })
  })

  test('a rate limit, by which a burst has to wait', async () => {
    const text = `
lasts: 2min
warmup: 0s
replications: 2
good: 500ms
users: { v: { arrive: poisson(50/s), to: n, timeout: 5s } }
components:
  n: { kind: nginx, upstream: [a], limit_req: { rate: 40/s, burst: 100 } }
  a: { kind: app, workers: 100, service: 10ms }
`
    const { chain, says, share } = await causeIn(text, 'class')
    expect(chain).toEqual(['n limit reached'])
    expect(says).toMatch(/of the time/)
    expect(share).toBeGreaterThan(0.95)
  })

  test('nothing, where few failed, or who failed did so at once', async () => {
    expect(
      (await resultOf(stack('{ kind: hang, target: n, at: 30s, for: 0.1s }', '', '1/s'))).causes,
    ).toEqual([])
    const { causes } = await resultOf(stack('{ kind: crash, target: n, at: 30s, for: 20s }'))
    expect(causes.map(({ explains }) => explains)).toEqual(['failures', 'failures'])
  })

  test('nothing, where none was good, and all were answered soon', async () => {
    const { causes } = await resultOf(stack('{ kind: errors, target: a, at: 0s, share: 100% }'))
    expect(causes.map(({ explains }) => explains)).toEqual(['failures', 'failures'])
    expect(causes[0]!.says).toMatch(/^a answered with errors, by a fault/)
  })
})

describe('the time by box', () => {
  test('adds up to the latency, where all are followed', async () => {
    const result = await resultOf(stack('{ kind: partition, target: a -> m, at: 30s, for: 2s }', '', '10/s'))
    const sum = (group: string) => {
      const rows = result.time_by_box.filter((row) => row.group === group)
      return (
        rows[0]!.requests *
        rows.reduce((all, r) => all + r.waited_ms + r.served_ms + r.wire_ms + r.timed_out_ms, 0)
      )
    }
    const { requests, latency_ms, latency_by_outcome_ms } = result
    expect(sum('ok') + sum('slow')).toBeCloseTo(requests.ok * latency_ms.mean.value!, 3)
    expect(requests.failed).toBeGreaterThan(30)
    const failed = Object.entries(requests.by_outcome)
      .filter(([name]) => name !== 'ok')
      .reduce((all, [name, n]) => all + n * (latency_by_outcome_ms[name]?.mean.value ?? 0), 0)
    // The mean over replications, which differ in how many failed.
    expect(sum('failed') / failed).toBeCloseTo(1, 1)
  })

  test('tells the way of packets from work', async () => {
    const text = stack('', 'wires: { n -> a: { latency: 10ms } }', '10/s')
    const { time_by_box } = await resultOf(text)
    const row = time_by_box.find(({ component, group }) => component === 'n' && group === 'ok')!
    expect(row.wire_ms).toBeCloseTo(40, 6)
    expect(row.served_ms).toBeLessThan(2)
  })
})

test('whoever follows requests changes nothing', () => {
  const scenario = parseScenario(
    stack('{ kind: partition, target: a -> m, at: 30s, for: 60s }', '', '100/s'),
    'test.yaml',
  )
  const { causes, ...followed } = replicateFollowed(scenario, 0)
  expect(causes!.times.length).toBeGreaterThan(0)
  expect(JSON.stringify(followed)).toBe(JSON.stringify(replicate(scenario, 0)))
})

test('who has his answer, or has given up, is followed no longer: nothing is kept of him', () => {
  const text = stack('{ kind: hang, target: m, at: 30s, for: 20s }', '', '50/s')
  const session = new Session(new Model(parseScenario(text, 'test.yaml'), 0))
  const follower = new Follower(session)
  session.observe(follower)
  session.drain()
  const { trees, nodes } = follower as unknown as { trees: Set<unknown>; nodes: Map<unknown, unknown> }
  const under = legitimate(session.model).reduce((n, users) => n + users.underWay().length, 0)
  expect(under).toBe(0)
  expect([trees.size, nodes.size]).toEqual([0, 0])
})

test('one in so many visitors is followed, the same under every architecture', () => {
  const followed = (text: string) => {
    const session = new Session(new Model(parseScenario(text, 'test.yaml'), 0))
    const follower = new Follower(session)
    const keys: number[] = []
    session.observe({
      asked: (request) => {
        if (follower.asked(request, 'v')) keys.push(request.key)
        return false
      },
    })
    session.advance()
    return keys
  }
  const keys = followed(stack('', '', '100/s'))
  // 12,000 requests, one in six.
  expect(Math.abs(keys.length - 2000)).toBeLessThan(150)
  expect(followed(stack('{ kind: hang, target: n, at: 30s, for: 60s }', '', '100/s'))).toEqual(keys)
})

test('who waits behind those that have lost their visitors waits for what these wait for, however long', async () => {
  // Windows of 0.6 s, the edges of which are no exact fractions: 36.6 / 0.6 is less than 61.
  const { causes } = await resultOf(`
lasts: 2min
warmup: 0s
replications: 2
good: 100ms
users: { v: { arrive: poisson(40/s), to: front, timeout: 5s } }
components:
  front: { kind: haproxy, service: 0ms, timeout_connect: 1s, timeout_queue: 200ms, servers: [{ name: a, maxconn: 5 }] }
  a: { kind: app, workers: 100, service: 5ms }
faults: [{ kind: hang, target: a, at: 30s, for: 60s }]
`)
  const [time] = causes
  expect(time!.chain).toEqual([
    { component: 'front', what: 'full' },
    { component: 'a', what: 'hangs' },
  ])
  expect(time!.share).toBeGreaterThan(0.95)
})

test('all of it is 100%, however the sums were rounded', () => {
  const scenario = parseScenario(stack(''), 'test.yaml')
  const waits = (box: string, seconds: number) => ({
    box,
    what: What.waited,
    to: null,
    why: Why.unknown,
    seconds,
  })
  const works = (seconds: number) => ({ box: 'm', what: What.served, to: null, why: Why.unknown, seconds })
  // From left to right 0.3 + 0.2 + 0.1 is less than 0.1 + 0.2 + 0.3.
  const slow = {
    requests: 30,
    direct: [waits('a', 0.3), waits('n', 0.2), works(0.1)],
    held: [
      { ...works(0.2), full: 'n' },
      { ...works(0.3), full: 'a' },
    ],
    failures: { requests: 0, direct: [], held: [] },
  }
  const records = [{ causes: { times: [], classes: [slow], faults: [] } }] as unknown as ReplicationRecord[]
  const [cause] = causesOf(scenario, records, {})
  expect(cause!.chain.at(-1)).toMatchObject({ component: 'm', what: 'slow by itself' })
  expect(cause!.share).toBe(1)
})
