import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { readText } from '../../cli/files.js'
import { METRICS } from '../../sim/scenario/expect.js'
import { remarksOn } from '../../sim/scenario/oddities.js'
import { parseScenario } from '../../sim/scenario/parse.js'
import { problemsOf } from '../support/world.js'

const stack = (expected: string, faults = '') => `users:
  web: { arrive: poisson(40/s), to: app, mix: { read: 90%, write: 10% } }
hosts: { server: {} }
components:
  app: { kind: app, host: server, workers: 8, service: 1ms, database: [db.main, db.copy] }
  db.main: { kind: mysql, service: 1ms, replicas: [db.copy] }
  db.copy: { kind: mysql, service: 1ms }
${faults}
expect:
  ${expected}
`
const problem = (expected: string) => problemsOf(stack(expected))

describe('what is expected can be written', () => {
  test('as a path or as maps in one another, also where names have dots', () => {
    const dotted = 'components.db.main.utilization: "<= 70%"'
    const nested = 'components: { db.main: { utilization: "<= 70%" } }'
    for (const way of [dotted, nested]) {
      expect(parseScenario(stack(way), 'test.yaml').expect).toEqual([
        {
          metric: 'components.db.main.utilization',
          of: { group: 'components', name: 'db.main' },
          measure: 'utilization',
          unit: 'share',
          relation: '<=',
          bound: 0.7,
          text: 'components.db.main.utilization <= 70%',
        },
      ])
    }
  })

  test('and what is inherited can be taken back', () => {
    const kept = parseScenario(
      'extends: scenarios/01-simple-web-stack.yaml\nexpect: { availability: null, hosts.server-1.utilization: null }',
      'test.yaml',
      {},
      readText,
    )
    expect(kept.expect.map((e) => e.metric)).toEqual(['latency_p99'])
  })

  test('and demanded of the answers that take more than a run, which are told apart', () => {
    const read = parseScenario(
      stack('{ capacity: ">= 300/s", availability_year: "> 99.95%", spof: none, qps: ">= 1/s" }'),
      'test.yaml',
    )
    expect(read.demands).toEqual([
      { metric: 'capacity', command: 'capacity', relation: '>=', bound: 300, text: 'capacity >= 300/s' },
      {
        metric: 'availability_year',
        command: 'availability',
        relation: '>',
        bound: 0.9995,
        text: 'availability_year > 99.95%',
      },
      { metric: 'spof', command: 'spof', relation: '<=', bound: 0, text: 'spof: none' },
    ])
    expect(read.expect.map(({ metric }) => metric)).toEqual(['qps'])
    expect(remarksOn(read)).toContain(
      'expect: spof: none is judged by "nines spof --check", and not by a run',
    )
  })

  test('and what is demanded has a form of its own', () => {
    expect(problem('capacity: "<= 300/s"')).toEqual([
      expect.stringContaining('expected a least value, such as ">= 300/s"'),
    ])
    expect(problem('spof: some')).toEqual([expect.stringContaining('expected none, not "some"')])
    expect(problem('availability_yaer: ">= 99%"')).toEqual([
      expect.stringContaining('did you mean "availability_year"'),
    ])
  })

  test('and what is about faults goes with the faults, and says so', () => {
    const read = (file: string, set: string[] = []) => {
      const { expect: expected, ...scenario } = parseScenario(
        `extends: ${file}`,
        'test.yaml',
        { set },
        readText,
      )
      return { metrics: expected.map((e) => e.metric), remarks: remarksOn({ ...scenario, expect: expected }) }
    }
    const file = 'scenarios/experiments/04-primary-dies.yaml'
    expect(read(file).metrics).toEqual(expect.arrayContaining(['rto', 'rpo']))
    for (const set of ['faults=null', 'faults=[]']) {
      const { metrics, remarks } = read(file, [set])
      expect(metrics).toContain('availability')
      expect(metrics.filter((metric) => /^(rto|rpo)/.test(metric))).toEqual([])
      expect(remarks).toContain(
        'rto and rpo in expect: are about faults, and left out: faults: says that there are none',
      )
    }
    expect(problemsOf(stack('classes.write.rto: "<= 1s"', 'faults: []'))).toEqual([])
    expect(problemsOf(stack('classes.writes.rto: "<= 1s"', 'faults: []'))).not.toEqual([])
    expect(problemsOf(stack('rto: "<= 1s"'))).not.toEqual([])
  })

  test('as the page about objectives shows it', () => {
    const page = readFileSync(path.resolve(import.meta.dirname, '../../docs/objectives.md'), 'utf8')
    const [, example] = /```yaml\n([\s\S]*?)```/.exec(page)!
    const { expect: expected } = parseScenario(example!, 'docs/objectives.md', {}, readText)
    expect(expected.map((e) => e.metric)).toContain('classes.write.availability')
    for (const [, scope, list] of page.matchAll(/^\| (all requests|`\w+)[^|]*\| (.*) \|$/gm)) {
      const group = scope === 'all requests' ? 'all' : (scope!.slice(1) as keyof typeof METRICS)
      for (const name of Object.keys(METRICS[group])) {
        const shown = /^latency_/.test(name) ? 'latency_' : `\`${name}\``
        expect(list!.includes(shown) || list!.startsWith('the same'), `${scope} ${name}`).toBe(true)
      }
    }
  })

  test('with the counts of a component, as it is set up', () => {
    expect(problem('components.db.copy.stale_reads: "<= 10"')).toEqual([])
    expect(problem('components.db.main.lost_writes: "<= 0"')).toEqual([])
    expect(problem('components.db.copy.lag: "<= 1s"')).toEqual([])
  })
})

describe('what is wrong is told, with its place and what was meant', () => {
  test.each([
    [
      'availabilty: ">= 99%"',
      '10:3: expect.availabilty: there is no metric "availabilty"; did you mean "availability"?',
    ],
    [
      'components.ap.wait: "< 1s"',
      '10:3: expect.components.ap.wait: there is no "ap" among the components; did you mean "app"?',
    ],
    [
      'classes: { writ: { qps: "> 1/s" } }',
      '10:22: expect.classes.writ.qps: there is no "writ" among the classes; did you mean "write"?',
    ],
    [
      'components.app.utilisation: "< 9%"',
      'there is no metric "utilisation" in components; did you mean "utilization"?',
    ],
    ['components.db.copy.lags: "< 1s"', 'there is no metric "lags" in components; did you mean "lag"?'],
    ['component.app.wait: "< 1s"', 'there is no metric "component"; did you mean "components"?'],
    ['hosts.server: "< 9%"', 'expected hosts.<name>.<metric>, such as hosts.server.utilization'],
    ['users.web.rto: "< 9s"', 'there is no metric "rto" in users'],
    ['latency_p99: "<= 500"', 'expected a duration such as 40ms or 2min, not "500" without a unit'],
    ['components.db.copy.lag: "<= 5"', 'without a unit'],
    ['qps: ">= 3ms"', 'expected a rate such as 200/s'],
    ['hosts.server.utilization: "<= 110%"', 'expected a share from 0% to 100%'],
    ['availability: 99%', 'expected a condition such as ">= 99.9%" or "<= 500ms", not "99%"'],
    ['constructor: "<= 30s"', 'there is no metric "constructor"'],
    ['hosts.server.toString: "<= 30s"', 'there is no metric "toString" in hosts'],
    ['classes.constructor.qps: "> 1/s"', 'there is no "constructor" among the classes'],
    ['components: "> 3"', 'expected components.<name>.<metric>'],
    ['"": "> 1"', 'expected a text as a key, not nothing'],
    ['..: "> 1"', 'there is no metric ""'],
    ['rto: "<= 30s"', 'is about faults, and nothing strikes in this scenario (faults:)'],
    ['classes.write.rto_max: "<= 30s"', 'is about faults, and nothing strikes'],
    ['lost_writes: "<= 0"', 'is about faults, and nothing strikes'],
    ['users.web.page_p95: "< 2s"', 'is about pages, and web load none (page:)'],
    ['page_p95: "< 2s"', 'there is no metric "page_p95"'],
  ])('%s', (expected, says) => {
    const problems = problem(expected)
    expect(problems).toHaveLength(1)
    expect(problems[0]).toContain(says)
  })

  test('all at once, beside other problems', () => {
    const text = stack('rta: "< 1s"\n  components.app.wait: "< 1"').replace('workers: 8', 'worker: 8')
    expect(problemsOf(text)).toHaveLength(3)
  })

  test('recovery can be asked for where something strikes', () => {
    const fault = 'faults: [{ kind: crash, target: app, at: 10s, for: 10s }]'
    expect(problemsOf(stack('rto: "<= 30s"', fault))).toEqual([])
  })
})
