import { describe, expect, it, test } from 'vitest'
import { looks, problemsOf, world } from '../../support/world.js'

/** 40/s one after the other at a and b, whose agent says `says`; its server may have more `options`. */
const site = (says: string, { haproxy = '', options = 'agent_inter: 1s', more = '', faults = '' } = {}) => `
lasts: 28s
warmup: 0s
users: { u: { arrive: constant(40/s), to: lb } }
components:
  lb:
    kind: haproxy
    service: 0s
    timeout_connect: 1s
    ${haproxy}
    servers:
      - { name: a, weight: 100 }
      - { name: b, weight: 100, agent_check: on, agent_says: ${says}, ${options} }
  a: { kind: service, servers: unlimited, service: 5ms }
  b: { kind: service, servers: 2, service: 5ms }
${more}
faults: [${faults}]
`

/** The share of b in each of `spans`, and all requests that failed. */
function shares(text: string, spans: readonly (readonly [from: number, till: number])[]) {
  const { model, ended } = world(text)
  const sent: { to: string; at: number }[] = []
  for (const wire of model.wires.filter((w) => w.from === 'lb')) {
    const send = wire.send.bind(wire)
    wire.send = (request) => {
      if (!request.check) sent.push({ to: wire.towards, at: model.kernel.now })
      send(request)
    }
  }
  model.run()
  const failed = ended.filter(({ outcome }) => outcome !== 'ok').length
  const of = spans.map(([from, till]) => {
    const among = sent.filter(({ at }) => at >= from && at < till)
    return among.filter(({ to }) => to === 'b').length / among.length
  })
  return { shares: of, failed, model }
}

const STEPS = '{ 0s: 50%, 5s: drain, 10s: ready, 13s: 100%, 18s: down, 23s: up }'

// HA_agent_weights of what was measured on 2.6.12: the second half of each step.
test('50%, drain, ready, 100%, down, up: the shares as measured, within a second, and no error', () => {
  const spans = [
    [2.5, 5],
    [7.5, 10],
    [11.5, 13],
    [15.5, 18],
    [20.5, 23],
    [25.5, 28],
  ] as const
  const { shares: seen, failed, model } = shares(site(STEPS), spans)
  const measured = [0.33, 0, 0.333, 0.495, 0, 0.502]
  seen.forEach((share, i) => {
    expect(Math.abs(share - measured[i]!), `step ${i}: ${share}`).toBeLessThan(0.012)
  })
  expect(failed).toBe(0)
  expect(model.components.get('lb')!.extra(28)).toMatchObject({ agent_changes: 6 })
  const [down, up] = model.context.detections
  expect(down!.says).toBe('marked b down')
  expect(down!.at).toBeLessThanOrEqual(19)
  expect(up).toMatchObject({ says: 'marked b up' })
})

const half = [[14, 28]] as const
const shareWith = (says: string, more: Parameters<typeof site>[1] = {}) =>
  shares(site(says, more), half).shares[0]

describe('what words do', () => {
  it('percents are of the weight, rounded down: 50% of a weight of 1 is none (server_parse_weight_change_request)', () => {
    const text = site('50%').replaceAll('weight: 100', 'weight: 1')
    expect(shares(text, half).shares).toEqual([0])
  })

  it('a weight is 256 at most', () => {
    expect(shareWith('1000%')).toBeCloseTo(256 / 356, 2)
  })

  it('stopped and fail are down, maint takes all from it', () => {
    for (const word of ['stopped', 'fail', 'maint', 'down 100%']) expect(shareWith(word), word).toBe(0)
  })

  it('what is said in one line holds together, in any order', () => {
    expect(shareWith('{ 0s: maint, 5s: "50% ready up" }')).toBeCloseTo(1 / 3, 2)
    expect(shareWith('{ 0s: drain down, 5s: ready, 7s: 50% }')).toBe(0)
  })

  it('up does not hold against checks that fail', () => {
    const crash = '{ kind: crash, target: b, at: 5s }'
    const options = 'agent_inter: 1s, check: on, inter: 1s'
    const { shares: seen, failed } = shares(site('up', { options, faults: crash }), half)
    expect(seen).toEqual([0])
    expect(failed).toBeGreaterThan(0)
  })

  it('an agent answers for a server that is dead, and not from a machine that is', () => {
    const dead = { faults: '{ kind: crash, target: b, at: 3s }' }
    expect(shareWith('{ 0s: 50%, 5s: down }', dead)).toBe(0)
    const cut = { faults: '{ kind: partition, target: b, at: 3s, for: 2s }' }
    expect(shareWith('{ 0s: 50%, 4s: drain, 5s: 100% }', cut)).toBeCloseTo(1 / 2, 2)
  })

  it('maxconn is that of the server from then on', () => {
    const { model } = world(
      site('{ 0s: maxconn:3, 10s: maxconn:1 }', { options: 'agent_inter: 1s, maxconn: 2' }).replace(
        'servers: 2, service: 5ms',
        'servers: unlimited, service: 1s',
      ),
    )
    const used = looks(model, [9, 20], () => model.components.get('b')!.probe.inside.value)
    model.run()
    expect(used).toEqual([3, 1])
  })
})

it('cpu: the idler its machine, the more it gets', () => {
  const slow = site('cpu', { more: 'hosts: { m: { cores: 2 } }' }).replace(
    'kind: service, servers: 2, service: 5ms',
    'kind: app, host: m, workers: 8, service: 50ms',
  )
  // x a second of 50 ms on two cores: idle 1 - x/40 = w, and x = 40 w / (1 + w): w = 0.618, x = 15.28.
  expect(shares(slow, half).shares[0]).toBeCloseTo(15.28 / 40, 1)
})

describe('spread_checks', () => {
  const gaps = (spread: number) => {
    const text = site('up', { haproxy: `spread_checks: ${spread}`, options: 'agent_inter: 1s' })
    const { model } = world(text)
    const at: number[] = []
    const wire = model.wires.find(({ to }) => to.name === 'lb@b')!
    const send = wire.send.bind(wire)
    wire.send = (request) => {
      at.push(model.kernel.now)
      send(request)
    }
    model.run()
    return at.slice(1).map((time, i) => time - at[i]!)
  }

  it('0: at their intervals', () => {
    expect(gaps(0).every((gap) => Math.abs(gap - 1) < 1e-9)).toBe(true)
  })

  it('40: from 0.6 to 1.4 of it', () => {
    const all = gaps(40)
    expect(Math.min(...all)).toBeGreaterThanOrEqual(0.6)
    expect(Math.max(...all)).toBeLessThanOrEqual(1.4)
    expect(Math.max(...all) - Math.min(...all)).toBeGreaterThan(0.5)
  })
})

describe('what does not fit is told', () => {
  const told = (server: string, haproxy = '') =>
    problemsOf(`
lasts: 10s
users: { u: { arrive: poisson(1/s), to: lb } }
components:
  lb: { kind: haproxy, timeout_connect: 1s, ${haproxy} servers: [{ name: b, ${server} }] }
  b: { kind: service, service: 1ms }
`).join('\n')

  it.each([
    ['agent_check: on', '', 'expected agent_says:, such as cpu'],
    ['agent_says: cpu', '', 'is for agent_check: on'],
    ['agent_inter: 1s', '', 'is for agent_check: on'],
    ['agent_check: on, agent_says: 50%', 'balance: first,', 'takes no percent but 0% and 100%'],
    ['agent_check: on, agent_says: "maxconn:3"', '', 'for a server that has a maxconn itself'],
    [
      'agent_check: on, agent_says: "maxconn:3", maxconn: 2, slowstart: 9s',
      '',
      'without minconn and slowstart',
    ],
    ['agent_check: on, agent_says: cpus', '', 'expected words of an agent: 75%, cpu,'],
    ['agent_check: on, agent_says: { 0s: up, now: down }', '', 'expected words of an agent'],
  ])('%s', (server, haproxy, words) => {
    expect(told(server, haproxy)).toContain(words)
  })

  it('0% and 100% are taken by any algorithm', () => {
    expect(told('agent_check: on, agent_says: { 0s: 0%, 1min: 100% }', 'balance: first,')).toBe('')
  })
})
