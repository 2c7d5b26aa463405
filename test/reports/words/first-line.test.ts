import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { readScenario } from '../../../cli/files.js'
import { counted, digits, percent } from '../../../reports/words/numbers.js'
import { comparisonLine, verdictLine } from '../../../reports/words/verdict.js'
import { compare, labelsOf } from '../../../sim/experiments/compare.js'
import { inline } from '../../../sim/experiments/jobs.js'
import { type Ran, run } from '../../../sim/experiments/run.js'
import { ran } from '../../support/ran.js'

/**
 * Somebody who has never seen the program reads the first line, and knows what happened: each of its facts is worked
 * out here by hand, or stands in the results.
 */

/** Requests a second that are served, of ten workers. */
const app = (rate: number, users = '', service = '50ms', workers = 10) => `
name: Box
lasts: 2min
replications: 2
users: { v: { arrive: poisson(${rate}/s), to: a${users} } }
components: { a: { kind: app, workers: ${workers}, service: exponential(${service}) } }
`

const lineOf = ({ result, scenario }: Ran) => verdictLine(result, scenario)
const share = (n: number, of: number) => percent(n / of)

describe('the first line alone lets one say what happened', () => {
  it('a crash, and nobody has a timeout: who waited is delayed, not lost, and by how much', async () => {
    const [one] = await ran(`
lasts: 3min
replications: 2
hosts: { h: {} }
users: { v: { arrive: constant(100/s), to: n } }
components: { n: { kind: nginx, host: h, service: 1ms } }
faults: [{ kind: crash, target: h, at: 60s, for: 60s }]`)
    // 6,000 visitors come in that time, and wait for 41 s in the mean: their SYNs go again after 1, 3, 7, 15, 31 and 63 s.
    const { delayed, delay_s } = one!.result.faults[0]!
    expect(delay_s!.value).toBeGreaterThan(6000 * 39)
    expect(delay_s!.value).toBeLessThan(6000 * 43)
    expect(lineOf(one!)).toMatch(
      new RegExp(
        `^Down: nobody was answered for 60(\\.\\d)? s after the crash of h; back after that\\. ${counted(delayed!.value!)} requests a run waited longer, about ${digits(delay_s!.value! / delayed!.value!)} s each; (all|99\\.\\d+% of all) requests were answered, 66\\.[67]% within 1 s\\.$`,
      ),
    )
  })

  it('overload without a timeout: how much comes, how much is borne, and what becomes of the rest', async () => {
    const [one] = await ran(app(100, '', '50ms', 2))
    const { requests, good } = one!.result
    const line = lineOf(one!)
    expect(line).toMatch(
      /^Overloaded: the workers of a \(app\) cannot keep up: it carries about (39|40)(\.\d)? of (9\d|10\d)(\.\d)? requests\/s, 2\.\d+ times what it can do; the backlog grows by (5\d|6\d)(\.\d)? requests\/s\. /,
    )
    expect(line).toContain(
      `${share(requests.ok, requests.offered)} of all requests were answered, ${percent(good.value!)} within 1 s.`,
    )
  })

  it('overload with a timeout: nobody is served in time, and none is told to be', async () => {
    const [one] = await ran(app(100, ', timeout: 1s', '50ms', 2))
    expect(one!.result.requests.ok / one!.result.requests.offered).toBeLessThan(0.1)
    expect(lineOf(one!)).toMatch(
      /; fewer than that are answered\. (Nobody was answered \(.*timeout\)|\d\.\d+% of all requests were answered.*)\.$/,
    )
    expect(lineOf(one!)).not.toContain('the rest fails')
  })

  it('overload that refuses: the rest fails, and all that can be done is', async () => {
    const [one] = await ran(`
lasts: 2min
replications: 2
users: { v: { arrive: poisson(80/s), to: n } }
components: { n: { kind: nginx, service: 1ms, limit_req: { rate: 50/s, burst: 20, nodelay: true } } }`)
    expect(lineOf(one!)).toMatch(
      /^Overloaded: .* n \(nginx\) cannot keep up: it carries about (49|50)\S* of \S+ requests\/s, 1\.\d+ times what it can do; the rest fails\. 6\d\.\d% of all requests were answered\.$/,
    )
  })

  it('a takeover of an address: for how long nobody was answered, who took over, how many waited and how long', async () => {
    const file = path.resolve(
      import.meta.dirname,
      '../../../scenarios/experiments/04-load-balancer-dies.yaml',
    )
    const scenario = readScenario(file, {
      replications: 4,
      lasts: '4min',
      set: ['users.visitors.arrive=poisson(100/s)'],
    })
    const [one] = await run([scenario], inline)
    const { faults } = one!.result
    const [{ no_answer_s, delayed, delay_s }] = faults as [(typeof faults)[0]]
    expect(no_answer_s.value).toBeGreaterThan(2.5)
    expect(no_answer_s.value).toBeLessThan(3.7)
    expect(lineOf(one!)).toMatch(
      new RegExp(
        `^Down: nobody was answered for ${digits(no_answer_s.value!)} s after the crash of lb-1; back after that; a standby took the address over \\(vip\\)\\. ` +
          `${counted(delayed!.value!)} requests a run waited longer, about ${digits(delay_s!.value! / delayed!.value!)} s each; (all|99\\.\\d+% of all) requests were answered`,
      ),
    )
    expect(delay_s!.value! / delayed!.value!).toBeGreaterThan(1)
    expect(delay_s!.value! / delayed!.value!).toBeLessThan(7)
  }, 60_000)

  it('a comparison in which one side drops visitors: who, how many, and why', async () => {
    const both = await ran(
      app(150, ', timeout: 1s').replace('Box', 'Large'),
      app(150, ', timeout: 1s').replace('Box', 'Small').replace('workers: 10', 'workers: 5'),
    )
    const results = both.map(({ result }) => result)
    expect(comparisonLine(results, labelsOf(results), compare(both))).toMatch(
      /^Large answers (9\d(\.\d)?|100) points more of its visitors well than Small: > 99\.\d+% against \d(\.\d+)?%; Small is overloaded: the workers of a \(app\) cannot keep up\.$/,
    )
  })

  it('a collapse that outlives its surge: it says so, with what retries make of the load', async () => {
    const [one] = await ran(
      `${app(60, ', timeout: 1s, retries: 2', '150ms').replace('2min', '3min')}faults: [{ kind: surge, target: v, factor: 3, at: 60s, for: 20s }]`,
    )
    const { faults, components, requests } = one!.result
    const line = lineOf(one!)
    expect(faults[0]!.metastable).toBe(true)
    expect(line).toMatch(
      /^Collapsed and not back by the end in 2 of 2 runs: the surge of v ended at 80 s, and what it began goes on without it \(a metastable state\), though no more come than were answered before; nobody was answered for 1[01]\d s; /,
    )
    const { outage, usual } = components.a!.tries!
    expect(outage.value).toBeGreaterThan(2.5)
    expect(line).toContain(
      `retries make ${digits(outage.value!)} requests of each one at a, else ${digits(usual.value!)}; `,
    )
    expect(line).toContain(`; ${share(requests.ok, requests.offered)} of all requests were answered`)
  })
})

describe('siblings', () => {
  const two = (more: string) => `
lasts: 3min
replications: 2
hosts: { one: {}, two: {} }
users: { v: { arrive: constant(50/s), to: lb, timeout: 2s } }
components:
  lb: { kind: haproxy, default_server: { check: on, inter: 1s }, servers: [a, b] }
  a: { kind: app, host: one, workers: 100, service: 1ms }
  b: { kind: app, host: two, workers: 100, service: 1ms }
faults: [${more}]`

  it('some fail and others wait: both are told', async () => {
    const [one] = await ran(two('{ kind: crash, target: two, at: 60s, for: 60s }'))
    const { cost, delayed } = one!.result.faults[0]!
    expect(cost!.value).toBeGreaterThan(1)
    expect(lineOf(one!)).toMatch(
      new RegExp(`^(Hurt|Hardly hurt): the crash of two cost ${counted(cost!.value!)} requests a run`),
    )
    expect(delayed!.value).toBeLessThan(0.001 * 9000)
    expect(lineOf(one!)).not.toContain('waited longer')
  })

  it('answers come late, and none is lost: delayed, how many and by how much', async () => {
    const [one] = await ran(two('{ kind: latency, target: lb -> a, add: 400ms, at: 60s, for: 60s }'))
    // Every other visitor of a minute, to connect and to ask, there and back.
    expect(lineOf(one!)).toMatch(
      /^Delayed: after the latency of lb -> a 1,(4|5)\d\d requests a run waited longer, about 1\.[56]\d* s each, 1[67]\.\d% of all\. All requests were answered, 8\d\.\d% within 1 s\.$/,
    )
  })

  it('what comes back in part is not told as back', async () => {
    const [one] = await ran(
      two(
        '{ kind: crash, target: one, at: 60s, for: 5s }, { kind: crash, target: two, at: 60s, for: 60s }, { kind: errors, target: a, share: 50%, at: 60s, for: 50s }',
      ),
    )
    const { no_answer_s, good_back_s } = one!.result.recovery!
    expect(good_back_s.value).toBeGreaterThan(2 * no_answer_s.value!)
    expect(lineOf(one!)).toMatch(
      /^Down: nobody was answered for [\d.]+ s after .*; as good as before after [\d.]+ s/,
    )
  })

  it('in one replication no figure is one of a run', async () => {
    const [one] = await ran(
      two('{ kind: crash, target: two, at: 60s, for: 60s }').replace('replications: 2', 'replications: 1'),
    )
    expect(lineOf(one!)).not.toMatch(/ a run| runs/)
  })
})
