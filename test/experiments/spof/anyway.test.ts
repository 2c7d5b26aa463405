import { describe, expect, test } from 'vitest'
import { spofText } from '../../../reports/spof-table.js'
import { spofLine } from '../../../reports/spof-verdict.js'
import { whyOf } from '../../../reports/words/spof-why.js'
import { partOf, severitiesIn, spofsIn } from '../../support/spofs.js'

const brief = { lasts: '30s', warmup: '5s', replications: 2 }
/** As one line. */
const flat = (text: string) => text.replace(/\n {2}/g, ' ')

/**
 * Visitors of whom all are answered, and fewer of whom every other one is turned away whatever is there: the server that
 * they ask has one place, and is taken for 400 ms of each half a second or so.
 */
const crowded = `
name: Crowded
hosts: { m1: {}, m2: {}, m3: {}, m4: {} }
users:
  web: { arrive: poisson(100/s), to: lb, timeout: 1s }
  some: { arrive: poisson(4/s), to: full, timeout: 1s }
components:
  lb: { kind: haproxy, host: m1, servers: [a, b], timeout_connect: 1s,
        default_server: { check: on, inter: 1s, fall: 3 } }
  a: { kind: service, host: m2, servers: 4, service: 5ms }
  b: { kind: service, host: m3, servers: 4, service: 5ms }
  full: { kind: service, host: m4, servers: 1, queue: 0, service: 400ms }
  spare: { kind: service, service: 5ms }`

describe('where some are not answered anyway', () => {
  test('that is no outage of what is lost, and nothing that it costs', async () => {
    const found = await spofsIn(crowded, { ...brief, only: ['spare', 'm2', 'm4'] })
    expect(found.without.availability.value).toBeLessThan(0.99)
    expect(severitiesIn(found)).toMatchObject({ spare: 'none', m4: 'hard' })
    expect(partOf(found, 'spare')).toMatchObject({
      outage_s: { value: 0 },
      outage_class: null,
      lost_per_s: { value: 0 },
      answered: { value: 1 },
    })
    expect(whyOf(partOf(found, 'spare'), found)).toBe('no visitor notices.')
    // Three checks, a second from one to the next.
    expect(partOf(found, 'm2').outage_s.value).toBeLessThan(6)
    expect(partOf(found, 'm2').lost_per_s.value).toBeGreaterThan(3)
    const text = flat(spofText([found], { width: 100, colour: false, verbose: false }))
    expect(text).toMatch(
      / Without any loss 9[78]\.\d% have a good answer: severities are of what is lost beyond that\./,
    )
    expect(text).toContain('Nobody misses: spare.')
  })

  test('minutes are shares of the answers that there are: of all while a part is away that all need', async () => {
    const half = `
users: { web: { arrive: constant(10/s), to: front, timeout: 1s } }
components:
  front: { kind: service, servers: 4, service: 1ms, next: [back] }
  back: { kind: service, servers: 1, queue: 0, service: 150ms }
faults:
  - { kind: crash, target: front, mtbf: 99h, mttr: 1h }
  - { kind: crash, target: back, mtbf: 99h, mttr: 1h }`
    const { without, importance } = await spofsIn(half, { ...brief, replications: 1, assume: false })
    expect(without.availability.value).toBeCloseTo(0.5, 1)
    for (const { birnbaum } of importance!.parts) expect(birnbaum).toBeCloseTo(0.99, 2)
    expect(importance!.lost).toBeCloseTo(1 - 0.99 ** 2, 4)
  })

  test('a gap costs more of them where fewer are answered', async () => {
    const gap = (service: string) => `
hosts: { m1: {}, m2: {}, m3: {} }
users:
  web: { arrive: constant(20/s), to: lb, timeout: 1s }
  other: { arrive: constant(20/s), to: full, timeout: 1s }
components:
  lb: { kind: haproxy, host: m1, servers: [a, b], timeout_connect: 1s,
        default_server: { check: on, inter: 1s, fall: 3 } }
  a: { kind: service, host: m2, servers: 4, service: 5ms }
  b: { kind: service, host: m3, servers: 4, service: 5ms }
  full: { kind: service, servers: 4, service: ${service} }
faults: [{ kind: crash, target: m2, mtbf: 1000h, mttr: 1min }]`
    const costs = async (service: string) => {
      const { without, importance } = await spofsIn(gap(service), { ...brief, replications: 1, only: ['m2'] })
      return { answered: without.availability.value, ...importance!.parts.find(({ part }) => part === 'm2')! }
    }
    const [all, half] = [await costs('1ms'), await costs('1h')]
    expect([all.answered, half.answered]).toEqual([1, 0.5])
    expect(all.birnbaum).toBeGreaterThan(0)
    expect(half.birnbaum / all.birnbaum).toBeCloseTo(2, 1)
  })

  test.each([
    [
      'everybody gives up before he can be answered',
      'timeout: 1ms',
      'nobody was answered though nothing was lost',
    ],
    ['nobody comes', 'profile: { 0s: 0%, 1d: 0% }', 'nobody asked'],
  ])('nothing is told of losses where %s', async (_, users, because) => {
    const found = await spofsIn(
      `
name: Shop
users: { web: { arrive: constant(10/s), to: front, ${users} } }
components:
  front: { kind: service, service: 50ms, next: [back] }
  back: { kind: service, service: 50ms }`,
      { ...brief, pairs: true },
    )
    for (const { outage_s, outage_class } of found.parts)
      expect({ outage_s, outage_class }).toEqual({
        outage_s: { value: 0, low: 0, high: 0 },
        outage_class: null,
      })
    expect(spofLine(found)).toBe(`Shop: ${because}, so that nothing can be told of losses.`)
  })
})
