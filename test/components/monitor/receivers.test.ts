import { describe, expect, test } from 'vitest'
import { Matcher, matcher } from '../../../sim/components/monitor/matcher.js'
import { Routes, readAfter, routeOptions } from '../../../sim/components/monitor/receivers.js'
import { Constant } from '../../../sim/random/distribution.js'
import { fault, play, problemsOf } from '../../support/world.js'

/** A server, and two monitors that can be a cluster. The alert of a crash comes 0 s to 0.2 s after it. */
const site = ({
  one = '',
  two = '',
  faults = '',
  lasts = '20min',
}: Partial<Record<'one' | 'two' | 'faults' | 'lasts', string>>) => `
lasts: ${lasts}
warmup: 0s
hosts: { server: { cores: 4 }, w-1: { cores: 1 }, w-2: { cores: 1 } }
users: { u: { to: web, arrive: constant(1/h) } }
components:
  web: { kind: service, host: server, servers: unlimited, service: 10ms }
  m-1: { kind: monitor, host: w-1, targets: [web], ${eager}${one} }
  ${two && `m-2: { kind: monitor, host: w-2, targets: [web], ${eager}${two} }`}
faults: [${faults}]
`
const eager =
  'scrape_interval: 100ms, evaluation_interval: 100ms, agent_service: 0s, agent_load: 0%, group_wait: 10s, '

function seen(text: string, replication = 0) {
  const { model } = play(text, replication)
  const of = (name: string) => model.components.get(name)!.extra(model.kernel.now)
  const told = model.context.detections.map(
    ({ component, says, at, since }) => [`${component} ${says}`, Math.round(at - since)] as const,
  )
  return { of, told, counts: of('m-1') }
}

const dies = fault('crash', 'web', '100s')
const both = 'receivers: [{ name: mail, delay: 10min }, { name: pager, delay: 1min }]'
const pagerFirst =
  'severity: critical, route: { receiver: mail, routes: [{ matchers: [severity = critical], receiver: pager }] }'

describe('receivers: who reads what, and how late', () => {
  test('one receiver without a route is told of all, and reads it after its delay', () => {
    const { told, counts } = seen(site({ one: 'receivers: [{ name: mail, delay: 10min }]', faults: dies }))
    expect(told).toEqual([['m-1 told people of web by mail', 610]])
    expect(counts).toMatchObject({ outages: 1, noticed: 1, by_mail_notifications: 1, unread: 0 })
    expect(counts.time_to_detect_s).toBeCloseTo(610, 0)
    expect(counts.by_mail_time_to_detect_s).toBe(counts.time_to_detect_s)
  })

  test('what is sent and not read by the end is not noticed', () => {
    const one = 'receivers: [{ name: mail, delay: 30min }]'
    const { told, counts } = seen(site({ one, faults: dies }))
    expect(told).toEqual([])
    expect(counts).toMatchObject({ outages: 1, noticed: 0, by_mail_notifications: 1, unread: 1 })
  })

  test('delays are drawn from their law', () => {
    const one = 'receivers: [{ name: mail, delay: "uniform(1min, 2min)" }]'
    const times = Array.from(
      { length: 6 },
      (_, r) => seen(site({ one, faults: dies, lasts: '4min' }), r).counts.time_to_detect_s!,
    )
    expect(Math.min(...times)).toBeGreaterThan(70)
    expect(Math.max(...times)).toBeLessThan(130.3)
    expect(Math.max(...times) - Math.min(...times)).toBeGreaterThan(5)
  })

  test('with continue both are told: who reads first counts, and each is told of for itself', () => {
    const routes =
      'routes: [{ matchers: [severity = critical], receiver: pager, continue: on }, { receiver: mail }]'
    const one = `${both}, severity: critical, route: { receiver: mail, ${routes} }`
    const { told, counts } = seen(site({ one, faults: dies }))
    expect(told).toEqual([
      ['m-1 told people of web by pager', 70],
      ['m-1 told people of web by mail', 610],
    ])
    expect(counts).toMatchObject({ noticed: 1, by_mail_notifications: 1, by_pager_notifications: 1 })
    expect(counts.time_to_detect_s).toBeCloseTo(70, 0)
    expect(counts.by_mail_time_to_detect_s).toBeCloseTo(610, 0)
  })

  test('a false alarm counts once, however many are told', () => {
    const one = `${both}, route: { receiver: mail, routes: [{ receiver: pager, continue: on }, { receiver: mail }] }`
    const { counts, told } = seen(site({ one, faults: fault('partition', 'm-1 -> web', '100s') }))
    expect(counts).toMatchObject({ false_alarms: 1, by_mail_notifications: 1, by_pager_notifications: 1 })
    expect(told).toEqual([])
  })

  test('who has read of an outage that is over, when the next has begun, knows of the first', () => {
    const one = 'receivers: [{ name: mail, delay: 5min }], route: { receiver: mail, group_interval: 1min }'
    const faults = [fault('crash', 'web', '100s', '60s'), fault('crash', 'web', '350s')].join(', ')
    const { counts, told } = seen(site({ one, faults }))
    expect(told.map(([, after]) => after)).toEqual([310, 310])
    expect(counts).toMatchObject({ outages: 2, noticed: 2 })
  })
})

describe('route (Alertmanager: Configuration, route)', () => {
  test('the first whose matchers fit; the root where none does', () => {
    const of = (own: string) =>
      seen(site({ one: `${both}, ${own}`, faults: dies })).told.map(([says]) => says)
    expect(of(pagerFirst)).toEqual(['m-1 told people of web by pager'])
    expect(of(pagerFirst.replace('severity: critical', 'severity: warning'))).toEqual([
      'm-1 told people of web by mail',
    ])
  })

  test('a rule goes by its own severity, and its name', () => {
    const rules =
      '{ alert: Gone, expr: up == 0, severity: warning }, { alert: Away, expr: up == 0, severity: critical }'
    const own = `${both}, rules: [${rules}], route: { receiver: mail, routes: [{ matchers: [severity = critical], receiver: pager }] }`
    const { told, counts } = seen(site({ one: own, faults: dies }))
    expect(told.map(([says]) => says).sort()).toEqual([
      'm-1 told people of Away at web by pager',
      'm-1 told people of Gone at web by mail',
      'm-1 told people of web by mail',
    ])
    expect(counts).toMatchObject({ on_up_alerts: 2, by_mail_notifications: 2, by_pager_notifications: 1 })
    const named = own.replace('[severity = critical]', '[severity =~ "critical|page", alertname != Away]')
    expect(seen(site({ one: named, faults: dies })).counts).toMatchObject({ by_pager_notifications: 0 })
  })

  test('what a route does not say it has from the root, and that from Alertmanager: 5min and 4h', () => {
    const route = routeOptions.parse({
      receiver: 'mail',
      repeat_interval: '1h',
      routes: [{ matchers: 'severity = critical', group_wait: '0s' }],
    })
    const mail = { name: 'mail', delay: new Constant(1) }
    const [root, child] = new Routes({ group_wait: 30, receivers: [mail], route }).all
    expect(root).toEqual({ receiver: mail, groupWait: 30, groupInterval: 300, repeatInterval: 3600 })
    expect(child).toEqual({ ...root, groupWait: 0 })
    expect(new Routes({ group_wait: 30, receivers: [mail] }).all[0]!.repeatInterval).toBe(14_400)
  })

  test('matchers: =, !=, =~, !~, with quotes or without; an alert without severity has an empty one', () => {
    const fits = (says: string, severity: string) =>
      matcher().parse(says).matches({ alertname: 'A', severity })
    expect(fits('severity = critical', 'critical')).toBe(true)
    expect(fits('severity="critical"', 'warning')).toBe(false)
    expect(fits('severity != critical', '')).toBe(true)
    expect(fits('severity=""', '')).toBe(true)
    expect(fits('severity =~ "critical|page"', 'page')).toBe(true)
    expect(fits('severity =~ "critical|page"', 'pager')).toBe(false)
    expect(fits('severity !~ "critical|page"', 'page')).toBe(false)
    expect(matcher().parse('alertname=A')).toBeInstanceOf(Matcher)
  })
})

describe('group_interval and repeat_interval (dispatch and notify of Alertmanager)', () => {
  const mail = (more: string) => `receivers: [{ name: mail }], route: { receiver: mail${more} }`

  test('what lasts is told again each repeat_interval, rounded up to looks', () => {
    const of = (more: string) =>
      seen(site({ one: mail(more), faults: dies, lasts: '1000s' })).counts.by_mail_notifications
    // First told at 110 s; looks each minute after.
    expect(of(', group_interval: 1min, repeat_interval: 4min')).toBe(1 + 3)
    expect(of(', group_interval: 1min, repeat_interval: 200s')).toBe(1 + 3)
    expect(of(', group_interval: 1min, repeat_interval: 1s')).toBe(1 + 14)
    expect(of('')).toBe(1)
  })

  test('told again it is no news: one line of who learned, one outage noticed', () => {
    const one = mail(', group_interval: 1min, repeat_interval: 4min')
    const { told, counts } = seen(site({ one, faults: dies }))
    expect(told).toHaveLength(1)
    expect(counts).toMatchObject({ noticed: 1, unread: 0 })
    expect(counts.by_mail_time_to_detect_s).toBeCloseTo(10, 0)
  })

  test('what is back, and gone again before the next look, is the same: nobody is told of the second', () => {
    const twice = (second: string) =>
      [fault('crash', 'web', '100s', '60s'), fault('crash', 'web', second, '200s')].join(', ')
    const of = (second: string) => seen(site({ one: mail(''), faults: twice(second) })).counts
    // Told at 110 s, looked at 410 s.
    expect(of('250s')).toMatchObject({ outages: 2, noticed: 1, by_mail_notifications: 1 })
    expect(of('420s')).toMatchObject({ outages: 2, noticed: 2, by_mail_notifications: 2 })
    // Without receivers an outage that is over is forgotten at once.
    expect(seen(site({ faults: twice('250s') })).counts).toMatchObject({ outages: 2, noticed: 2 })
  })

  test('what is over before group_wait is told to nobody, and forgotten at the look', () => {
    const faults = [fault('crash', 'web', '100s', '5s'), fault('crash', 'web', '120s')].join(', ')
    const { told } = seen(site({ one: mail(''), faults }))
    expect(told).toEqual([['m-1 told people of web by mail', 10]])
  })
})

describe('a cluster', () => {
  const routed = `${both}, ${pagerFirst}`
  const pair = { one: `${routed}, cluster_peer: [m-2]`, two: routed }

  test('tells each receiver once, and all members know when it was read', () => {
    const { told, of } = seen(site({ ...pair, faults: dies }))
    expect(told).toEqual([['m-1 told people of web by pager', 70]])
    expect(of('m-1')).toMatchObject({ noticed: 1, notified: 1, duplicates: 0, by_pager_notifications: 1 })
    expect(of('m-2')).toMatchObject({ noticed: 1, notified: 0, deduplicated: 1, by_pager_notifications: 0 })
    expect(of('m-2').time_to_detect_s).toBeCloseTo(of('m-1').time_to_detect_s!, 3)
  })

  test('cut from one another both tell', () => {
    const faults = [dies, fault('partition', 'm-1 -> m-2', '50s')].join(', ')
    const { told, of } = seen(site({ ...pair, faults }))
    expect(told).toHaveLength(2)
    expect(of('m-1').duplicates! + of('m-2').duplicates!).toBe(1)
  })

  test('repeats are one for all, by whoever is left too', () => {
    const often = routed.replace('route: {', 'route: { group_interval: 1min, repeat_interval: 5min,')
    const text = site({ one: `${often}, cluster_peer: [m-2]`, two: often, faults: dies, lasts: '1000s' })
    const all = ({ of }: ReturnType<typeof seen>) =>
      ['m-1', 'm-2'].map((name) => of(name).by_pager_notifications!)
    // At 110 s, 410 s, 710 s.
    expect(all(seen(text))).toEqual([3, 0])
    const left = text.replace('faults: [', `faults: [${fault('crash', 'm-1', '200s')}, `)
    expect(all(seen(left))).toEqual([1, 2])
  })

  test('what is over is over for all: the next outage is told once, at once', () => {
    const often = routed.replace('route: {', 'route: { group_interval: 1min,')
    const faults = [fault('crash', 'web', '100s', '30s'), fault('crash', 'web', '400s')].join(', ')
    const { told, of } = seen(site({ one: `${often}, cluster_peer: [m-2]`, two: often, faults }))
    expect(told.map(([, after]) => after)).toEqual([70, 70])
    expect(of('m-1').notified! + of('m-2').notified!).toBe(2)
  })

  test('who came back when it was over already is told that it is: it tells of the next outage', () => {
    const often = routed.replace('route: {', 'route: { group_interval: 1min,')
    const faults = [
      fault('crash', 'web', '100s', '50s'),
      fault('crash', 'm-2', '60s', '95s'),
      fault('crash', 'm-1', '300s'),
      fault('crash', 'web', '400s'),
    ].join(', ')
    const { told } = seen(site({ one: `${often}, cluster_peer: [m-2]`, two: often, faults }))
    expect(told).toEqual([
      ['m-1 told people of web by pager', 70],
      ['m-2 told people of web by pager', 70],
    ])
  })
})

describe('how soon somebody knows, where repairs ask (repair: notice)', () => {
  const receivers = [
    { name: 'mail', delay: new Constant(600) },
    { name: 'pager', delay: new Constant(60) },
  ]
  const soonest = (route: object, severity?: string) =>
    readAfter({ group_wait: 30, receivers, route: routeOptions.parse(route), severity }).mean

  test('by the first who reads of it, of those whom its way leads to', () => {
    const routes = [{ matchers: 'severity = critical', receiver: 'pager' }]
    expect(soonest({ receiver: 'mail', routes })).toBe(630)
    expect(soonest({ receiver: 'mail', routes }, 'critical')).toBe(90)
    const bothWays = [
      { receiver: 'mail', continue: 'on' },
      { receiver: 'pager', group_wait: '10s' },
    ]
    expect(soonest({ receiver: 'mail', routes: bothWays })).toBe(70)
    expect(readAfter({ group_wait: 30 }).mean).toBe(30)
  })
})

test('misuse is explained, with its place', () => {
  const told = (own: string, two = '') => problemsOf(site({ one: own, two })).join('\n')
  expect(told(both)).toMatch(/m-1.*of several receivers it has to say who is told/)
  expect(told('route: { receiver: mail }')).toMatch(/m-1\.route: there are no receivers/)
  expect(told(`${both}, route: { receiver: mail, routes: [{ receiver: pagr }] }`)).toMatch(
    /m-1\.route\.routes\.0\.receiver: there is no such receiver; did you mean "pager"\?/,
  )
  expect(told(`${both}, route: { receiver: mail }`)).toMatch(/receivers\.1\.name: no route leads to it/)
  expect(told('severity: critical')).toMatch(/m-1\.severity: no route asks for it/)
  expect(told('rules: [{ alert: A, expr: up == 0, severity: page }]')).toMatch(
    /m-1\.rules\.0\.severity: no route asks for it/,
  )
  expect(
    told('receivers: [{ name: a-b }, { name: a_b }], route: { receiver: a-b, routes: [{ receiver: a_b }] }'),
  ).toMatch(/receivers\.1\.name: is the name of another receiver, or is counted as that/)
  const routed = `${both}, ${pagerFirst}`
  expect(told(`${routed}, cluster_peer: [m-2]`, both.replace(', { name: pager, delay: 1min }', ''))).toMatch(
    /m-1\.route: differs from that of m-2/,
  )
  expect(told(routed.replace('severity = critical', 'team = web'))).toMatch(
    /matchers\.0: expected a label that alerts have here, not "?team/,
  )
  expect(told(routed.replace('severity = critical', 'severity =~ ".*"'))).toMatch(
    /no other regular expression is simulated/,
  )
  expect(told('repeat_interval: 1h')).toMatch(/said in another way here: route:/)
  expect(told(routed.replace('receiver: pager }', 'receiver: pager, routes: [] }'))).toMatch(/one level deep/)
})
