import { describe, expect, it, test } from 'vitest'
import { assets } from '../../../cli/assets.js'
import { toHtml } from '../../../reports/html.js'
import { toText } from '../../../reports/text.js'
import type { Look } from '../../../reports/words/look.js'
import { comparisonLine, isBad, silence, verdictLine } from '../../../reports/words/verdict.js'
import { compare } from '../../../sim/experiments/compare.js'
import type { Result, TimelineRow } from '../../../sim/experiments/result.js'
import { ran } from '../../support/ran.js'

const look: Look = { width: 100, colour: false, verbose: false }

/** What a terminal shows, sentence by sentence on one line. */
async function shown(...texts: string[]) {
  const all = await ran(...texts)
  const [results, scenarios] = [all.map((r) => r.result), all.map((r) => r.scenario)]
  const report = { version: 1 as const, results, ...(all.length > 1 ? { comparisons: compare(all) } : {}) }
  const text = toText(report, scenarios, look)
  return {
    text,
    first: text.replace(/\n {2}(?=\S)/g, ' ').split('\n')[0]!,
    report,
    scenarios,
    result: results[0]!,
  }
}

const crash = (more = '', at = 'at: 20s, for: 20s') => `
name: Site
lasts: 60s
replications: 2
hosts: { h: {} }
users: { v: { arrive: constant(20/s), to: n${more} } }
components: { n: { kind: nginx, host: h, service: 1ms } }
faults: [{ kind: crash, target: h, ${at} }]
`
const load = (rate: string, more = '') => `
name: Site
lasts: 60s
replications: 2
users: { v: { arrive: poisson(${rate}), to: a${more} } }
components: { a: { kind: app, workers: 10, service: exponential(50ms) } }
`

/** Two and a half times what can be done. */
const few = (users = '') => load('100/s', users).replace('workers: 10', 'workers: 2')

describe('the first line alone says what happened', () => {
  it('when a machine dies, and nobody gives up', async () => {
    const { first, text } = await shown(crash())
    expect(first).toMatch(
      /^Site\. Down: nobody was answered for (20|20\.\d) s after the crash of h; back after that\. /,
    )
    expect(text.split('\n').length).toBeLessThanOrEqual(13)
  })

  it('when it stays dead', async () => {
    const { first } = await shown(crash(', timeout: 5s', 'at: 20s'))
    expect(first).toMatch(
      /^Site\. Down and not back: nobody was answered for the last 40 s, after the crash of h; 33\.\d% of all requests were answered\.$/,
    )
  })

  it('when what would start it again has given up', async () => {
    const { first } = await shown(`
name: Site
lasts: 60s
replications: 1
users: { v: { arrive: constant(20/s), to: n, timeout: 5s } }
components: { n: { kind: nginx, service: 1ms, restart: { by: systemd } } }
faults: [{ kind: crash, target: n, at: 20s, for: 5s }]
`)
    expect(first).toMatch(
      /^Site\. Down and not back: .* after the crash of n; a process stayed down, started again too often \(n\); 33\.\d% of all/,
    )
  })

  // The count of a group stands at the first of its members, which is not the one that is elected here.
  it('when a group elects another primary than the one that the file names', async () => {
    const { first } = await shown(`
name: Site
lasts: 90s
warmup: 0s
replications: 1
users: { v: { arrive: constant(20/s), to: a, timeout: 5s, mix: { write: 100% } } }
hosts: { one: {}, two: {}, three: {} }
components:
  a: { kind: app, service: 2ms, workers: 500, database: [m-1, m-2, m-3], connect_timeout: 1s }
  m-1: { kind: group_replication, host: one, service: 5ms, members: [m-2, m-3] }
  m-2: { kind: group_replication, host: two, service: 5ms }
  m-3: { kind: group_replication, host: three, service: 5ms }
faults: [{ kind: crash, target: one, at: 20s, for: 40s }]
`)
    expect(first).toMatch(/; the group of m-1 elected a new primary[.,;]/)
    expect(first).not.toMatch(/elected a new primary \(/)
  })

  it('when nobody is answered at all', async () => {
    const { first } = await shown(crash(', timeout: 5s', 'at: 0s'))
    expect(first).toMatch(/^Site\. Down: nobody is answered, of 20 requests\/s \(timeout\)\.$/)
  })

  it('in overload, without a timeout and with one', async () => {
    const without = await shown(few())
    expect(without.first).toMatch(
      /^Site\. Overloaded: the workers of a \(app\) cannot keep up: it carries about [\d.]+ of (9\d|10\d)(\.\d)? requests\/s.*the backlog grows by [1-9][\d.]+ requests\/s\. 4\d\.\d% of all requests were answered, 0% within 1 s\.$/,
    )
    const hasty = await shown(few(', timeout: 500ms'))
    expect(hasty.first).toMatch(
      /^Site\. Overloaded: the workers of a \(app\) cannot keep up: .*; fewer than that are answered\. (Nobody|[\d.]+% of all requests) w.*\.$/,
    )
    // Said once.
    expect(hasty.text.match(/Overloaded/g)).toHaveLength(1)
  })

  it('when a standby takes over', async () => {
    const { first } = await shown(`
name: Pair
lasts: 60s
replications: 2
hosts: { one: {}, two: {} }
users: { v: { arrive: constant(50/s), to: address } }
components:
  address: { kind: vip, servers: [a, b] }
  a: { kind: haproxy, host: one, servers: [web] }
  b: { kind: haproxy, host: two, servers: [web] }
  web: { kind: app, workers: 10, service: 1ms }
faults: [{ kind: crash, target: one, at: 20s, for: 30s }]
`)
    expect(first).toMatch(
      /^Pair\. (Down|Slow|Hurt).* after the crash of one.*; a standby took the address over \(address\)/,
    )
  })

  it('when one of two that are compared drops visitors', async () => {
    const few = load('150/s', ', timeout: 1s').replace('Site', 'Few').replace('workers: 10', 'workers: 5')
    const { first, text } = await shown(few, load('150/s', ', timeout: 1s').replace('Site', 'Many'))
    expect(first).toMatch(
      /^Many answers [\d.]+ points more of its visitors well than Few: > 99\.\d+% against [\d.]+%; Few is overloaded: the workers of a \(app\) cannot keep up\.$/,
    )
    expect(text).toContain('\nFew. Overloaded: the workers of a (app) cannot keep up')
  })

  it('when all is well: how much, how fast, and what is full next', async () => {
    const { first, result, scenarios } = await shown(load('100/s'))
    expect(first).toMatch(
      /^Site\. Carries the load: [\d.]+\/s, (all|[\d.]+%) answered well \(within 1 s\), in [\d.]+ ms on average; the next limit is the workers of a \(app\), full at about (19\d|20\d)\/s\.$/,
    )
    expect(isBad(result, scenarios[0]!)).toBe(false)
  })

  it('with what was to be kept and was not', async () => {
    const { first, text, result, scenarios } = await shown(
      `${load('100/s')}expect: { latency_mean: "<= 1ms", qps: ">= 1/s" }\n`,
    )
    expect(first).toMatch(/^Site\. Not met: latency_mean <= 1ms\. Carries the load: /)
    expect(text).toContain('1 objective is met.')
    expect(isBad(result, scenarios[0]!)).toBe(true)
  })

  test('on the page it is the same', async () => {
    const { report, scenarios, result } = await shown(crash())
    const page = toHtml(report, scenarios, assets())
    expect(page).toContain(`<p class="lead">${verdictLine(result, scenarios[0]!)}</p>`)
  })
})

describe('the first line without a fault', () => {
  const slow = (more: string) => load('50/s').replace('exponential(50ms)', '5s').replace('workers: 10', more)

  it('of a box that takes its time says no more than that', async () => {
    const { first } = await shown(`good: 10s\n${slow('workers: 1000').trim()}\n`)
    expect(first).toMatch(/^Site\. Carries the load: /)
  })

  it('says so when all are answered, and most too late', async () => {
    const { first } = await shown(slow('workers: 1000'))
    expect(first).toMatch(
      /^Site\. Too slow: \S+ requests\/s are answered, but none of them within 1 s, after 5 s on average\.$/,
    )
  })

  it('of a comparison goes by who is answered at all where none is answered well', async () => {
    const bad = 'faults: [{ kind: errors, target: a, share: 20%, at: 30s }]\n'
    const all = await ran(slow('workers: 1000'), slow('workers: 1000').replace('Site', 'Other') + bad)
    const results = all.map((r) => r.result)
    expect(comparisonLine(results, ['Site', 'Other'], compare(all))).toMatch(
      /^Site answers \S+ points more of its visitors than Other: /,
    )
  })

  it('says whose requests came when it was only those of attackers', async () => {
    const { first } = await shown(load('50/s', ', malicious: on'))
    expect(first).toBe('Site. No visitor asked: only requests of attackers came in the measured time.')
  })

  it('of what attackers fill names them', async () => {
    const { first } = await shown(
      load('20/s', ', timeout: 5s').replace(
        'users: {',
        'users: { bad: { arrive: poisson(400/s), to: a, malicious: on },',
      ),
    )
    expect(first).toMatch(
      /^Site\. Overloaded: the workers of a \(app\) cannot keep up with the \d+ requests\/s that attackers send/,
    )
  })
})

describe('a time without any answer', () => {
  let struck: object[] = []
  let each = 10
  const of = (...oks: number[]) => {
    const timeline = oks.map(
      (ok, i) => ({ t_s: i, ok: ok * each, offered: 9 * each, failed: 0 }) as TimelineRow,
    )
    return silence({ timeline, simulated_s: oks.length, faults: struck } as unknown as Result)
  }
  it('is the longest one, and has an end if somebody was answered after it', () => {
    expect(of(9, 0, 9, 0, 0, 9)).toEqual({ from_s: 3, to_s: 5 })
    expect(of(9, 9, 0, 0)).toEqual({ from_s: 2, to_s: null })
    expect(of(9, 9)).toBeNull()
  })
  it('is none at the beginning, where those are answered who asked before it, unless something has struck', () => {
    expect(of(0, 0, 9)).toBeNull()
    expect(of(0, 0, 9, 0, 9)).toEqual({ from_s: 3, to_s: 4 })
    struck = [{ strikes: [{ from_s: 0 }] }]
    expect(of(0, 0, 9)).toEqual({ from_s: 0, to_s: 2 })
  })
  it('is none where so few answers come that it may be chance, unless something has struck', () => {
    each = 1
    expect(of(0, 0, 9)).toEqual({ from_s: 0, to_s: 2 })
    struck = []
    expect(of(9, 9, 0, 9)).toBeNull()
    expect(of(9, 9, 9, 9, 9, 9, 9, 9, 9, 0, 0, 0, 9)).toEqual({ from_s: 9, to_s: 12 })
  })
  it('is none where nobody asked', () => {
    const timeline = [0, 1, 0].map((offered, i) => ({ t_s: i, ok: 0, offered, failed: 0 }) as TimelineRow)
    expect(silence({ timeline, simulated_s: 3, faults: [] } as unknown as Result)).toBeNull()
  })
})

test('the meaning of p50, p99 and ± is said once, at the end, and nothing is wider than what there is', async () => {
  const all = await ran(load('100/s'), load('150/s'))
  const report = { version: 1 as const, results: all.map((r) => r.result) }
  for (const width of [60, 80, 160]) {
    for (const verbose of [true, false]) {
      const text = toText(
        report,
        all.map((r) => r.scenario),
        { width, verbose, colour: false },
      )
      expect(text.replace(/\n {2}(?=\S)/g, ' ').match(/99% faster than p99/g)).toHaveLength(1)
      if (width > 80 || !verbose)
        for (const line of text.split('\n')) expect([...line].length, line).toBeLessThanOrEqual(width)
    }
  }
})

test('sums are told from figures of one run', async () => {
  const { report, scenarios, result } = await shown(few(', timeout: 500ms'))
  const text = toText(report, scenarios)
  expect(text).toMatch(/^requests in 2 runs /m)
  expect(text).toMatch(/^component .* refused a run$/m)
  expect(text).toMatch(/^ended in 2 runs /m)
  expect(toText(report, scenarios, look)).toContain('failed a run')
  expect(result.replications).toBe(2)
})

describe('a replica that is cut off for a while', () => {
  const text = `
name: Site
lasts: 300s
replications: 2
hosts: { h1: {}, h2: {} }
users: { v: { arrive: poisson(50/s), to: app, timeout: 10s, mix: { read: 80%, write: 20% } } }
components:
  app: { kind: app, workers: 100, service: 2ms, database: [m, e] }
  m: { kind: mysql, host: h1, service: 2ms, replicas: [e] }
  e: { kind: mysql, host: h2, service: 2ms }
faults: [{ kind: partition, target: m -> e, at: 60s, for: 100s }]`

  it('is borne, but reads are old; and what was full when it caught up is no limit', async () => {
    const { first, report, scenarios, result } = await shown(text)
    expect(first).toMatch(
      /^Site\. Bears the partition of m -> e: it cost no requests that could be told from chance, but 4\d(\.\d)?% of the reads missed a write \(e\); all answered well/,
    )
    const { bottleneck } = result
    expect(bottleneck!.full!.seconds).toBeLessThan(10)
    const whole = toText(report, scenarios).replace(/\n {2}(?=\S)/g, ' ')
    expect(whole).toMatch(
      /^For a while the CPU of h2 \(e\) was full: for [\d.]+ s, from 1\d\d s to 1\d\d s; /m,
    )
    expect(whole).not.toContain('The limit is')
  })
})

test('a mean over some of the runs says so', async () => {
  const { report, scenarios, result } = await shown(`
name: Site
lasts: 5min
replications: 4
users: { v: { arrive: poisson(10/s), to: n, timeout: 5s } }
components:
  n: { kind: haproxy, servers: [a, b], default_server: { check: on }, timeout_connect: 1s }
  a: { kind: app, workers: 20, service: 20ms }
  b: { kind: app, workers: 20, service: 20ms }
faults: [{ kind: crash, target: a, mtbf: exponential(5min), mttr: exponential(30s) }]`)
  const some = result.components.n!.extra_replications!
  expect(some.first_down_s).toBeGreaterThan(0)
  expect(some.first_down_s).toBeLessThan(4)
  expect(some.marked_down).toBeUndefined()
  const words = `at which a server was first taken down [\\d.]+( ±[\\d.]+)? s \\(in ${some.first_down_s} of 4 runs\\)`
  expect(toText(report, scenarios).replace(/\n {2}(?=\S)/g, ' ')).toMatch(new RegExp(words))
  expect(toHtml(report, scenarios, assets())).toContain(
    `first taken down (in ${some.first_down_s} of 4 runs)<`,
  )
})

test('a while without answers where few come is chance', async () => {
  const { first } = await shown(`
name: Site
lasts: 100s
replications: 2
sizes: { default: { request: 1MB } }
users: { v: { arrive: poisson(3/s), to: lb, timeout: 20s, bandwidth: 2Mbit/s } }
components:
  lb: { kind: haproxy, servers: [{ name: a, maxconn: 8 }] }
  a: { kind: app, workers: 20, service: 20ms }`)
  expect(first).toMatch(/^Site\. Too slow: /)
})
