import { expect, test } from 'vitest'
import { looks, problemsOf, response, world } from '../support/world.js'

const site = (users: string, direction = 'back') => `
lasts: 20s
warmup: 0s
users: { v: { arrive: trace(test/components/haproxy/three.csv), to: s, ${users} } }
components: { s: { kind: service, servers: unlimited, service: 100ms } }
wires: { v -> s: { latency: 5ms } }
faults: [{ kind: partition, target: v -> s, direction: ${direction}, at: 4.9s, for: 2.1s }]`

test('while only the way back is cut, a request on an open connection is served, and its answer is sent again', () => {
  const { model, ended } = world(site('requests_per_connection: unlimited'))
  const served = looks(model, [5.05, 5.2], () => model.components.get('s')!.probe.inside.value)
  model.run()
  expect(served).toEqual([1, 0])
  // Sent at 5.105 s and a tick, again after R, 2 R, ... of 218 ms, of which 16 R is the first after the cut.
  expect(ended.map(response)).toEqual([3.598, 0.11, 0.11])
})

test('and no connection is made', () => {
  const { model, ended } = world(site('requests_per_connection: 1'))
  model.run()
  // Its SYNs of 5, 6 and 8 s; the answers to the first two are lost.
  expect(ended.map(response)).toEqual([3.12, 0.12, 0.12])
})

test('it is a way that has a direction', () => {
  expect(problemsOf(site('').replace('target: v -> s', 'target: s')).join()).toMatch(
    'faults.0.direction: answers come back over a wire: target one',
  )
  expect(problemsOf(site('', 'forth')).join()).toMatch('expected one of both, back')
})
