import { describe, expect, test } from 'vitest'
import { resultOf } from '../../support/ran.js'
import { fault, play, problemsOf } from '../../support/world.js'

const site = (faults: string, watchdog = '{}', lasts = '900s') => `
lasts: ${lasts}
warmup: 0s
replications: 2
hosts: { watch: { cores: 1 } }
users: { u: { to: app, arrive: constant(1/s) } }
components:
  app: { kind: service, servers: unlimited, service: 10ms }
  m: { kind: monitor, host: watch, targets: [app], watchdog: ${watchdog} }
faults: [${faults}]
`
function seen(text: string, replication = 0) {
  const { model } = play(text, replication)
  return {
    counts: model.components.get('m')!.extra(model.kernel.now),
    told: model.context.detections.map(({ says, at, since }) => ({ says, at, since })),
  }
}

// kube-prometheus, runbook of Watchdog: the receiver tells when the alert is not there.
describe('a watchdog', () => {
  test.each([
    ['crash', 'm'],
    ['crash', 'watch'],
    ['hang', 'm'],
    ['partition', 'watch'],
    ['partition', 'm'],
  ])(
    'is missed where there is a %s of %s: its timeout after the last that came, by the clock of who waits',
    (kind, target) => {
      for (const replication of [0, 1, 2]) {
        const { counts, told } = seen(site(fault(kind, target, '300s', '500s')), replication)
        const own = told.filter(({ says }) => says === 'its watchdog was missed')
        expect(own).toHaveLength(1)
        expect(own[0]!.since).toBe(300)
        // The last came up to a minute before.
        expect(own[0]!.at).toBeGreaterThan(300 + 240)
        expect(own[0]!.at).toBeLessThanOrEqual(300 + 300)
        expect(counts.watchdog_missed).toBe(1)
        expect(counts.watchdog_time_to_detect_s).toBeCloseTo(own[0]!.at - 300, 9)
      }
    },
  )

  test('is not missed while all is well, nor in what is shorter, and once in what lasts', () => {
    expect(seen(site('')).counts.watchdog_missed).toBe(0)
    expect(seen(site(fault('crash', 'm', '300s', '150s'))).counts.watchdog_missed).toBe(0)
    expect(seen(site(fault('crash', 'm', '100s'))).counts.watchdog_missed).toBe(1)
    const twice = `${fault('crash', 'm', '100s', '310s')}, ${fault('crash', 'm', '500s', '310s')}`
    expect(seen(site(twice)).counts.watchdog_missed).toBe(2)
  })

  test('sooner by a shorter timeout, later by what it takes until somebody reads it', () => {
    const at = (watchdog: string) =>
      seen(site(fault('crash', 'm', '300s', '500s'), watchdog)).counts.watchdog_time_to_detect_s!
    expect(at('{ timeout: 2min }')).toBeCloseTo(at('{}') - 180, 6)
    expect(at('{ delay: 60s }')).toBeCloseTo(at('{}') + 60, 6)
    const often = at('{ repeat_interval: 1s, timeout: 2min }')
    expect(often).toBeGreaterThan(119 - 1e-6)
    expect(often).toBeLessThanOrEqual(120 + 1e-6)
  })

  test('of one that dies people learn by it, and by nothing else', async () => {
    const { faults } = await resultOf(site(fault('crash', 'm', '300s', '500s')))
    expect(faults[0]!.detected.map(({ component, says }) => `${component}: ${says}`)).toEqual([
      'm: its watchdog was missed',
    ])
    const without = await resultOf(site(fault('crash', 'm', '300s', '500s')).replace(', watchdog: {}', ''))
    expect(without.faults[0]!.detected).toEqual([])
  })

  test('waits longer than it takes until the next', () => {
    expect(
      problemsOf(site('', '{ repeat_interval: 5min }')).map((line) => line.replace(/^\d+:\d+: /, '')),
    ).toEqual(['components.m.watchdog.timeout: expected more than the repeat_interval'])
  })
})
