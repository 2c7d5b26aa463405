import { describe, expect, it } from 'vitest'
import { Model } from '../../sim/model/model.js'
import { Session } from '../../sim/model/session.js'
import { parseScenario } from '../../sim/scenario/parse.js'
import { type Ended, play, response, responses } from '../support/world.js'

/** Visitors of a box that takes no time, 15 ms away. */
const far = (answer: string, { users = 'arrive: constant(1/s)', wire = 'latency: 15ms', more = '' } = {}) => `
lasts: 20s
warmup: 0s
sizes: { default: { answer: ${answer}${more} } }
users: { v: { ${users}, to: n } }
components: { n: { kind: nginx, service: 0s, worker_processes: 64 } }
wires: { v -> n: { ${wire} } }
`
/** One visitor asks again after each answer and a pause, on a connection that stays open. */
const kept = (pause: string) =>
  `arrive: "closed(users=1, think=${pause})", requests_per_connection: unlimited`

/** The round trips that all took. */
const trips = (text: string) =>
  [...new Set(play(text).ended.map((one) => response(one)))].map((seconds) => +(seconds / 0.03).toFixed(3))

/** What visitors who come at `times` met. */
function come(times: readonly number[], text: string): Ended[] {
  const model = new Model(
    parseScenario(text, 'x.yaml', {}, () => times.join('\n')),
    0,
  )
  const ended: Ended[] = []
  model.context.observe({
    ended: ({ key, arrived, attempt, outcome }, users) =>
      ended.push({ users, key, arrived, ended: model.kernel.now, outcome: String(outcome), tries: attempt }),
  })
  model.run()
  expect(ended).toHaveLength(times.length)
  return ended
}
const recorded = 'arrive: trace(x.csv)'

describe('what is far away takes round trips: ten segments to begin with, and twice as many in each further one', () => {
  // Measured on Linux 6.18: 2.01, 2.01, 3.02, 3.03, 4.04, 6.07, 8.07 with the one that opens the connection.
  const table = [
    ['0B', 1],
    ['1kB', 1],
    ['14kB', 1],
    ['14480B', 1],
    ['14481B', 2],
    ['15kB', 2],
    ['40kB', 2],
    ['100kB', 3],
    ['300kB', 5],
    ['1MB', 7],
  ] as const

  it.each(table)('%s: %d on a new connection, and the one that opens it', (size, expected) => {
    expect(trips(far(size))).toEqual([expected + 1])
  })

  it.each(table)('%s: %d on a kept one after a pause of a second', (size, expected) => {
    expect(trips(far(size, { users: kept('1s') }))).toEqual([expected])
  })

  it.each(table)('%s: one, and no more than that, on a connection that is in use all the time', (size) => {
    expect(trips(far(size, { users: kept('100ms') }))).toEqual([1])
  })

  it('a body goes up as slowly, before the answer comes down', () => {
    expect(trips(far('100kB', { more: ', request: 40kB' }))).toEqual([5])
    expect(trips(far('0B', { more: ', request: 1MB' }))).toEqual([8])
  })

  it('a pause as long as the retransmission timeout, 208 ms and the round trip, is where it begins again', () => {
    expect(trips(far('15kB', { users: kept('237ms') }))).toEqual([1])
    expect(trips(far('15kB', { users: kept('239ms') }))).toEqual([2])
  })

  it('the connections that nginx keeps are as wide as they were while they are in use', () => {
    const through = (rate: string) => `
lasts: 20s
warmup: 0s
sizes: { default: { answer: 100kB } }
users: { v: { arrive: constant(${rate}), to: n } }
components:
  n: { kind: nginx, service: 0s, upstream: [m], keepalive: 16, proxy_http_version: '1.1' }
  m: { kind: nginx, service: 0s }
wires: { n -> m: { latency: 15ms } }`
    expect(trips(through('7/s'))).toEqual([4, 1])
    expect(trips(through('2/s'))).toEqual([4, 3])
  })

  it.each([
    [
      'haproxy, http-reuse always',
      '{ kind: haproxy, service: 0s, servers: [m], http_reuse: always }',
      [4, 1],
    ],
    [
      'haproxy, which keeps none',
      '{ kind: haproxy, service: 0s, servers: [m], option_http_server_close: on }',
      [4],
    ],
  ])('so are those of %s', (_, box, expected) => {
    const text = `
lasts: 20s
warmup: 0s
sizes: { default: { answer: 100kB } }
users: { v: { arrive: constant(7/s), to: lb } }
components: { lb: ${box}, m: { kind: nginx, service: 0s } }
wires: { lb -> m: { latency: 15ms } }`
    expect(trips(text)).toEqual(expected)
  })

  it('what only passes a connection on leaves it as wide as it is', () => {
    const through = (pause: string) => `
lasts: 20s
warmup: 0s
sizes: { default: { answer: 100kB } }
users: { v: { ${kept(pause)}, to: lb } }
components: { lb: { kind: balancer, servers: [m] }, m: { kind: nginx, service: 0s } }
wires: { lb -> m: { latency: 15ms } }`
    expect(trips(through('1s'))).toEqual([3])
    expect(trips(through('0.1s'))).toEqual([1])
  })

  it('what an application asks of its database has no size', () => {
    const text = `
lasts: 20s
warmup: 0s
sizes: { default: { request: 100kB, answer: 1MB } }
users: { v: { arrive: constant(1/s), to: m } }
components: { m: { kind: app, service: 0s, database: db, connection: persistent }, db: { kind: mysql, service: 0s } }
wires: { m -> db: { latency: 15ms, bandwidth: 1Mbit/s } }`
    // Connect and log in, in the end; then whether it lives, and the query.
    expect(Math.max(...trips(text))).toBeLessThan(6)
    expect(Math.min(...trips(text))).toBe(2)
  })

  it('what has no size takes what it took, and so does a failure', () => {
    expect(trips(far('0B'))).toEqual([2])
    const limited = far('1MB').replace('worker_processes: 64', 'limit_req: { rate: 1/h }')
    expect(trips(limited)).toEqual([8, 2])
  })
})

describe('a line', () => {
  it('of one page at a time takes the bytes of it, with headers, over its bandwidth', () => {
    const [seconds] = responses(
      play(far('14480B', { wire: 'bandwidth: 12kB/s' }).replace('1/s', '0.5/s')).ended,
    )
    expect(seconds).toBeCloseTo(15000 / 12000, 6)
  })

  it('lets one after the other pass, each way by itself', () => {
    const down = come([0, 0, 0.5], far('14480B', { wire: 'bandwidth: 15kB/s', users: recorded }))
    expect(down.map((one) => response(one))).toEqual([1, 2, 2.5])
    // A body of a second, then its answer, while the next body comes.
    const both = come(
      [0, 0, 0],
      far('14480B', { wire: 'bandwidth: 15kB/s', users: recorded, more: ', request: 14480B' }),
    )
    expect(both.map((one) => response(one))).toEqual([2, 3, 4])
  })

  it('makes wait what has no size too', () => {
    const text = far('14480B', {
      wire: 'bandwidth: 15kB/s',
      users: `${recorded}, mix: { big: 50%, small: 50% }`,
    })
    const model = new Model(
      parseScenario(
        text.replace('{ default: { answer: 14480B } }', '{ big: { answer: 14480B } }'),
        'x.yaml',
        {},
        () => 'time,class\n0,big\n0.25,small',
      ),
      0,
    )
    const ends: number[] = []
    model.context.observe({ ended: () => void ends.push(model.kernel.now) })
    model.run()
    expect(ends).toEqual([1, 1])
  })

  it('is shared by those who come together: five downloads of 2 MB end nearly at once', () => {
    // Measured, 16 Mbit/s, 10 ms one way, cubic: Jain's index of the rates 0.990 (0.974 to 1.000), the last after 5.23 s.
    const wire = 'latency: 10ms, bandwidth: 16Mbit/s'
    const ended = come([0, 0, 0, 0, 0], far('2MB', { wire, users: recorded })).map((one) => response(one))
    const rates = ended.map((seconds) => 1 / seconds)
    const sum = rates.reduce((a, b) => a + b)
    const squares = rates.reduce((a, b) => a + b * b, 0)
    expect((sum * sum) / rates.length / squares).toBeGreaterThan(0.974)
    // All of it, and the first round trips.
    expect(ended.at(-1)).toBeGreaterThan((5 * 2e6) / (2e6 * (1448 / 1500)))
    expect(ended.at(-1)).toBeLessThan(5.24)
  })

  it('is shared with a small page: that does not wait for all of a large one', () => {
    const wire = 'latency: 1ms, bandwidth: 16Mbit/s'
    const text = far('10MB', { wire, users: `${recorded}, mix: { big: 50%, small: 50% }` }).replace(
      '{ default: { answer: 10MB } }',
      '{ big: { answer: 10MB }, small: { answer: 10kB } }',
    )
    const model = new Model(
      parseScenario(text, 'x.yaml', {}, () => 'time,class\n0,big\n2,small'),
      0,
    )
    const ends: number[] = []
    model.context.observe({ ended: ({ arrived }) => void ends.push(model.kernel.now - arrived) })
    model.run()
    expect(ends[0]).toBeLessThan(0.3)
    expect(ends[1]).toBeGreaterThan(5.1)
  })

  // Measured with a buffer of 400 kB, new connections: the mean of two runs of 480, 720 and 240 pages.
  it.each([
    ['100kB', 10, 86.9, 99.3],
    ['100kB', 15, 146, 207],
    ['500kB', 3, 953, 1169],
  ])('carries pages of %s, %d a second over 16 Mbit/s, in %d to %d ms', (size, rate, least, most) => {
    const wire = 'latency: 1ms, bandwidth: 16Mbit/s'
    const text = far(size, { wire, users: `arrive: poisson(${rate}/s)` }).replace('20s', '480s')
    const all = Array.from({ length: 20 }, (_, replication) => play(text, replication).ended).flat()
    const mean = (all.reduce((sum, one) => sum + one.ended - one.arrived, 0) / all.length) * 1000
    expect(mean).toBeGreaterThan(least)
    expect(mean).toBeLessThan(most)
  })
})

describe('several lines on the way', () => {
  const chain = (one: string, two: string) => `
lasts: 20s
warmup: 0s
sizes: { default: { answer: 14480B } }
hosts: { a: { bandwidth: ${two} }, b: {} }
users: { v: { ${recorded}, to: lb } }
components: { lb: { kind: nginx, host: a, service: 0s, upstream: [m] }, m: { kind: nginx, host: b, service: 0s } }
wires: { lb -> m: { bandwidth: ${one} } }`

  it('are passed at once, segment by segment: the narrowest says how long it takes', () => {
    // 1 s at the wire; the interface has the last segment a hundredth of a tenth later, and all once more on its way out.
    expect(response(come([0], chain('15kB/s', '1500kB/s'))[0]!)).toBeCloseTo(1 + 0.001 + 0.01, 6)
    expect(response(come([0], chain('1500kB/s', '15kB/s'))[0]!)).toBeCloseTo(0.001 + 1 + 1, 6)
  })

  it('are used when the bytes are there: those of the sender before the way, those of the other end behind it', () => {
    const text = `
lasts: 20s
warmup: 0s
sizes: { default: { answer: 14480B } }
hosts: { b: { bandwidth: 15kB/s } }
users:
  v: { arrive: constant(0.01/s), to: n }
  w: { arrive: trace(x.csv), to: n, requests_per_connection: unlimited }
components: { n: { kind: nginx, host: b, service: 0s, worker_processes: 4 } }
wires: { w -> n: { latency: 1s } }`
    // Of two who come at 0 and 1.5 s, the answer to the first leaves at 1 s.
    const model = new Model(
      parseScenario(text.replace('constant(0.01/s)', 'trace(y.csv)'), 'x.yaml', {}, (name) =>
        name.includes('y.csv') ? '1.5' : '0',
      ),
      0,
    )
    const ends: Record<string, number> = {}
    model.context.observe({ ended: (_, users) => void (ends[users] = model.kernel.now) })
    model.run()
    expect(ends).toEqual({ w: 3, v: 3 })
  })

  it('of one name are one line', () => {
    const text = `
lasts: 20s
warmup: 0s
sizes: { default: { answer: 14480B } }
users: { v: { ${recorded}, to: lb } }
components: { lb: { kind: balancer, servers: [n, n] }, n: { kind: nginx, service: 0s } }
wires: { lb -> n: { bandwidth: 15kB/s } }`
    expect(come([0, 0], text).map((one) => response(one))).toEqual([1, 2])
  })

  it('are empty when nothing is under way, and in use as long as something was', () => {
    const text = far('14480B', { wire: 'bandwidth: 15kB/s', users: `${recorded}` }).replace(
      'warmup: 0s',
      'warmup: 20s',
    )
    const record = (times: readonly number[]) => {
      const model = new Model(
        parseScenario(text, 'x.yaml', {}, () => times.join('\n')),
        0,
      )
      const session = new Session(model)
      session.drain()
      for (const { inside } of model.lines.all) expect(inside.value).toBe(0)
      return session.record()
    }
    const { lines, used, inside } = record([1, 3, 3])
    expect(lines).toEqual([
      {
        name: 'v -> n',
        type: 'wire',
        limit: expect.objectContaining({ says: 'line', capacity: 15_000 }),
      },
    ])
    expect(lines![0]!.limit.used).toBeCloseTo(3 / 20, 9)
    expect(lines![0]!.limit.load).toBeCloseTo(3 / 20, 9)
    const shares = used['v -> n: line']!
    expect(shares.reduce((a, b) => a + b) / shares.length).toBeCloseTo(3 / 20, 9)
    // Two of them share two seconds.
    const bins = inside['v -> n']!
    expect((bins.reduce((a, b) => a + b) / bins.length) * 40).toBeCloseTo(1 + 1 + 2, 6)
  })
})

describe('the network interface of a host', () => {
  /** Two boxes of their own machines, and one that asks either. */
  const site = (hosts: string, where: readonly [string, string, string]) => `
lasts: 20s
warmup: 0s
sizes: { default: { answer: 14480B, request: 1448B } }
hosts: { ${hosts} }
users: { v: { ${recorded}, to: lb } }
components:
  lb: { kind: haproxy, host: ${where[0]}, service: 0s, servers: [one, two] }
  one: { kind: nginx, host: ${where[1]}, service: 0s }
  two: { kind: nginx, host: ${where[2]}, service: 0s }`
  const seconds = (text: string) => come([0, 0], text).map((one) => Math.round(response(one) * 1000) / 1000)

  it('is shared by all that comes to it, and by all that leaves it', () => {
    // Both answers come in; both go out to the visitors.
    expect(seconds(site('a: { bandwidth: 15kB/s }, b: {}, c: {}', ['a', 'b', 'c']))).toEqual([2.2, 3.2])
    // Each answer leaves its machine by itself.
    expect(
      seconds(site('a: {}, b: { bandwidth: 15kB/s }, c: { bandwidth: 15kB/s }', ['a', 'b', 'c'])),
    ).toEqual([1.1, 1.1])
    // Both leave one machine.
    expect(seconds(site('a: {}, b: { bandwidth: 15kB/s }', ['a', 'b', 'b']))).toEqual([1.1, 2.1])
  })

  it('has no part in what stays on the machine', () => {
    expect(seconds(site('a: { bandwidth: 15kB/s }', ['a', 'a', 'a']))).toEqual([1.1, 2.1])
  })
})
