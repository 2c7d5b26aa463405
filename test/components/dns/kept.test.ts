import { expect, test } from 'vitest'
import { looks, tally, world } from '../../support/world.js'

/** Visitors who keep their connections for a second, to boxes that have a place for each. */
const site = (box: string, addresses: string, rest = '') => `
lasts: 120s
warmup: 0s
users: { v: { arrive: poisson(20/s), to: d, timeout: 5s, keepalive: 1s } }
components:
  d: { kind: dns, addresses: [${addresses}], ttl: 3s, resolvers: 7 }
  one: { kind: ${box} }
  two: { kind: ${box} }
  s: { kind: service, servers: unlimited, service: 10ms }${rest}`

const kinds = ['haproxy, servers: [s], maxconn: 40', 'apache, service: 10ms, max_request_workers: 40']

test.each(kinds)('connections that visitors keep past a name server are closed where they are: %s', (box) => {
  for (const addresses of ['one', 'one, two', 'one, two, s']) {
    const { model, ended } = world(site(box, addresses))
    const boxes = ['one', 'two'].map((name) => model.components.get(name)!)
    const idle = () => boxes.reduce((sum, { idleConnections }) => sum + idleConnections, 0)
    const then = looks(model, [60, 119], idle)
    model.run()
    expect(Object.keys(tally(ended)), addresses).toEqual(['ok'])
    for (const n of then) expect(n).toBeLessThan(45)
  }
})

test('who goes to another address leaves no connection behind', () => {
  const { model } = world(site(kinds[0]!, 'one, two').replace('ttl: 3s', 'ttl: 0s'))
  const [one, two] = ['one', 'two'].map((name) => model.components.get(name)!)
  const most = looks(model, [30, 60, 90, 119], () => one!.idleConnections + two!.idleConnections)
  model.run()
  // Twenty a second that stay for a second, and what is closed a hundredth later.
  for (const idle of most) expect(idle).toBeLessThan(45)
  expect(Math.max(...most)).toBeGreaterThan(5)
})
