import { describe, expect, test } from 'vitest'
import { play, tally, world } from '../../support/world.js'

const site = (policy: string, servers = '[a, b, c]', service = '50ms') => `
lasts: 100s
warmup: 0s
users: { u: { arrive: constant(10/s), to: lb } }
components:
  lb: { kind: balancer, policy: ${policy}, servers: ${servers} }
  a: { kind: service, service: ${service} }
  b: { kind: service, service: ${service} }
  c: { kind: service, service: ${service} }
`
const sent = (text: string) => Object.fromEntries(play(text).model.wires.map((w) => [w.towards, w.sent]))

describe('balancer', () => {
  test('roundrobin takes turns, by weight', () => {
    const { a, b, c } = sent(site('roundrobin', '[a, b, { name: c, weight: 2 }]'))
    expect(c! / 2).toBeCloseTo(a!, -1)
    expect([a, b]).toEqual([250, 250])
  })

  test('leastconn and jsq leave a slow server alone: it has one request at a time', () => {
    for (const policy of ['leastconn', 'jsq']) {
      const text = site(policy).replace(
        'a: { kind: service, service: 50ms }',
        'a: { kind: service, service: 10s }',
      )
      expect(sent(text).a).toBeLessThanOrEqual(11)
      expect(sent(text).b).toBeGreaterThan(450)
    }
  })

  test.each(['random', 'random2'])('%s spreads evenly by chance', (policy) => {
    const { a, b, c, lb } = sent(site(policy))
    expect(a! + b! + c!).toBe(lb)
    for (const n of [a, b, c]) expect(Math.abs(n! - 333)).toBeLessThan(3.5 * Math.sqrt(1000 * (2 / 9)))
  })

  test('random2 draws two different servers: of three, the busiest never gets a request', () => {
    const text = site('random2').replace(
      'a: { kind: service, service: 50ms }',
      'a: { kind: service, service: 1000s }',
    )
    expect(sent(text).a).toBe(1)
  })

  test('what fails behind it fails: there are no checks', () => {
    const text = `${site('roundrobin')}\nfaults: [{ kind: crash, target: a, at: 0s }]`
    const counts = tally(play(text).ended)
    expect(counts.refused).toBe(334)
    expect(counts.ok).toBeGreaterThan(660)
  })

  test('its own crash resets what is inside, and it starts with empty hands', () => {
    const text = `${site('leastconn', '[a, b, c]', '250ms')}\nfaults: [{ kind: crash, target: lb, at: 50.04s, for: 10s }]`
    const counts = tally(play(text).ended)
    expect(counts.reset).toBe(3)
    expect(counts.refused).toBe(100)
  })

  test('after its crash it knows of no load: it chooses as at the start', () => {
    const text = `${site('leastconn', '[a, { name: b, weight: 2 }]', '10s')}\nfaults: [{ kind: crash, target: lb, at: 550ms, for: 100ms }]`
    const { model } = world(text)
    const seen: string[] = []
    for (const wire of model.wires.filter(({ from }) => from === 'lb')) {
      const send = wire.send.bind(wire)
      wire.send = (request) => {
        seen.push(wire.towards)
        send(request)
      }
    }
    model.run()
    // Five before the crash; the sixth is refused.
    expect([seen.slice(0, 5).join(''), seen.slice(5, 10).join('')]).toEqual(['abbba', 'abbba'])
  })

  test('when a caller hangs up it ends its own side too: a silent server is no busy one for ever', () => {
    const { model, ended } = play(`
lasts: 100s
warmup: 0s
hosts: { one: { cores: 1000 } }
users: { u: { arrive: constant(10/s), timeout: 1s, profile: { 0s: 100%, 90s: 0% }, to: lb } }
components:
  lb: { kind: balancer, policy: leastconn, servers: [a, b] }
  a: { kind: service, host: one, servers: unlimited, service: 500ms }
  b: { kind: service, servers: unlimited, service: 500ms }
faults: [{ kind: crash, target: one, at: 20s, for: 10s }]
`)
    const late = model.wires.filter((w) => w.from === 'lb').map((w) => w.sent)
    expect(tally(ended).timeout).toBeGreaterThan(10)
    // Half of the time from 30 s on, too.
    expect(late[0]).toBeGreaterThan(350)
    expect(model.components.get('lb')!.probe.inside.value).toBe(0)
    expect(model.context.requests.inUse).toBe(0)
  })
})
