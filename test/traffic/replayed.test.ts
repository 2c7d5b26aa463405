import { describe, expect, test } from 'vitest'
import { replicate } from '../../sim/experiments/replicate.js'
import { summarize } from '../../sim/experiments/summarize.js'
import { Model } from '../../sim/model/model.js'
import { Demand, demandOf } from '../../sim/parts/demand.js'
import { familyOf } from '../../sim/parts/request.js'
import { Constant } from '../../sim/random/distribution.js'
import { remarksOn } from '../../sim/scenario/oddities.js'
import { parseScenario } from '../../sim/scenario/parse.js'
import type { Scenario } from '../../sim/scenario/scenario.js'

const scenarioOf = (users: string, components: string, files: Record<string, string>, more = ''): Scenario =>
  parseScenario(
    `
lasts: 100s
replications: 2
users: { ${users} }
components: { ${components} }
${more}
`,
    'test.yaml',
    {},
    (name) => files[name]!,
  )

/** What each request was, in the order in which they came: seconds from the start of the run, and those it took. */
function played(scenario: Scenario, replication = 0) {
  const model = new Model(scenario, replication)
  const seen: { users: string; key: number; at: number; asks: string; took: number }[] = []
  model.context.observe({
    ended: (request, users) => {
      const { arrived } = request
      const took = model.kernel.now - arrived
      seen.push({ users, key: request.key, at: arrived, asks: scenario.classes[request.class]!, took })
    },
  })
  model.run()
  return seen.sort((a, b) => a.at - b.at || a.key - b.key)
}

const EVERYONE = 'q: { kind: service, servers: unlimited, service: trace }'
const one = (file: string, users = '', components = EVERYONE, more = '') =>
  scenarioOf(`u: { arrive: trace(log.csv), to: q${users} }`, components, { 'log.csv': file }, more)
const briefly = (file: string, users = '', components = EVERYONE) =>
  played(one(file, users, components)).map(({ at, asks, took }) => [at, asks, +took.toFixed(9)])

const LOG = 'time,class,service\n0.5,read,20ms\n1.25,write,0.3\n1.25,read,1us\n2min,read,1s\n30,static,0s\n'
const SORTED = LOG.replace('2min,read,1s\n', '')

describe('a recording is replayed request by request', () => {
  const all = [
    [0.5, 'read', 0.02],
    [1.25, 'write', 0.3],
    [1.25, 'read', 0.000001],
    [30, 'static', 0],
  ]

  test('each at its time, of its class, with its service', () => {
    expect(briefly(SORTED)).toEqual(all)
  })

  test.each([
    ['carriage returns', SORTED.replaceAll('\n', '\r\n')],
    ['nothing but carriage returns', SORTED.replaceAll('\n', '\r')],
    ['a byte order mark', `\uFEFF${SORTED}`],
    ['a byte order mark and quotes', `\uFEFF${SORTED.replace('time', '"time"')}`],
    ['quotes and blanks', SORTED.replace(/[a-z]+(?=,)/g, ' "$&" ')],
    ['capitals in the heading', SORTED.replace('time,class', 'Time,CLASS')],
    ['comments and empty lines', SORTED.replace('\n', '\n# of May\n\n ,\n'.replace(' ,\n', '\n'))],
    ['no end of the last line', SORTED.trimEnd()],
    ['columns in another order, and further ones', reordered(SORTED)],
    ['the class first', SORTED.replace(/^([^,]*),([^,]*),/gm, '$2,$1,')],
  ])('written with %s', (_, file) => {
    expect(briefly(file)).toEqual(all)
  })

  test('a name in quotes may have commas and quotes in it', () => {
    expect(briefly('time,class\n1,"a, ""b"""\n2,c\n', '', 'q: { kind: service, service: 1ms }')).toEqual([
      [1, 'a, "b"', 0.001],
      [2, 'c', 0.001],
    ])
  })

  test('service alone, or class alone', () => {
    expect(briefly('service,time\n20ms,1\n30ms,2\n')).toEqual([
      [1, 'request', 0.02],
      [2, 'request', 0.03],
    ])
    const law = 'q: { kind: service, service: { a: 1ms, b: 2ms } }'
    expect(briefly('time,class\n1,b\n2,a\n', '', law)).toEqual([
      [1, 'b', 0.002],
      [2, 'a', 0.001],
    ])
  })

  test('without a heading that names columns, the first is the time', () => {
    const law = 'q: { kind: service, service: 1ms }'
    for (const file of ['1,b,9\n2,a,9\n', 'when,what\n1,b\n2,a\n'])
      expect(briefly(file, '', law)).toEqual([
        [1, 'request', 0.001],
        [2, 'request', 0.001],
      ])
  })

  test('the same whatever the replication and the seed', () => {
    const scenario = one(SORTED)
    expect(played(scenario, 1)).toEqual(played(scenario, 0))
    expect(played({ ...scenario, seed: 'another' })).toEqual(played(scenario))
    const of = () => JSON.stringify(summarize(scenario, [replicate(scenario, 0), replicate(scenario, 1)]))
    expect(of()).toBe(of())
  })

  test.each([
    ['a profile', ', profile: { 0s: 500% }', ''],
    ['a ramp', ', profile: "ramp(900%)"', ''],
    ['a surge', '', 'faults: [{ kind: surge, target: u, factor: 5, at: 0s, for: 90s }]'],
  ])('in the order of the file where %s makes it faster, and no more than these', (_, users, faults) => {
    const seen = played(one(SORTED, users, EVERYONE, faults))
    expect(seen.map(({ asks, took }) => [asks, +took.toFixed(9)])).toEqual(all.map(([, ...rest]) => rest))
    expect(seen.at(-1)!.at).toBeLessThan(25)
    if (!users.includes('ramp')) expect(seen.map(({ at }) => 5 * at)).toEqual(all.map(([at]) => at))
  })

  test('from the start of the measured span', () => {
    const both = scenarioOf(
      'u: { arrive: trace(log.csv), to: q }, v: { arrive: constant(1/s), to: r }',
      `${EVERYONE}, r: { kind: service, service: 1ms }`,
      { 'log.csv': SORTED },
    )
    const seen = played(both).filter(({ users }) => users === 'u')
    expect(seen.map(({ at, asks }) => [at - 25, asks])).toEqual(all.map(([at, asks]) => [at, asks]))
  })
})

/** The columns the other way round, with one between that says nothing. */
function reordered(file: string): string {
  return file
    .trim()
    .split('\n')
    .map((line) => line.split(',').reverse().join(',7,'))
    .join('\n')
}

describe('one server, first in first out', () => {
  const server = 'q: { kind: service, service: trace }'

  test('waits as one computes them by hand', () => {
    // Free at 1.5, 3, 3.25, 10.125; who comes meanwhile waits till then.
    const file = 'time,service\n1,500ms\n1.25,1.5\n1.25,250ms\n10,125ms\n10.0625,0\n'
    const waits = played(one(file, '', server)).map(({ took }, i) => took - [0.5, 1.5, 0.25, 0.125, 0][i]!)
    expect(waits).toEqual([0, 0.25, 1.75, 0, 0.0625])
  })

  test('waits by the recursion of Lindley, to the nanosecond, over 20,000 requests', () => {
    let word = 1
    const next = () => (word = (word * 48271) % 2147483647) / 2147483647
    let clock = 0
    const rows = Array.from({ length: 20_000 }, () => ({
      at: +(clock += 0.008 * next()).toFixed(6),
      service: +(0.0078 * next()).toFixed(6),
    }))
    const file = ['time,service', ...rows.map(({ at, service }) => `${at},${service}s`)].join('\n')
    const seen = played(one(file, '', server))
    expect(seen).toHaveLength(rows.length)
    let wait = 0
    let longest = 0
    let most = 0
    rows.forEach(({ at, service }, i) => {
      const before = rows[i - 1]
      wait = before === undefined ? 0 : Math.max(0, wait + before.service - (at - before.at))
      longest = Math.max(longest, wait)
      most = Math.max(most, Math.abs(seen[i]!.took - service - wait), Math.abs(seen[i]!.at - at))
    })
    for (const [i, { at }] of rows.entries())
      expect(Math.abs(seen[i]!.at - at)).toBeLessThanOrEqual(1e-15 * at)
    expect(longest).toBeGreaterThan(0.05)
    expect(most).toBeLessThan(1e-9)
  })
})

describe('classes', () => {
  const some = Array.from({ length: 400 }, (_, i) => (i % 4 === 0 ? 'write' : ''))
  const file = ['time,class', ...some.map((name, i) => `${(i + 1) / 5},${name}`)].join('\n')
  const law = 'q: { kind: service, service: 1ms }'
  const mixed = one(file, ', mix: { read: 80%, write: 20% }', law)

  test('are those of the mix, and where a line names none, drawn from it as ever', () => {
    const asks = played(mixed).map((seen) => seen.asks)
    expect(asks.filter((_, i) => i % 4 === 0)).toEqual(new Array(100).fill('write'))
    const drawn = played(
      scenarioOf('u: { arrive: constant(5/s), to: q, mix: { read: 80%, write: 20% } }', law, {}),
    ).map((seen) => seen.asks)
    const others = <T>(all: T[]) => all.slice(0, 400).filter((_, i) => i % 4 > 0)
    expect(new Set(others(asks)).size).toBe(2)
    expect(others(asks)).toEqual(others(drawn))
  })

  test('have the shares that they have in the file', () => {
    const [u] = mixed.users
    expect([...u!.mix]).toEqual([
      ['read', 0.6],
      ['write', 0.4],
    ])
    expect([...one(LOG.replace('2min', '2'), '', law).users[0]!.mix]).toEqual([
      ['read', 0.6],
      ['write', 0.2],
      ['static', 0.2],
    ])
  })

  test('of the mix that are in no line are there all the same', () => {
    const scenario = one('time,class\n1,b\n2,b\n', ', mix: { a: 50%, b: 50% }', law)
    expect(scenario.classes).toEqual(['a', 'b'])
    expect(played(scenario).map(({ asks }) => asks)).toEqual(['b', 'b'])
  })

  test('stand where other users put them', () => {
    const scenario = scenarioOf(
      'v: { arrive: constant(1/h), to: q, mix: { c: 50%, a: 50% } }, u: { arrive: trace(log.csv), to: q }',
      law,
      { 'log.csv': 'time,class\n1,a\n2,b\n3,c\n' },
    )
    expect(scenario.classes).toEqual(['c', 'a', 'b'])
    const asks = played(scenario)
      .filter(({ users }) => users === 'u')
      .map((seen) => seen.asks)
    expect(asks).toEqual(['a', 'b', 'c'])
  })

  test('may be named by components', () => {
    expect(() => one(SORTED, '', 'q: { kind: service, service: { writ: 1ms, default: 1ms } }')).toThrow(
      'no users ask for the request class "writ"; did you mean "write"?',
    )
  })

  test('are a hundred at most, with names that can be printed', () => {
    const many = Array.from({ length: 101 }, (_, i) => `${i},c${i}`)
    expect(() => one(['time,class', ...many].join('\n'), '', law)).toThrow(
      'log.csv:102:5: users.u.arrive: expected 100 request classes at most',
    )
    for (const name of ['x'.repeat(61), '\u001b[2J'])
      expect(() => one(`time,class\n1,${name}\n`, '', law)).toThrow('expected a name of 60 letters at most')
  })
})

describe('service: trace', () => {
  const file = 'time,class,service\n1,a,10ms\n2,b,20ms\n3,a,30ms\n'

  test('for some classes, and a law for the others', () => {
    const law = 'q: { kind: service, service: { a: trace, default: 5ms } }'
    expect(briefly(file, '', law).map(([, , took]) => took)).toEqual([0.01, 0.005, 0.03])
  })

  test.each([
    ['app', 'q: { kind: app, service: trace }', 0],
    ['nginx', 'q: { kind: nginx, service: trace }', 0],
    ['mysql', 'q: { kind: mysql, service: trace }', 0],
    [
      'cache',
      'q: { kind: cache, service: trace, hit_ratio: 0%, origin: z }, z: { kind: service, service: 1ms }',
      0.001,
    ],
    ['firewall', 'q: { kind: firewall, service: trace, to: z }, z: { kind: service, service: 1ms }', 0.001],
    [
      'haproxy',
      'q: { kind: haproxy, service: trace, servers: [z] }, z: { kind: service, service: 1ms }',
      0.001,
    ],
  ])('is read by %s', (_, components, more) => {
    expect(briefly(file, '', components).map(([, , took]) => took)).toEqual(
      [0.01, 0.02, 0.03].map((service) => +(service + more).toFixed(9)),
    )
  })

  test('wherever a request comes, and each time', () => {
    const stack =
      'q: { kind: app, service: 1ms, queries: 2, database: db }, db: { kind: mysql, service: trace }'
    expect(briefly(file, '', stack).map(([, , took]) => took)).toEqual([0.021, 0.041, 0.061])
    const again = played(one(file, ', timeout: 15ms, retries: 1', EVERYONE)).map(
      ({ took }) => +took.toFixed(9),
    )
    expect(again).toEqual([0.01, 0.03, 0.03])
  })

  test('each users have their own', () => {
    const scenario = scenarioOf(
      'u: { arrive: trace(a.csv), to: q }, v: { arrive: trace(b.csv), to: q }',
      EVERYONE,
      {
        'a.csv': 'time,service\n1,1ms\n2,2ms\n',
        'b.csv': 'time,service\n1.5,3ms\n2.5,4ms\n',
      },
    )
    expect(played(scenario).map(({ took }) => +took.toFixed(9))).toEqual([0.001, 0.003, 0.002, 0.004])
  })

  test('health checks are nobody’s', () => {
    const stack =
      'q: { kind: haproxy, service: 0s, option_httpchk: on, servers: [{ name: w, check: on, inter: 100ms }] }, w: { kind: nginx, service: trace }'
    expect(briefly(file, '', stack).map(([, , took]) => took)).toEqual([0.01, 0.02, 0.03])
  })

  test('a replica applies what it is told to apply', () => {
    const stack = (apply: string) =>
      `q: { kind: mysql, service: trace, replicas: [r], writes: [a, b]${apply} }, r: { kind: mysql, service: trace, apply: 1ms }`
    expect(() => one(file, '', stack(''))).toThrow('components.q.apply: is missing')
    expect(briefly(file, '', stack(', apply: 1ms')).map(([, , took]) => took)).toEqual([0.01, 0.02, 0.03])
  })

  test('who comes there without a recording is told, and who does not come there is not', () => {
    const users = (to: string) =>
      `u: { arrive: trace(log.csv), to: q }, v: { arrive: poisson(1/s), to: ${to} }`
    const components = `${EVERYONE}, z: { kind: service, service: 1ms }, w: { kind: nginx, upstream: [q] }`
    const files = { 'log.csv': 'time,service\n1,1s\n' }
    expect(() => scenarioOf(users('w'), components, files)).toThrow(
      'components.q.service: v have no recorded service: expected arrive: trace(file) of them, with a column "service"',
    )
    expect(() => scenarioOf(users('z'), components, files)).not.toThrow()
    expect(() => one('1\n2\n')).toThrow('u have no recorded service')
  })

  test('that nobody reads is remarked on', () => {
    const said = (components: string) =>
      remarksOn(one(file, '', components)).filter((remark) => remark.includes('log.csv'))
    expect(said('q: { kind: service, service: 1ms }')).toEqual([
      'the service times of log.csv are not used: nothing that u come to says service: trace',
    ])
    expect(said(EVERYONE)).toEqual([])
    expect(said('q: { kind: service, service: 1ms }, z: { kind: service, service: trace }')).toHaveLength(1)
    expect(said('q: { kind: service, service: { b: trace, default: 1ms } }')).toEqual([])
    expect(remarksOn(one('1\n', '', 'q: { kind: service, service: 1ms }'))).toEqual([])
  })

  test('a host works where the time is recorded', () => {
    const scenario = parseScenario(
      `
lasts: 100s
hosts: { h: {} }
users: { u: { arrive: trace(log.csv), to: q } }
components: { q: { kind: service, host: h, service: trace } }
`,
      'test.yaml',
      {},
      () => file,
    )
    expect(remarksOn(scenario).filter((remark) => remark.includes('never used'))).toEqual([])
    expect(replicate(scenario, 0).components.q!.utilization).toBeCloseTo(0.06 / 100, 9)
  })

  test('names that random numbers cannot tell apart are refused', () => {
    const seen = new Map<number, string>()
    let pair: [string, string] | null = null
    for (let i = 0; pair === null; i++) {
      const other = seen.get(familyOf(`u${i}`))
      if (other !== undefined) pair = [other, `u${i}`]
      seen.set(familyOf(`u${i}`), `u${i}`)
    }
    const [a, b] = pair
    const users = `${a}: { arrive: trace(log.csv), to: q }, ${b}: { arrive: trace(log.csv), to: q }`
    expect(() => scenarioOf(users, EVERYONE, { 'log.csv': 'time,service\n1,1s\n' })).toThrow(
      `users.${b}: the name cannot be told from "${a}" where service is recorded`,
    )
    expect(() => scenarioOf(users, 'q: { kind: service, service: 1s }', { 'log.csv': '1\n' })).not.toThrow()
  })

  test('costs nothing where nothing is recorded', () => {
    const { context } = new Model(one('1\n', '', 'q: { kind: service, service: 1ms }'), 0)
    expect(demandOf([new Constant(1)], context, 'q', 'service').constructor).toBe(Demand)
  })
})

describe('bad files', () => {
  const law = 'q: { kind: service, service: 1ms }'
  const said = (file: string) => {
    try {
      one(file, '', law)
      return []
    } catch (error) {
      return (error as Error).message.split('\n')
    }
  }

  test.each([
    ['', 'test.yaml:4:15: users.u.arrive: expected at least one arrival in log.csv, for file in trace(file)'],
    ['-1\n2\n', 'log.csv:1:1: users.u.arrive: expected a duration of 0 or more, not a negative one'],
    ['NaN\n2\n', 'log.csv:1:1: users.u.arrive: expected a duration such as 40ms or 2min'],
    ['1\r\n0.5\r\n', 'log.csv:2:1: users.u.arrive: expected a time no earlier than that of the line above'],
    ['time,class\n1,\n', 'log.csv:2:3: users.u.arrive: expected a request class, since there is no mix:'],
    [
      'time,servic\n1,2\n',
      'log.csv:1:6: users.u.arrive: there is no such column to read; did you mean "service"?',
    ],
  ])('%j', (file, message) => {
    expect(said(file)).toEqual([message])
  })

  test('of many slips the first twenty', () => {
    const slips = said(`1\n${'soon\n'.repeat(1000)}`)
    expect(slips).toHaveLength(21)
    expect(slips.at(-2)).toContain('log.csv:21:1: ')
    expect(slips.at(-1)).toContain('log.csv:21:1: users.u.arrive: what comes after this was not read')
  })
})
