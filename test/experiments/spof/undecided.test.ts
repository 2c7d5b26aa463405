import { describe, expect, test } from 'vitest'
import { spofText } from '../../../reports/spof-table.js'
import { spofLine } from '../../../reports/spof-verdict.js'
import { whyOf } from '../../../reports/words/spof-why.js'
import { demandedOf } from '../../../sim/experiments/spof/spof-demand.js'
import { parseScenario } from '../../../sim/scenario/parse.js'
import { partOf, severitiesIn, spofsIn } from '../../support/spofs.js'

/** For half a minute, once. */
const brief = { lasts: '30s', warmup: '5s', replications: 1 }
/** As one line. */
const flat = (text: string) => text.replace(/\n {2}/g, ' ')
const textOf = (found: Awaited<ReturnType<typeof spofsIn>>) =>
  flat(spofText([found], { width: 100, colour: false, verbose: false }))
const demand = parseScenario(
  'users: { web: { arrive: poisson(1/s), to: a } }\ncomponents: { a: { kind: service, service: 1ms } }\nexpect: { spof: none }',
  'demand.yaml',
)

/** A load balancer with health checks, and two servers. */
const pair = (users: string) => `
name: Shop
hosts: { m1: {}, m2: {}, m3: {} }
users:
${users}
components:
  front: { kind: haproxy, host: m1, servers: [one, two], timeout_connect: 1s,
           default_server: { check: on, inter: 1s, fall: 3 } }
  one: { kind: service, host: m2, servers: 10, service: 1ms }
  two: { kind: service, host: m3, servers: 10, service: 1ms }
  door: { kind: service, service: 1ms }`

/** They go home, counted from the loss. */
const until = (seconds: number) => `profile: { 0s: 100%, ${seconds}s: 0% }`
const leaving = `  web: { arrive: constant(20/s), to: front, timeout: 1s, ${until(15)} }`

describe('where nobody comes any more before the end', () => {
  test('it is undecided what is lost, since nobody came, and nothing is said of an outage', async () => {
    const found = await spofsIn(pair(leaving), { ...brief, only: ['m1', 'm2', 'door'] })
    expect(severitiesIn(found)).toEqual({ m1: 'undecided', m2: 'undecided', door: 'none' })
    const [gone, spared] = [partOf(found, 'm1'), partOf(found, 'm2')]
    expect(gone.undecided_accounts).toEqual([{ users: 'web', class: 'request' }])
    expect(gone.outage_s).toEqual({ value: null, low: null, high: null })
    expect(gone.settles_s).toBeNull()
    expect(whyOf(gone, found)).toContain(
      'of all answers 100% are missing, and whether they would come again is undecided, since nobody came in the last third of the time: ',
    )
    expect(gone.hidden || spared.hidden).toBe(false)
    expect(spofLine(found)).toBe(
      'Shop has no single point of failure that is known; whether m1 and m2 are some is undecided, since nobody came in the last third of the time.',
    )
    expect(textOf(found)).toContain('In the last third of the time nobody came (all): where that ends before')
    expect(demandedOf(demand, found)).toMatchObject([
      { verdict: 'undecided', reason: 'too few came to tell what is lost without m1, m2' },
    ])
    // In the long run what was lost of all who came is what is known.
    expect(found.importance!.parts[0]).toMatchObject({ part: 'm1' })
    expect(found.importance!.parts[0]!.birnbaum).toBeCloseTo(1, 1)
  })

  test('nothing is undecided where they stay until shortly before it', async () => {
    const found = await spofsIn(pair(leaving.replace('15s', '28s')), { ...brief, only: ['m1', 'm2'] })
    expect(severitiesIn(found)).toEqual({ m1: 'hard', m2: 'transient' })
    expect(found.unseen).toEqual([])
  })

  test('of users who do it is undecided, and of others told', async () => {
    const users = `
  web: { arrive: constant(20/s), to: front, timeout: 1s }
  early: { arrive: constant(10/s), to: front, timeout: 1s, ${until(15)} }`
    const found = await spofsIn(pair(users), { ...brief, only: ['m1', 'm2'] })
    expect(severitiesIn(found)).toEqual({ m1: 'hard', m2: 'undecided' })
    expect(whyOf(partOf(found, 'm1'), found)).toContain(
      'nobody of web is answered any more; undecided for early, since nobody of them came in the last third of the time: ',
    )
    expect(spofLine(found)).toBe(
      'Shop has 1 single point of failure: m1 for web; whether m2 is one is undecided, since nobody of them came in the last third of the time.',
    )
  })
})

describe('where nobody comes at all', () => {
  const users = `
  web: { arrive: constant(20/s), to: front, timeout: 1s, mix: { read: 99.99999%, write: 0.00001% } }
  night: { arrive: constant(10/s), to: door, profile: { 0s: 0% } }`

  test('of some users, or for one class, it is undecided what needs them', async () => {
    const found = await spofsIn(pair(users), { ...brief, only: ['m1', 'm2', 'door', 'night -> door'] })
    // By the wiring any of two servers is enough for whoever writes.
    expect(severitiesIn(found)).toEqual({
      m1: 'hard',
      door: 'undecided',
      'night -> door': 'undecided',
      m2: 'transient',
    })
    expect(found.unseen.map(({ users: who, class: named, because }) => [who, named, because])).toEqual([
      ['web', 'write', 'not asked'],
      ['night', 'request', 'not asked'],
    ])
    expect(whyOf(partOf(found, 'door'), found)).toBe(
      'no visitor notices, and whether those who ask for request would be answered is undecided, since nobody asked.',
    )
    // Of those who asked nobody is answered.
    expect(whyOf(partOf(found, 'm1'), found)).toMatch(/^nobody is answered any more: /)
    expect(textOf(found)).toContain(
      'Nothing can be told of those who ask for write or request: nobody asked.',
    )
    expect(textOf(found)).not.toContain('Nobody misses: door')
  })

  test('nothing is told of any loss', async () => {
    const nobody = leaving.replace('0s: 100%, 15s: 0%', '0s: 0%')
    const found = await spofsIn(pair(nobody), { ...brief, only: ['m1'] })
    expect(spofLine(found)).toBe('Shop: nobody asked, so that nothing can be told of losses.')
    expect(demandedOf(demand, found)).toMatchObject([{ verdict: 'undecided', reason: 'nobody asked' }])
  })
})

describe('closed users', () => {
  test('who all hang without the loss miss nothing, and are not told of', async () => {
    const users = `
  web: { arrive: constant(20/s), to: front, timeout: 1s }
  stuck: { arrive: "closed(users=3, think=constant(1s))", to: door }`.replace('constant(1s)', '1s')
    const stuck = pair(users).replace(
      'door: { kind: service, service: 1ms }',
      'door: { kind: service, service: 1h }',
    )
    const found = await spofsIn(stuck, { ...brief, only: ['door', 'm1'] })
    expect(severitiesIn(found)).toEqual({ m1: 'hard', door: 'none' })
    expect(found.unseen).toMatchObject([{ users: 'stuck', when: 'ever', because: 'not answered' }])
    expect(partOf(found, 'door').lost_per_s.value).toBe(0)
    expect(textOf(found)).toContain(
      'Nothing can be told of stuck: nobody was answered though nothing was lost.',
    )
  })
})
