import { describe, expect, test } from 'vitest'
import { resultOf } from '../../support/ran.js'
import { fault, play, problemsOf } from '../../support/world.js'

/** A disk that gets 1 GB in 100 s, of which 10 GB are free at the start. */
const site = ({
  expr = 'disk_free < 10%',
  faults = '',
  host = 'disk_size: 50GB, disk_used: 40GB',
  more = '',
  lasts = '1200s',
} = {}) => `
lasts: ${lasts}
warmup: 0s
replications: 2
hosts: { h: { cores: 4, ${host} } }
users: { u: { to: app, arrive: constant(10/s) } }
components:
  app: { kind: service, host: h, servers: unlimited, service: 10ms, disk_per_request: 1MB }
  m: { kind: monitor, targets: [app], scrape_interval: 15s, evaluation_interval: 15s, group_wait: 0s, rules: [{ alert: Disk, expr: ${expr}${more} }] }
faults: [${faults}]
`
function seen(text: string, replication = 0) {
  const { model } = play(text, replication)
  return {
    counts: model.components.get('m')!.extra(model.kernel.now),
    told: model.context.detections.map(({ at, since }) => [at, since] as const),
  }
}

// node_filesystem_avail_bytes / node_filesystem_size_bytes < 0.1: github.com/prometheus/node_exporter, NodeFilesystemAlmostOutOfSpace
// of its mixin.
describe('a rule on the room on a disk', () => {
  test('tells when so little is free, and how long before it is full', () => {
    for (const replication of [0, 1, 2]) {
      const { counts, told } = seen(site(), replication)
      // 5 GB are free after 500 s, none after 1000 s. A scrape, and an evaluation.
      expect(told).toHaveLength(1)
      expect(told[0]![1]).toBeCloseTo(500, 0)
      expect(told[0]![0]).toBeGreaterThanOrEqual(500)
      expect(told[0]![0]).toBeLessThanOrEqual(530 + 0.2)
      expect(counts.on_disk_free_alerts).toBe(1)
      expect(counts.on_disk_free_ahead_s).toBeCloseTo(1000 - told[0]![0], 0)
    }
  })

  test('says nothing of how long before where none is full later', () => {
    expect(seen(site({ lasts: '900s' })).counts).toMatchObject({
      on_disk_free_alerts: 1,
      on_disk_free_ahead_s: Number.NaN,
    })
    expect(seen(site({ expr: 'disk_free < 1%', lasts: '900s' })).counts.on_disk_free_alerts).toBe(0)
  })

  test('comes late where a disk is full at once, as is said of the fault', async () => {
    const text = site({ faults: fault('fill', 'h', '100s', '60s'), lasts: '200s' })
    const { counts } = seen(text)
    expect(counts.on_disk_free_ahead_s).toBeLessThanOrEqual(0)
    expect(counts.on_disk_free_ahead_s).toBeGreaterThanOrEqual(-30)
    const { faults } = await resultOf(text)
    expect(faults[0]!.detected[0]).toMatchObject({ component: 'm', says: 'told people of Disk at app' })
  })

  test('is over when there is room again, and the next is another', () => {
    const two = `${fault('fill', 'h', '100s', '60s')}, ${fault('fill', 'h', '300s', '60s')}`
    expect(seen(site({ faults: two, lasts: '400s' })).told.map(([, since]) => since)).toEqual([100, 300])
  })

  test('is asked of a host of which something is said, and of too little room', () => {
    expect(problemsOf(site({ host: 'speed: 1' })).join()).toContain(
      'nothing is said of the disk of app (disk_size: of its host)',
    )
    expect(problemsOf(site({ expr: 'disk_free > 10%' })).join()).toContain('expected < after disk_free')
  })
})
