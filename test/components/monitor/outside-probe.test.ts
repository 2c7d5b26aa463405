import { describe, expect, it, test } from 'vitest'
import { fault, play, problemsOf } from '../../support/world.js'

/** A HAProxy with TLS before an application, and a monitor that asks for a page from outside. */
const site = (faults: string, { rule = 'page: home', targets = 'lb' } = {}) => `
lasts: 300s
warmup: 0s
users: { u: { to: lb, arrive: constant(5/s), timeout: 5s, mix: { home: 50%, cart: 50% } } }
hosts: { out: { cores: 2 } }
components:
  lb: { kind: haproxy, tls: {}, timeout_connect: 1s, timeout_server: 5s, retries: 0, servers: [app] }
  app: { kind: service, servers: unlimited, service: 10ms }
  m:
    kind: monitor
    host: out
    targets: [lb, app]
    scrape_interval: 15s
    evaluation_interval: 15s
    group_wait: 0s
    rules: [{ alert: SiteDown, expr: probe_success == 0, ${rule}, range: 1min, targets: ${targets} }]
faults: [${faults}]
`
function seen(text: string) {
  const { model, ended } = play(text)
  const counts = model.components.get('m')!.extra(model.kernel.now)
  return { counts, model, ended, alerts: counts.on_probe_success_alerts }
}

describe('a probe from outside tells of what visitors meet', () => {
  test.each([
    ['an expired certificate', fault('certificate', 'lb', '100s', '60s')],
    ['a dead process', fault('crash', 'lb', '100s', '60s')],
    ['an application that is dead', fault('crash', 'app', '100s', '60s')],
    [
      'errors of that page',
      fault('errors', 'app', '100s', '60s').replace(' }', ', share: 100%, class: home }'),
    ],
    ['one that hangs', fault('hang', 'app', '100s', '60s')],
  ])('%s: once, within two intervals and a timeout', (_, faults) => {
    const { counts, alerts } = seen(site(faults))
    expect(alerts).toBe(1)
    expect(counts.on_probe_success_false_alerts).toBe(0)
    expect(counts.on_probe_success_time_to_detect_s).toBeGreaterThan(0)
    expect(counts.on_probe_success_time_to_detect_s).toBeLessThan(45)
  })

  test('and not of another page', () => {
    const errors = fault('errors', 'app', '100s', '60s').replace(' }', ', share: 100%, class: cart }')
    expect(seen(site(errors)).alerts).toBe(0)
    expect(seen(site('')).alerts).toBe(0)
  })

  test('it stands outside: its monitor may be cut off, and stops with that only', () => {
    const down = fault('certificate', 'lb', '100s', '60s')
    expect(seen(site(`${down}, ${fault('partition', 'out', '50s', '200s')}`)).alerts).toBe(1)
    expect(seen(site(`${down}, ${fault('crash', 'm', '50s', '200s')}`)).alerts).toBe(0)
  })
})

it('is none of the visitors', () => {
  const { model, ended } = seen(site(''))
  expect(new Set(ended.map(({ users }) => users))).toEqual(new Set(['u']))
  const asked = model.wires.filter(({ from, towards }) => from === 'm' && towards === 'lb')
  expect(asked.length).toBe(2)
  expect(asked.map(({ sent }) => sent)).toEqual([0, 0])
})

describe('what does not fit is told', () => {
  it.each([
    ['range: 1min', 'expected page: beside it'],
    ['page: [home, cart]', 'expected page: beside it'],
    ['page: hom', 'home'],
  ])('%s', (rule, words) => {
    const text = site('', { rule }).replace(', range: 1min, targets', ', targets')
    expect(problemsOf(text).join('\n')).toContain(words)
  })

  it('a page for another rule', () => {
    const text = site('').replace('probe_success == 0', 'error_rate > 5%')
    expect(problemsOf(text).join('\n')).toContain('is for probe_success and certificate_expiry')
  })
})
