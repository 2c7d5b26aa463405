import { describe, expect, test } from 'vitest'
import { assets } from '../../cli/assets.js'
import { reportFiles } from '../../reports/report.js'
import { toText } from '../../reports/text.js'
import type { Ran } from '../../sim/experiments/run.js'
import { ran, resultOf } from '../support/ran.js'

const stack = (faults: string, more = '', users = 'arrive: constant(10/s), to: q') => `
lasts: 2min
warmup: 0s
replications: 2
users: { web: { ${users} } }
components: { q: { kind: service, servers: unlimited, service: 10ms } }
faults: [${faults}]
${more}`

describe('after a strike', () => {
  test('nobody is answered from it until the first visitor after it healed is', async () => {
    const { faults } = await resultOf(stack('{ kind: crash, target: q, at: 30.05s, for: 20s }'))
    // Visitors come at 30.1, 30.2, ... 50.0 and are refused; who comes at 50.1 is answered 10 ms later.
    expect(faults[0]!.no_answer_s.value).toBeCloseTo(50.11 - 30.05, 6)
    expect(faults[0]!.no_answer_total_s.value).toBeCloseTo(50.11 - 30.05, 6)
    expect(faults[0]!.good_back_s.value).toBeCloseTo(50 - 30.05, 6)
    expect(faults[0]).toMatchObject({ good_unrestored: 0, metastable: false, cost: { value: 200 } })
    expect(faults[0]).toMatchObject({ delayed: { value: 0 }, delay_s: { value: 0 } })
  })

  test('it is not good again while all who could ask wait, and none of them asks again', async () => {
    const { faults } = await resultOf(`
lasts: 2min
replications: 2
users: { v: { arrive: "closed(users=50, think=exponential(1s))", to: app } }
hosts: { h: {} }
components: { app: { kind: app, host: h, workers: 50, service: 10ms } }
faults: [{ kind: crash, target: h, at: 30s, for: 30s }]`)
    expect(faults[0]!.no_answer_s.value).toBeGreaterThan(30)
    expect(faults[0]!.good_back_s.value).toBeGreaterThan(30)
  })

  test('a SYN that is sent again is no other try, and of what attackers send nothing is said', async () => {
    const slow = (more = '') => `
lasts: 90s
replications: 2
users: { v: { arrive: poisson(50/s), to: x, timeout: 5s }${more} }
components: { x: { kind: app, workers: 100, service: 10ms } }
faults: [{ kind: slow, target: x, factor: 200, at: 30s, for: 20s }]`
    const { components } = await resultOf(slow())
    expect(components.x!.tries!.outage.value).toBeCloseTo(1, 1)
    const attacked = await resultOf(slow(', bad: { arrive: poisson(50/s), to: x, malicious: on }'))
    expect(attacked.components.x!.tries).toBeUndefined()
  })

  test('nobody is answered at all where it strikes as the span begins and stays', async () => {
    const { faults } = await resultOf(stack('{ kind: crash, target: q, at: 0s }'))
    expect(faults[0]!.no_answer_s.value).toBeCloseTo(120, 6)
  })

  test('who is answered late is delayed, and not lost', async () => {
    const { faults } = await resultOf(stack('{ kind: latency, target: q, at: 30.05s, for: 20s, add: 40ms }'))
    // To connect and to ask, there and back: 160 ms more for those of 30.1 to 49.9, and 120 ms for the last, whose answer
    // comes as it heals.
    expect(faults[0]!.cost!.value).toBe(0)
    expect(faults[0]!.delayed!.value).toBe(200)
    expect(faults[0]!.delay_s!.value).toBeCloseTo(199 * 0.16 + 0.12, 6)
    expect(faults[0]).toMatchObject({ good_back_s: { value: 0 }, recovery_s: { value: 0 } })
  })

  test('answers that come too late to be good are not what was before', async () => {
    const { faults } = await resultOf(stack('{ kind: latency, target: q, at: 30.05s, for: 20s, add: 600ms }'))
    // The last who connects the long way comes at 50.0.
    expect(faults[0]!.good_back_s.value).toBeCloseTo(50 - 30.05, 6)
    expect(faults[0]).toMatchObject({ recovery_s: { value: 0 }, delayed: { value: 200 } })
    // What was under way came, and then nothing until the first who waited longer.
    expect(faults[0]!.no_answer_s.value).toBeLessThan(2.5)
  })

  test('while nobody asks nobody is without an answer', async () => {
    const night = 'arrive: constant(10/s), to: q, profile: { 0s: 100%, 40s: 0%, 80s: 100% }'
    const { faults } = await resultOf(stack('{ kind: crash, target: q, at: 30.05s, for: 5s }', '', night))
    expect(faults[0]!.no_answer_total_s.value).toBeCloseTo(35.11 - 30.05, 6)
  })

  test('several stretches are added up, and each strike has its own', async () => {
    const { faults, recovery } = await resultOf(
      stack(
        '{ kind: crash, target: q, at: 30.05s, for: 5s }, { kind: crash, target: q, at: 60.05s, for: 10s }',
      ),
    )
    expect(faults[0]!.no_answer_s.value).toBeCloseTo(5.06, 6)
    expect(faults[1]!.no_answer_s.value).toBeCloseTo(10.06, 6)
    expect(faults.map((f) => f.good_back_s.value!.toFixed(2))).toEqual(['4.95', '9.95'])
    expect(recovery!.no_answer_s.value).toBeCloseTo(10.06, 6)
  })

  test('a share that was bad before need not be better after it', async () => {
    const { faults } = await resultOf(`
lasts: 10min
warmup: 0s
replications: 4
users: { web: { arrive: poisson(50/s), to: q } }
components: { q: { kind: service, servers: unlimited, service: exponential(400ms) } }
faults: [{ kind: crash, target: q, at: 3min, for: 20s }]`)
    // e^-2.5 = 8.2 % are late always.
    expect(faults[0]!.good_unrestored).toBe(0)
    expect(faults[0]!.good_back_s.value).toBeGreaterThan(18)
    expect(faults[0]!.good_back_s.value).toBeLessThan(23)
  })

  test('who waits to the end without an answer is not served', async () => {
    const { faults } = await resultOf(`
lasts: 2min
replications: 2
hosts: { h: {} }
users: { web: { arrive: constant(10/s), to: q } }
components: { q: { kind: service, host: h, servers: unlimited, service: 10ms } }
faults: [{ kind: crash, target: h, at: 30.05s }]`)
    expect(faults[0]).toMatchObject({ good_unrestored: 2, metastable: false, good_back_s: { value: null } })
    expect(faults[0]!.good_back_s.low).toBeCloseTo(120 - 30.05, 6)
    expect(faults[0]!.no_answer_s.value).toBeCloseTo(120 - 30.05, 6)
  })
})

describe('what followed is judged and told', () => {
  const text = stack(
    '{ kind: crash, target: q, at: 30.05s, for: 20s }',
    'expect: { no_answer: "<= 20s", good_back: "<= 20s" }',
  )

  test('by `expect:`', async () => {
    const { expectations } = await resultOf(text)
    expect(expectations!.map(({ verdict }) => verdict)).toEqual(['not met', 'met'])
    expect(expectations![0]!.value.value).toBeCloseTo(20.06, 6)
    expect(expectations![1]!.value.value).toBeCloseTo(19.95, 6)
  })

  test('not met where good answers never come again', async () => {
    const { expectations } = await resultOf(
      stack('{ kind: crash, target: q, at: 30.05s }', 'expect: { good_back: "<= 200s" }'),
    )
    expect(expectations![0]).toMatchObject({ verdict: 'not met', reason: expect.stringContaining('2 of 2') })
  })

  test('in the text, the page and a table of its own', async () => {
    const [{ result, scenario }] = (await ran(text)) as [Ran]
    const report = { version: 1 as const, results: [result] }
    const shown = toText(report, [scenario]).replace(/\n {2}/g, ' ')
    expect(shown).toContain(
      'Nobody was answered for 20.1 s. As many good answers as before came again after 20 s.',
    )
    const files = reportFiles(report, [scenario], assets())
    expect(files['report.html']).toContain('Nobody was answered for 20.1 s')
    const [head, row, ...others] = files['faults.csv']!.trim().split('\n')
    expect(others).toEqual([])
    const cell = (name: string) => row!.split(',')[head!.split(',').indexOf(name)]
    expect(cell('fault')).toBe('crash of q')
    expect(Number(cell('no_answer_s'))).toBeCloseTo(20.06, 6)
    expect(cell('good_unrestored')).toBe('0')
  })
})

describe('a state that outlives its trigger', () => {
  const collapse = (retries: number, at = '20s') => `
lasts: 500s
warmup: 0s
replications: 3
users: { v: { arrive: poisson(60/s), to: s, timeout: 1s, retries: ${retries} } }
components: { s: { kind: service, servers: 10, service: exponential(150ms) } }
faults: [{ kind: surge, target: v, at: ${at}, for: 20s, factor: 3 }]`

  test('is named: tries of those who gave up keep it busy', async () => {
    const [{ result, scenario }] = (await ran(collapse(2))) as [Ran]
    const { faults, requests } = result
    expect(toText({ version: 1, results: [result] }, [scenario])).toContain('metastable')
    expect(requests.ok).toBeLessThan(requests.offered / 10)
    expect(faults[0]).toMatchObject({ metastable: true, good_unrestored: 3 })
    expect(faults[0]!.delayed!.value).toBeLessThan(requests.offered)
    // Each visitor tries three times.
    const { usual, outage } = result.components.s!.tries!
    expect(usual.value).toBeCloseTo(1, 1)
    expect(outage.value).toBeGreaterThan(2.8)
    expect(outage.value).toBeLessThan(3.1)
    const shown = toText({ version: 1, results: [result] }, [scenario]).replace(/\n {2}/g, ' ')
    expect(shown).toMatch(/s got (2\.9\d?|3) requests for each one of a visitor, else 1\./)
  })

  test('is none where the run ends too soon to tell', async () => {
    const { faults } = await resultOf(collapse(2, '475s'))
    expect(faults[0]).toMatchObject({ metastable: false, good_unrestored: 3 })
  })

  test('is none where a backlog is worked off', async () => {
    const { faults } = await resultOf(`
lasts: 100s
warmup: 0s
replications: 3
users: { v: { arrive: constant(60/s), to: s } }
components: { s: { kind: service, servers: 10, service: 150ms } }
faults: [{ kind: surge, target: v, at: 20s, for: 20s, factor: 3 }]`)
    // 20 s x (180 - 66.7) = 2,267 wait; 6.67 a second are worked off.
    expect(faults[0]).toMatchObject({ metastable: false, good_unrestored: 3 })
  })
})
