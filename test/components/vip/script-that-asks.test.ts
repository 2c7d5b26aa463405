import { expect, test } from 'vitest'
import { problemsOf, world } from '../../support/world.js'

const site = (script: string, fault = '{ kind: hang, target: lb-1, at: 10s, for: 14s }') => `
lasts: 40s
warmup: 0s
hosts: { h-1: {}, h-2: {} }
users: { u: { arrive: constant(1/h), to: vip } }
components:
  vip: { kind: vip, servers: [{ name: lb-1, priority: 150 }, { name: lb-2, priority: 100 }], track_script: { interval: 2s, fall: 2, rise: 2${script} } }
  lb-1: { kind: service, host: h-1, service: 1ms }
  lb-2: { kind: service, host: h-2, service: 1ms }
faults: [${fault}]
`

/** When nobody had the address, and when the other and the first took it: seconds. */
const learned = (text: string) =>
  Array.from({ length: 8 }, (_, replication) => {
    const { model } = world(text, replication)
    model.run()
    return model.context.detections.map(({ since, at }) => ({ since, at }))
  })

const within = (values: readonly number[], low: number, high: number) => {
  expect(Math.min(...values)).toBeGreaterThan(low - 1e-6)
  expect(Math.max(...values)).toBeLessThan(high + 1e-6)
  // The script is at any place in its interval.
  expect(Math.max(...values) - Math.min(...values)).toBeGreaterThan(0.5)
}

// Measured on keepalived 2.2.7, a script that never ends, interval 2, fall 2, rise 2: the first gave the address up 4.2,
// 4.8, 5.2 and 5.9 s after it hung, with timeout 1 twice 3.1 s; the other had it 0.62 s later; and the first again 5.6 to
// 7.3 s after scripts ended again, but for the one that was waited for.
test.each([
  [', script: request', 4],
  [', script: request, timeout: 1s', 3],
  // While it waits no other is run.
  [', script: request, timeout: 3s', 7],
])('a load balancer that hangs, %s: out after %d s and up to an interval', (script, least) => {
  const seen = learned(site(script))
  within(
    seen.map(([taken]) => taken!.since - 10),
    least,
    least + 2,
  )
  for (const [taken] of seen) expect(taken!.at - taken!.since).toBeCloseTo(156 / 256, 9)
  if (least > 4) return
  // What waits is answered as it goes on, and the next is the second.
  const back = seen.map(([, back]) => back!.at - 24 - 3 - 106 / 256)
  within(back, 4 - least, 6 - least)
})

test('killall -0 finds it there; and one that is gone is refused at once', () => {
  expect(learned(site('')).flat()).toEqual([])
  const dead = '{ kind: crash, target: lb-1, at: 10s }'
  within(
    learned(site(', script: request, timeout: 1s', dead)).map(([taken]) => taken!.since - 10),
    2,
    4,
  )
})

test('a timeout has no place where nothing is waited for', () => {
  expect(problemsOf(site(', timeout: 1s')).join()).toContain(
    'track_script.timeout: killall -0 answers at once',
  )
  expect(problemsOf(site(', script: curl')).join()).toContain('process')
})
