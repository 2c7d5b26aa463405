import { describe, expect, test } from 'vitest'
import { looks, problemsOf, world } from '../../support/world.js'

/** Two equal servers, 100/s one after the other; b is away from second 1 on for `away`, and comes back. */
const site = ({
  haproxy = '',
  server = 'weight: 100, slowstart: 10s',
  work = '5ms',
  away = '3s',
  faults = '',
} = {}) => `
lasts: 30s
warmup: 0s
users: { u: { arrive: constant(100/s), to: lb } }
components:
  lb:
    kind: haproxy
    service: 0s
    timeout_connect: 1s
    redispatch: on
    default_server: { check: on, inter: 500ms, fall: 1, rise: 1, ${server} }
    servers: [a, b]
    ${haproxy}
  a: { kind: service, servers: unlimited, service: ${work} }
  b: { kind: service, servers: unlimited, service: ${work} }
faults: [{ kind: crash, target: b, at: 1s, for: ${away} }, ${faults}]
`

/** The share of b, second by second after it was marked up; and over the first ten of them. */
function shares(text: string, marked = 'marked b up'): number[] {
  const { model } = world(text)
  const sent: { to: string; at: number }[] = []
  for (const wire of model.wires.filter((w) => w.from === 'lb')) {
    const send = wire.send.bind(wire)
    wire.send = (request) => {
      if (!request.health) sent.push({ to: wire.towards, at: model.kernel.now })
      send(request)
    }
  }
  model.run()
  const up = model.context.detections.find(({ says }) => says === marked)!.at
  const share = (from: number, till: number) => {
    const among = sent.filter(({ at }) => at >= up + from && at < up + till)
    return among.filter(({ to }) => to === 'b').length / among.length
  }
  return [...Array.from({ length: 11 }, (_, second) => share(second, second + 1)), share(0, 10)]
}

const near = (measured: readonly number[], by: number) => (given: readonly number[]) =>
  given.forEach((share, i) => {
    expect(Math.abs(share - measured[i]!), `second ${i}: ${share}`).toBeLessThanOrEqual(by)
  })

describe('slowstart 10 s, the share of the returning of two equal servers', () => {
  const roundrobin = [0.05, 0.11, 0.2, 0.24, 0.3, 0.36, 0.38, 0.43, 0.45, 0.49, 0.5, 0.301]
  test.each([100, 1])('roundrobin with weight %i, second by second (measured on 2.6.12)', (weight) => {
    near(roundrobin, 0.011)(shares(site({ server: `weight: ${weight}, slowstart: 10s` })))
  })

  test('leastconn, 100 ms of work, second by second (measured on 2.6.12)', () => {
    const leastconn = [0.09, 0.1, 0.18, 0.19, 0.28, 0.36, 0.37, 0.42, 0.46, 0.46, 0.5, 0.291]
    near(leastconn, 0.021)(shares(site({ haproxy: 'balance: leastconn', work: '100ms' })))
  })

  test('random draws by the weight of the moment: w / (w + 16)', () => {
    const law = [1, 2, 4, 5, 7, 9, 10, 12, 13, 15, 16].map((w) => w / (w + 16))
    near([...law, 0.301], 0.13)(shares(site({ haproxy: 'balance: random(1)' })))
  })

  test('static-rr has no weight that grows, nor has anybody without slowstart', () => {
    const half = Array.from({ length: 12 }, () => 0.5)
    near(half, 0.011)(shares(site({ haproxy: 'balance: static-rr' })))
    near(half, 0.011)(shares(site({ server: 'weight: 100' })))
  })
})

/** Weight in sixteenths, slots, and those that are taken, of b at some times after the time at which it was marked up. */
function states(text: string, after: readonly number[]): [number, number, number][] {
  const up = (() => {
    const { model } = world(text)
    model.run()
    return model.context.detections.findLast(({ says }) => says === 'marked b up')!.at
  })()
  const { model } = world(text)
  const { server } = (
    model.components.get('lb') as unknown as {
      lines: { server: { share: number; maxconn: number; served: number } }[]
    }
  ).lines[1]!
  const seen: [number, number, number][] = []
  looks(
    model,
    after.map((seconds) => up + seconds),
    () => seen.push([server.share, server.maxconn, server.served]),
  )
  model.run()
  return seen
}

/** Requests that b has so long after it was marked up. */
function inService(text: string, after: number): number {
  const [, , served] = states(text, [after])[0]!
  return served
}

describe('weight and slots on the way', () => {
  test('of weight 100: 7, 13, 25, 32, 44, 57, 63, 75, 82, 94, 100, as HAProxy shows them (measured)', () => {
    const seconds = [0.4, 1.4, 2.4, 3.4, 4.4, 5.4, 6.4, 7.4, 8.4, 9.4, 10.4]
    expect(states(site(), seconds).map(([share]) => Math.ceil(share / 16))).toEqual([
      7, 13, 25, 32, 44, 57, 63, 75, 82, 94, 100,
    ])
  })

  test('maxconn grows by whole percents, from one slot on', () => {
    const seconds = [-0.1, 0.4, 1.4, 5.4, 9.4, 10.4]
    expect(states(site({ server: 'maxconn: 8, slowstart: 10s' }), seconds).map(([, slots]) => slots)).toEqual(
      [8, 1, 1, 4, 7, 8],
    )
  })

  test('a second time down begins anew, and a start of HAProxy itself ends it', () => {
    const again = site({ faults: '{ kind: crash, target: b, at: 7s, for: 1s }' })
    expect(states(again, [0.4, 1.4, 10.4]).map(([share]) => share)).toEqual([100, 200, 1600])
    const reborn = site({ faults: '{ kind: crash, target: lb, at: 7s, for: 1s }' })
    expect(states(reborn, [1.4, 4.4]).map(([share]) => share)).toEqual([200, 1600])
  })

  test('a process that hangs in between goes on by the clock', () => {
    const hung = site({ faults: '{ kind: hang, target: lb, at: 6s, for: 3s }' })
    expect(states(hung, [1.4, 7.4]).map(([share]) => share)).toEqual([200, 1200])
  })

  test('a slot that comes with time is filled from the queue, not only one that somebody leaves', () => {
    // Ten requests wait in the queue, a is away, and b needs longer than the test for each.
    const text = site({ server: 'maxconn: 10, slowstart: 10s', work: '1min', away: '2s' })
      .replace('constant(100/s)', 'constant(10/s)')
      .replace('faults: [', 'faults: [{ kind: crash, target: a, at: 0s }, ')
      .replace('timeout_connect: 1s', 'timeout_connect: 1s, timeout_queue: none'.replaceAll(', ', '\n    '))
    const served = [0.4, 2.4, 5.4, 8.4].map((after) => inService(text, after))
    expect(served).toEqual([1, 2, 5, 8])
  })
})

test('what is no duration is told', () => {
  expect(problemsOf(site({ server: 'slowstart: soon' }))[0]).toContain('slowstart')
})
