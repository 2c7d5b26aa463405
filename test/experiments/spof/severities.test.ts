import { describe, expect, test } from 'vitest'
import { whyOf } from '../../../reports/words/spof-why.js'
import { partOf, severitiesIn, spofsIn } from '../../support/spofs.js'

/** Twenty visitors a second, evenly, at `front`. */
const stack = (components: string, more = '') => `
name: Small
hosts: { m1: {}, m2: {}, m3: {} }
users: { web: { arrive: constant(20/s), to: front, timeout: 2s${more} } }
components:
${components}`

/** A load balancer with health checks, and two servers on machines of their own. */
const pair = (inter: string, servers: number, service: string) =>
  stack(`
  front: { kind: haproxy, host: m1, servers: [one, two], timeout_connect: 1s, retries: 3, redispatch: on,
           default_server: { check: on, inter: ${inter}, fall: 3 } }
  one: { kind: service, host: m2, servers: ${servers}, service: ${service} }
  two: { kind: service, host: m3, servers: ${servers}, service: ${service} }`)

const shedding = (text: string) => text.replaceAll('kind: service,', 'kind: service, queue: 5,')

describe('hard', () => {
  test('is a loss after which nobody is answered, and all of them are lost', async () => {
    const found = await spofsIn(stack('  front: { kind: service, host: m1, service: 1ms }'))
    expect(severitiesIn(found)).toEqual({
      front: 'hard',
      m1: 'hard',
      'web -> front': 'hard',
      m2: 'none',
      m3: 'none',
    })
    const { ways, outage_s, availability, lost_per_s, unanswered, no_answer_s } = partOf(found, 'front')
    expect(ways.map(({ how }) => how)).toEqual(['process'])
    expect(unanswered).toEqual(['request'])
    expect(availability.value).toBe(0)
    expect(lost_per_s.value).toBeCloseTo(20, 1)
    expect(no_answer_s.value).toBeCloseTo(60, 0)
    // It is not back: how long it is away at least is known, and no more.
    expect(outage_s.value).toBeNull()
    expect(outage_s.low).toBeGreaterThan(59)
  })

  test('is one after which nobody of a class that reads is answered', async () => {
    const found = await spofsIn(
      stack(
        `
  front: { kind: nginx, host: m1, service: 0.1ms, static: [page], upstream: [app] }
  app: { kind: app, host: m2, service: 1ms }`,
        ', mix: { page: 50%, read: 50% }',
      ),
      { only: ['app', 'm2'] },
    )
    expect(partOf(found, 'app')).toMatchObject({ severity: 'hard', unanswered: ['read'], hidden: false })
    expect(partOf(found, 'm2')).toMatchObject({ severity: 'hard', unanswered: ['read'] })
  })

  test('is two ways to be lost, where no machine is said: the process dies, and it falls silent', async () => {
    const found = await spofsIn(stack('  front: { kind: service, service: 1ms }'), { only: ['front'] })
    expect(partOf(found, 'front').ways.map(({ how, severity }) => [how, severity])).toEqual([
      ['process', 'hard'],
      ['silence', 'hard'],
    ])
  })

  test('of visitors who wait for their answer before they ask again', async () => {
    const found = await spofsIn(
      `
users: { web: { arrive: "closed(users=5, think=exponential(1s))", to: front } }
components: { front: { kind: service, service: 1ms } }`,
      { only: ['front'] },
    )
    // Cut off, they wait for ever: hardly anybody asks, and nobody is answered.
    expect(partOf(found, 'front').ways.map(({ severity }) => severity)).toEqual(['hard', 'hard'])
  })
})

describe('writes', () => {
  const replicated = (promotion: string) =>
    stack(
      `
  front: { kind: app, host: m1, workers: 100, service: 1ms, connect_timeout: 100ms, database: [a, b] }
  a: { kind: mysql, host: m2, service: 1ms, replicas: [b]${promotion} }
  b: { kind: mysql, host: m3, service: 1ms }`,
      ', mix: { read: 50%, write: 50% }',
    )

  test('is the loss of a primary that nobody replaces', async () => {
    const found = await spofsIn(replicated(''), { only: ['a', 'b', 'm2'] })
    expect(partOf(found, 'a')).toMatchObject({
      severity: 'writes',
      unanswered: ['write'],
      structural: ['write'],
    })
    expect(partOf(found, 'm2')).toMatchObject({ severity: 'writes', unanswered: ['write'], hidden: false })
    // Reads that are refused are tried once more, at the primary.
    expect(partOf(found, 'b').severity).toBe('none')
  })

  test('is not that of one that is replaced after a while: a gap, which is borne or not', async () => {
    const promoted = replicated(', promotion: { mode: automatic, detect: 10s, promote: 3s }')
    const found = await spofsIn(promoted, { only: ['m2'] })
    expect(partOf(found, 'm2')).toMatchObject({ severity: 'transient', unanswered: [], structural: [] })
    expect(partOf(found, 'm2').outage_s.value).toBeCloseTo(13, 0)
    expect(partOf(found, 'm2').outage_class).toBe('write')
    const borne = await spofsIn(promoted, { only: ['m2'], gap: 15 })
    expect(partOf(borne, 'm2').severity).toBe('none')
  })
})

describe('capacity', () => {
  test('is the loss of one of two that this load needs', async () => {
    // Each serves 15 a second, of 20 that come.
    const found = await spofsIn(shedding(pair('500ms', 1, '66.7ms')), { only: ['one', 'm2'] })
    expect(partOf(found, 'one')).toMatchObject({ severity: 'capacity', structural: [], hidden: true })
    expect(partOf(found, 'm2').severity).toBe('capacity')
    expect(partOf(found, 'one').settled.good.value).toBeLessThan(0.8)
    expect(found.tiers).toMatchObject([])
  })

  test('is told of those that stand for one another, and not of parts of a page', async () => {
    const page = stack(`
  front: { kind: fanout, host: m1, to: [part-1, part-2] }
  part-1: { kind: service, host: m2, service: 2ms }
  part-2: { kind: service, host: m3, service: 2ms }`)
    const both = await spofsIn(page, { only: ['part-1'] })
    expect(partOf(both, 'part-1').severity).toBe('hard')
    expect(both.tiers).toEqual([])
    const turns = page.replace('kind: fanout', 'kind: balancer').replace('to: [part', 'servers: [part')
    const one = await spofsIn(turns, { only: ['part-1'] })
    expect(one.tiers).toMatchObject([{ parts: ['part-1', 'part-2'], needs: 1, of: 2 }])
  })

  test('is more than that where nobody is turned away: all wait until they give up', async () => {
    const found = await spofsIn(pair('500ms', 1, '66.7ms'), { only: ['one'] })
    expect(partOf(found, 'one')).toMatchObject({ severity: 'hard', structural: [], hidden: true })
  })

  test('is one after which an objective of the file is not met any more, though all are answered', async () => {
    const slower = pair('500ms', 1, '30ms')
    const found = await spofsIn(slower, { only: ['one'] })
    expect(partOf(found, 'one').severity).toBe('none')
    const strict = await spofsIn(`${slower}\nexpect: { components.two.utilization: "<= 50%" }`, {
      only: ['one'],
    })
    expect(partOf(strict, 'one')).toMatchObject({
      severity: 'capacity',
      missed: [{ text: 'components.two.utilization <= 50%', unit: 'share' }],
    })
    expect(partOf(strict, 'one').missed[0]!.value).toBeCloseTo(0.6, 1)
  })
})

test('transient is a gap until health checks have found out, longer than is borne', async () => {
  // A machine falls silent: three checks, 5 s from one to the next.
  const found = await spofsIn(pair('5s', 10, '1ms'), { only: ['m2', 'one'] })
  expect(partOf(found, 'm2')).toMatchObject({ severity: 'transient', hidden: false })
  expect(partOf(found, 'm2').detected[0]).toMatchObject({ component: 'front', says: 'marked one down' })
  // Then all is as before.
  const { settles_s, settled, detected } = partOf(found, 'm2')
  expect(settles_s).toBeGreaterThan(15)
  expect(settles_s).toBeLessThan(detected[0]!.after_s.high! + 5)
  expect(settled.good.value).toBe(1)
})

test('blind is the loss of what watches the others, and none that of what nobody asks', async () => {
  const found = await spofsIn(
    stack(`
  front: { kind: service, host: m1, service: 1ms }
  watch: { kind: monitor, host: m2, targets: [front], scrape_interval: 5s }
  spare: { kind: service, host: m3, service: 1ms }`),
  )
  expect(severitiesIn(found)).toMatchObject({ watch: 'blind', m2: 'blind', spare: 'none', m3: 'none' })
  // What a monitor asks is no wire of visitors.
  expect(found.parts.map(({ part }) => part)).not.toContain('watch -> front')
})

test('of two that watch the same neither is missed, but for what only one of them watches', async () => {
  const two = (targets: string) =>
    stack(`
  front: { kind: service, host: m1, service: 1ms }
  back: { kind: service, host: m1, service: 1ms }
  watch: { kind: monitor, host: m2, targets: ${targets}, cluster_peer: [other], scrape_interval: 5s }
  other: { kind: monitor, host: m3, targets: [front], scrape_interval: 5s }`)
  const only = { only: ['m2', 'm3', 'watch', 'other'] }
  const same = await spofsIn(two('[front]'), only)
  expect(severitiesIn(same)).toMatchObject({ watch: 'none', other: 'none', m2: 'none', m3: 'none' })
  const more = await spofsIn(two('[front, back]'), only)
  expect(severitiesIn(more)).toMatchObject({ watch: 'blind', other: 'none', m2: 'blind', m3: 'none' })
  // Nor is their gossip a wire of visitors.
  expect(same.parts.map(({ part }) => part)).not.toContain('watch -> other')
})

test('a certificate is one more way to lose the end of TLS', async () => {
  const found = await spofsIn(
    stack(`
  front: { kind: haproxy, host: m1, servers: [one], tls: { certificate: rsa2048 } }
  one: { kind: service, host: m1, service: 1ms }`),
    { only: ['front', 'front -> one', 'one'] },
  )
  expect(
    partOf(found, 'front')
      .ways.map(({ how }) => how)
      .sort(),
  ).toEqual(['certificate', 'process'])
  // On one machine there is no wire to cut.
  expect(found.parts.map(({ part }) => part)).not.toContain('front -> one')
})

test('zones are lost as a whole', async () => {
  const found = await spofsIn(
    `
hosts: { m1: { zone: east }, m2: { zone: east }, m3: { zone: west } }
users: { web: { arrive: constant(20/s), to: front, timeout: 2s } }
components:
  front: { kind: balancer, host: m3, servers: [one, two] }
  one: { kind: service, host: m1, service: 1ms }
  two: { kind: service, host: m2, service: 1ms }`,
    { only: ['east', 'west', 'm1'] },
  )
  expect(partOf(found, 'east')).toMatchObject({ severity: 'hard', what: 'zone', carries: ['one', 'two'] })
  expect(partOf(found, 'west')).toMatchObject({ severity: 'hard', carries: ['front'] })
  // A balancer without checks goes on sending to it.
  expect(partOf(found, 'm1')).toMatchObject({ severity: 'capacity', hidden: true })
})

test('two at once are lost where each alone can be', async () => {
  const found = await spofsIn(pair('500ms', 10, '1ms'), { pairs: true, replications: 1 })
  expect(found.pairs).toMatchObject([{ parts: ['m2', 'm3'], severity: 'hard', structural: ['request'] }])
  expect(found.cut_sets).toEqual([['m1'], ['m2', 'm3']])
})

test('nothing is ranked where nothing may be assumed, unless the file says how often all fails', async () => {
  const one = stack('  front: { kind: service, host: m1, service: 1ms }').replace(', m2: {}, m3: {}', '')
  expect((await spofsIn(one, { assume: false, only: ['m1'] })).importance).toBeNull()
  const said = `${one}
faults:
  - { kind: crash, target: m1, mtbf: 99h, mttr: 1h }
  - { kind: crash, target: front, mtbf: 199h, mttr: 1h }`
  const { importance } = await spofsIn(said, { assume: false })
  // 1 - 0.99 * 0.995
  expect(importance!.lost).toBeCloseTo(0.01495, 6)
  expect(importance!.parts.map(({ part }) => part)).toEqual(['m1', 'front'])
})

describe('a firewall that lets all pass while it is dead', () => {
  const wall = (more: string) => `
hosts: { gate: {}, m1: {} }
users: { web: { arrive: constant(20/s), to: wall, timeout: 1s } }
components:
  wall: { kind: firewall, to: front, fail_open: on${more} }
  front: { kind: service, host: m1, service: 1ms }`
  const brief = { lasts: '30s', warmup: '5s', replications: 1 }

  test('lets nothing pass where it is cut off, and the wiring says so', async () => {
    const found = await spofsIn(wall(''), { ...brief, only: ['wall'] })
    const { severity, ways, hidden, structural } = partOf(found, 'wall')
    expect(ways.map((way) => [way.how, way.severity])).toEqual([
      ['silence', 'hard'],
      ['process', 'none'],
    ])
    expect({ severity, hidden, structural }).toEqual({
      severity: 'hard',
      hidden: false,
      structural: ['request'],
    })
    expect(whyOf(partOf(found, 'wall'), found)).toBe(
      'nobody is answered any more: web waited for wall, which was cut off: 100% of the time that the loss adds to requests that failed or were late.',
    )
  })

  test('on a machine that dies it is as dead as by itself: all pass', async () => {
    const found = await spofsIn(wall(', host: gate'), { ...brief, only: ['wall', 'gate', 'web -> wall'] })
    expect(severitiesIn(found)).toEqual({ 'web -> wall': 'hard', gate: 'none', wall: 'none' })
    expect(found.parts.filter(({ structural }) => structural.length > 0).map(({ part }) => part)).toEqual([
      'web -> wall',
    ])
  })
})
