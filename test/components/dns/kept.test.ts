import { expect, test } from 'vitest'
import { tally, world } from '../../support/world.js'

// Each place that stays taken is one less: after two seconds there would be none.
test.each([
  ['haproxy, servers: [s], maxconn: 40', 'off'],
  ['apache, service: 10ms, max_request_workers: 40', 'off'],
  ['haproxy, servers: [s], maxconn: 40', 'on'],
  ['apache, service: 10ms, max_request_workers: 40', 'on'],
])('who keeps connections past a name server leaves none behind: %s, try_next %s', (box, tries) => {
  const { model, ended } = world(`
lasts: 60s
warmup: 0s
users: { v: { arrive: poisson(20/s), to: d, timeout: 5s, keepalive: 1s } }
components:
  d: { kind: dns, addresses: [one, two], ttl: 3s, try_next: ${tries} }
  one: { kind: ${box} }
  two: { kind: ${box} }
  s: { kind: service, servers: unlimited, service: 10ms }`)
  model.run()
  expect(tally(ended)).toEqual({ ok: ended.length })
  expect(model.context.requests.inUse).toBe(0)
})
