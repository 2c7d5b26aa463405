import { describe, expect, test } from 'vitest'
import { resultOf } from '../../support/ran.js'
import { fault, play, problemsOf } from '../../support/world.js'

/** A site behind TLS, and what looks at its certificate from outside. */
const site = ({
  expr = 'certificate_expiry < 5min',
  faults = fault('certificate', 'lb', '600s', '100s'),
  more = '',
  lasts = '900s',
  tls = ', tls: {}',
}: Partial<Record<'expr' | 'faults' | 'more' | 'lasts' | 'tls', string>> = {}) => `
lasts: ${lasts}
warmup: 0s
replications: 2
users: { u: { to: lb, arrive: constant(2/s), timeout: 5s } }
components:
  lb: { kind: haproxy, servers: [app]${tls} }
  app: { kind: service, servers: unlimited, service: 10ms }
  m: { kind: monitor, targets: [lb, app], scrape_interval: 15s, evaluation_interval: 15s, group_wait: 0s, rules: [{ alert: Cert, expr: ${expr}, page: request, targets: lb }${more}] }
faults: [${faults}]
`
function seen(text: string, replication = 0) {
  const { model } = play(text, replication)
  return {
    counts: model.components.get('m')!.extra(model.kernel.now),
    told: model.context.detections.map(({ at, since }) => [Math.round(at), since]),
  }
}

// probe_ssl_earliest_cert_expiry - time(): prometheus.io, blackbox_exporter.
describe('a rule on when the certificate expires', () => {
  test('tells at the first evaluation within the bound, and how long before', () => {
    for (const replication of [0, 1, 2, 3]) {
      const { counts, told } = seen(site(), replication)
      expect(told).toHaveLength(1)
      expect(told[0]![1]).toBe(600)
      expect(counts.on_certificate_expiry_alerts).toBe(1)
      expect(counts.on_certificate_expiry_ahead_s).toBeLessThanOrEqual(300)
      expect(counts.on_certificate_expiry_ahead_s).toBeGreaterThan(300 - 15 - 1e-6)
      expect(600 - told[0]![0]!).toBeCloseTo(counts.on_certificate_expiry_ahead_s!, -1)
    }
  })

  test('at once where it is that near already', () => {
    expect(
      seen(site({ expr: 'certificate_expiry < 14d' })).counts.on_certificate_expiry_ahead_s,
    ).toBeGreaterThan(600 - 31)
  })

  test('never where nobody knows that one will: none does, or by chance', () => {
    for (const faults of ['', '{ kind: certificate, target: lb, mtbf: 300s, mttr: 10s }'])
      expect(seen(site({ faults })).counts.on_certificate_expiry_alerts, faults).toBe(0)
  })

  // blackbox_exporter, issue 1119: "as soon as the certificate is expired it doesn't work anymore".
  test('is over once it has expired, since the probe fails then; the next one is another matter', () => {
    const two = `${fault('certificate', 'lb', '400s', '100s')}, ${fault('certificate', 'lb', '800s', '50s')}`
    // While the first is expired, nothing: else the second alert, within 400 s of it, would not be a new one.
    const { told } = seen(site({ expr: 'certificate_expiry < 350s', faults: two }))
    expect(told.map(([, since]) => since)).toEqual([400, 800])
    expect(told[1]![0]).toBeGreaterThanOrEqual(500)
  })

  test('is told with the fault, as something before it, and is first to be noticed', async () => {
    const probe = ', { alert: SiteDown, expr: probe_success == 0, page: request, targets: lb }'
    const logs =
      '  logs: { kind: logsearch, targets: [lb], rules: [{ alert: Few, expr: qps < 1/s, range: 1min }] }\n'
    const text = site({ more: probe }).replace('faults:', `${logs}faults:`)
    const { faults } = await resultOf(text)
    const [ahead, ...others] = faults[0]!.detected
    expect(ahead).toMatchObject({ component: 'm', says: 'told people of Cert at lb', replications: 2 })
    expect(ahead!.after_s.value).toBeLessThan(-285 + 1e-6)
    expect(others.map(({ says }) => says)).toContain('told people of SiteDown at lb')
    for (const { after_s } of others) expect(after_s.low ?? after_s.value).toBeGreaterThanOrEqual(0)
    expect(faults[0]!.noticed![0]).toMatchObject({ component: 'm', after_s: ahead!.after_s })
  })

  test('is asked of what has one', () => {
    expect(problemsOf(site({ tls: '', faults: '' })).map((line) => line.replace(/^\d+:\d+: /, ''))).toEqual([
      'components.m.rules.0.expr: lb ends no TLS (no tls: option)',
    ])
    const plain = site({ more: ', { alert: A, expr: certificate_expiry < 1d, targets: lb }' })
    expect(problemsOf(plain)).toHaveLength(1)
  })
})
