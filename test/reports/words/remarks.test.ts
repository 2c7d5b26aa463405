import { describe, expect, test } from 'vitest'
import { remarks } from '../../../reports/words/remarks.js'
import { resultOf } from '../../support/results.js'

const of = (text: string) => {
  const { result, scenario } = resultOf(text)
  return remarks(result, scenario)
}

describe('the monitor', () => {
  const site = (faults: string, targets = '[web, db]') => `
lasts: 10min
warmup: 0s
users: { u: { arrive: constant(10/s), to: web, timeout: 2s } }
components:
  web: { kind: nginx, upstream: [db] }
  db: { kind: service, servers: unlimited, service: 1ms }
  monitor: { kind: monitor, targets: ${targets}, scrape_interval: 15s, evaluation_interval: 15s, group_wait: 0s }
faults: [${faults}]
`
  test('what it noticed and when, and what it read from the logs', () => {
    const [sentence] = of(site('{ kind: crash, target: web, at: 100s, for: 300s }'))
    expect(sentence).toMatch(
      /^monitor noticed 1 of 1 outage a run, [\d.]+ ±\d+ s after they began; it read [\d.]+ QPS from the access logs, where visitors asked 10\.$/,
    )
  })

  test('what it missed', () => {
    const [sentence] = of(
      site(
        '{ kind: crash, target: monitor, at: 90s }, { kind: crash, target: web, at: 100s, for: 300s }, { kind: crash, target: db, at: 100s, for: 300s }',
        '[db]',
      ),
    )
    expect(sentence).toBe('monitor noticed none of 1 outage a run, and told nobody.')
  })

  test('what it told and nobody has read', () => {
    const targets = '[db], receivers: [{ name: mail, delay: 20min }]'
    expect(of(site('{ kind: crash, target: db, at: 100s, for: 300s }', targets))[0]).toMatch(
      /^monitor: people had read of none of 1 outage a run\.$/,
    )
    expect(
      of(site('{ kind: crash, target: db, at: 100s, for: 300s }', targets.replace('20min', '1min')))[0],
    ).toMatch(/^monitor: people had read of 1 of 1 outage a run, [\d.]+ ±[\d.]+ s after they began/)
  })

  test('that no process was away, though visitors failed', () => {
    expect(of(site('{ kind: latency, target: web -> db, add: 1s, at: 100s, for: 300s }', '[db]'))).toEqual([
      'monitor saw no outage: every process that it watches was up, and it looks at nothing else: it missed the 300 s in which visitors failed.',
    ])
    expect(of(site('', '[db]'))).toEqual([])
  })

  test('that it looks at nothing that visitors see: all of them fail, and it saw nothing', () => {
    const [sentence] = of(site('{ kind: errors, target: web, share: 100%, at: 100s, for: 60s }', '[web]'))
    // Visitors come every 100 ms, from the first to the last who got an error.
    expect(sentence).toMatch(
      /^monitor saw no outage: every process that it watches was up, and it looks at nothing else: it missed the (59\.9|60) s in which visitors failed;/,
    )
  })

  test('what its rules told, also of what it would have missed, and what they told for nothing', () => {
    const ruled = (faults: string) =>
      of(
        site(faults, '[web], rules: [{ alert: Errors, expr: error_rate > 5%, range: 1min }]')
          .replace('upstream: [db]', 'upstream: [db, other], proxy_next_upstream: [http_500]')
          .replace('  monitor:', '  other: { kind: service, servers: unlimited, service: 1ms }\n  monitor:'),
      )[0]
    const errors = (target: string) => `{ kind: errors, target: ${target}, share: 100%, at: 100s, for: 60s }`
    expect(ruled(errors('web'))).toMatch(
      /^monitor saw no outage: every process that it watches was up; its rules on error rates told people 1 time a run, [\d.]+ ±[\d.]+ s after the first visitor had failed; it read/,
    )
    expect(ruled('')).toMatch(/^monitor's rules on error rates told nobody of anything; it read/)
  })

  test('false alarms', () => {
    expect(of(site('{ kind: partition, target: monitor -> db, at: 100s, for: 300s }', '[db]'))).toEqual([
      'monitor saw no outage: every process that it watches was up; 1 false alarm a run.',
    ])
  })
})

test('attackers: what they sent, what was answered, who recognised it', () => {
  const text = (fw: string) => `
lasts: 100s
warmup: 0s
users:
  web: { arrive: constant(10/s), to: fw }
  evil: { arrive: constant(10.05/s), to: fw, malicious: on, timeout: 1s }
components:
  fw: { kind: firewall, to: app, ${fw} }
  app: { kind: service, servers: unlimited, service: 1ms }
`
  expect(of(text('detect: 100%'))).toEqual([
    'evil sent 1,004 malicious requests a run; 0% of them were answered.',
    'fw recognised 1,004 malicious requests and let 0 pass.',
  ])
  expect(of(text('detect: 0%'))).toEqual([
    'evil sent 1,004 malicious requests a run; 100% of them were answered.',
  ])
})
