import { expect, it } from 'vitest'
import { faultsCsv } from '../../reports/csv.js'
import { noticesTable } from '../../reports/html/tables.js'
import { toText } from '../../reports/text.js'
import { PLAIN_LOOK } from '../../reports/words/look.js'
import { noticeTable } from '../../reports/words/who-noticed.js'
import { ran } from '../support/ran.js'

/** One looks often, one seldom, and one at something else. */
const site = (more: string, faults: string) => `
name: Site
lasts: 10min
warmup: 0s
replications: 2
users: { u: { arrive: constant(5/s), to: web, timeout: 5s } }
components:
  web: { kind: nginx, upstream: [app] }
  app: { kind: service, servers: unlimited, service: 10ms }
  quick: { kind: monitor, targets: [web, app], scrape_interval: 5s, evaluation_interval: 5s, group_wait: 0s, rules: [{ alert: Long, expr: up == 0, for: 1min }] }
${more}
faults: [${faults}]`
const others = `
  slow: { kind: monitor, targets: [web], scrape_interval: 60s, evaluation_interval: 60s, for: 1min }
  logs: { kind: logsearch, targets: [web], rules: [{ alert: Errors, expr: error_rate > 10%, range: 1min }] }`
const crash = '{ kind: crash, target: web, at: 100s, for: 5min }'
const hang = '{ kind: hang, target: app, at: 8min, for: 1min }'

it('who tells people of a fault first, how late the others are, and who never does: in every format', async () => {
  const [{ result, scenario }] = (await ran(site(others, `${crash}, ${hang}`))) as [
    Awaited<ReturnType<typeof ran>>[0],
  ]
  const [crashed, hung] = result.faults
  expect(crashed!.noticed!.map(({ component, replications }) => [component, replications])).toEqual([
    ['quick', 2],
    ['slow', 2],
    ['logs', 0],
  ])
  const [quick, slow, logs] = crashed!.noticed!.map(({ after_s }) => after_s.value)
  expect(quick).toBeLessThan(10)
  expect(slow).toBeGreaterThan(60 + 30)
  expect(logs).toBeNull()
  // Of the application only one knows; errors are 499 there, which no search asks for.
  expect(hung!.noticed!.map(({ component, replications }) => `${component} ${replications}`)).toEqual([
    'quick 2',
    'slow 0',
    'logs 0',
  ])
  expect(noticeTable(result)).toEqual({
    head: ['who noticed', 'first', 'logs, s', 'quick, s', 'slow, s'],
    rows: [
      ['crash of web', 'quick', 'never', expect.stringMatching(/^\d/), expect.stringMatching(/^\d/)],
      ['hang of app', 'quick', 'never', expect.stringMatching(/^\d/), 'never'],
    ],
  })
  const report = { version: 1 as const, results: [result] }
  for (const verbose of [false, true]) {
    const text = toText(report, [scenario], { ...PLAIN_LOOK, verbose })
    expect(text).toMatch(/who noticed +first +logs, s +quick, s +slow, s\n/)
    expect(text).toMatch(/hang of app +quick +never +[\d.]+.* +never\n/)
  }
  expect(faultsCsv(report)).toMatch(/quick: [\d.]+; slow: [\d.]+; logs: never/)
  expect(String(noticesTable(result))).toContain('Who noticed, and how late')
  expect(String(noticesTable(result))).toContain('<span class="none">never</span>')
})

it('the first thing that each does counts, and only what people are told', async () => {
  // The targets of one die together: it tells of both, of the first as soon as it can.
  const more = `${others}
  lb: { kind: haproxy, servers: [web], default_server: { check: on, inter: 100ms } }`
  const both = '{ kind: crash, target: [web, app], at: 100s, for: 5min }'
  const [{ result }] = (await ran(site(more, both).replace('to: web', 'to: lb'))) as [
    Awaited<ReturnType<typeof ran>>[0],
  ]
  const [fault] = result.faults
  const own = fault!.detected.filter(({ component }) => component === 'quick')
  expect(own).toHaveLength(4)
  const first = fault!.noticed!.find(({ component }) => component === 'quick')!
  expect(first.after_s.value).toBeLessThanOrEqual(Math.min(...own.map(({ after_s }) => after_s.value!)))
  expect(fault!.detected[0]!.component).toBe('lb')
  expect(fault!.noticed!.some(({ component }) => component === 'lb')).toBe(false)
})

it('what was foreseen is said to have been before', () => {
  const notice = (component: string, value: number, replications = 4) => ({
    component,
    after_s: { value, low: value - 1, high: value + 1 },
    replications,
  })
  const fault = {
    fault: 'certificate of lb',
    strikes: [],
    noticed: [notice('m', -300), notice('logs', 20, 3)],
  }
  const found = noticeTable({ faults: [fault], replications: 4 } as unknown as Parameters<
    typeof noticeTable
  >[0])
  expect(found!.rows).toEqual([['certificate of lb', 'm', '20 ±1 (3 of 4)', '300 ±1 before']])
})

it('where one alone tells people, there is nothing to compare', async () => {
  const [{ result }] = (await ran(site('', crash))) as [Awaited<ReturnType<typeof ran>>[0]]
  expect(result.faults[0]!.noticed).toBeUndefined()
  expect(noticeTable(result)).toBeNull()
  expect(noticesTable(result)).toBeNull()
})
