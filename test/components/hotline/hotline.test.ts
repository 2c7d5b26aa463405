import { describe, expect, test } from 'vitest'
import { fault, play } from '../../support/world.js'

const site = (faults: string, hotline = '', more = '', lasts = '3600s') => `
lasts: ${lasts}
warmup: 0s
users: { u: { to: web, arrive: constant(5/s), timeout: 5s } ${more} }
components:
  web: { kind: nginx, upstream: [app] }
  app: { kind: service, servers: unlimited, service: 10ms }
  h: { kind: hotline, targets: [web]${hotline} }
faults: [${faults}]
`
const seen = (text: string, replication = 0) => {
  const { model } = play(text, replication)
  const counts = model.components.get('h')!.extra(model.kernel.now)
  return { counts, detected: model.context.detections }
}
const crash = fault('crash', 'web', '100s', '600s')

// Nothing of it is measured: these hold what its options say.
describe('visitors who call', () => {
  test('a share of those who failed, heard after the delay; a few of them are believed', () => {
    const { counts, detected } = seen(site(crash, ', share: 100%, delay: 60s, enough: 3'))
    expect(counts.calls).toBe(600 * 5)
    // Refused at 100.0 s, 100.2 s and 100.4 s.
    expect(counts).toMatchObject({ believed: 1, time_to_detect_s: expect.closeTo(60.4, 6) })
    expect(detected.map(({ says }) => says)).toEqual(['told people that visitors call'])
    expect(seen(site(crash, ', share: 100%, delay: 60s, enough: 6')).counts.time_to_detect_s).toBeCloseTo(
      61,
      6,
    )
    const few = seen(site(crash, ', share: 10%'))
    expect(Math.abs(few.counts.calls! - 300)).toBeLessThan(4 * Math.sqrt(3000 * 0.1 * 0.9))
    expect(few.counts.time_to_detect_s).toBeGreaterThan(300 + 0.4)
  })

  test('nobody calls while all is well, and two calls are not believed', () => {
    expect(seen(site('')).counts).toMatchObject({ calls: 0, believed: 0 })
    const short = fault('crash', 'web', '100s', '300ms')
    expect(seen(site(short, ', share: 100%')).counts).toMatchObject({ calls: 2, believed: 0 })
    // In time: of calls that come so seldom none counts any more when the next is heard.
    const three = [100, 400, 700].map((at) => fault('crash', 'web', `${at}s`, '100ms')).join(', ')
    expect(seen(site(three, ', share: 100%, range: 15min')).counts).toMatchObject({ calls: 3, believed: 1 })
    expect(seen(site(three, ', share: 100%, range: 9min')).counts).toMatchObject({ calls: 3, believed: 0 })
  })

  test('once of a trouble that lasts, and again of the next', () => {
    const again = `${crash}, ${fault('crash', 'web', '2000s', '600s')}`
    expect(seen(site(again, ', share: 100%')).counts.believed).toBe(2)
    expect(seen(site(again, ', share: 100%, range: 2h')).counts.believed).toBe(1)
  })

  test('only those who ask what it is for, and no attackers', () => {
    const others =
      ', o: { to: app, arrive: constant(5/s) }, a: { to: web, arrive: constant(5/s), malicious: on }'
    const faults = `${crash}, ${fault('crash', 'app', '800s', '10s')}`
    // 600 s at the web server; then 10 s of 502 there, and who asks the application itself does not call.
    expect(seen(site(faults, ', share: 100%', others)).counts.calls).toBe((600 + 10) * 5)
  })

  test('in vain while nobody is there', () => {
    const faults = `${crash}, ${fault('crash', 'h', '50s', '3000s')}`
    expect(seen(site(faults, ', share: 100%')).counts.calls).toBe(0)
  })
})
