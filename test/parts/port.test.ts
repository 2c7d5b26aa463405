import { describe, expect, test } from 'vitest'
import { State, Syn, synOf } from '../../sim/parts/port.js'
import { looks, world } from '../support/world.js'

const nameOf = (syn: Syn) => Object.keys(Syn).find((name) => Syn[name as keyof typeof Syn] === syn)
const yesAndNo = [true, false]

test.each([
  // power, state, full, quiet: `any` stands for all.
  ['off', 'any', 'any', 'any', 'silence'],
  ['on', 'gone', 'any', false, 'refused'],
  ['on', 'starting', 'any', false, 'refused'],
  ['on', 'serving', false, 'any', 'accepted'],
  ['on', 'serving', true, 'any', 'turnedAway'],
  ['on', 'hanging', false, false, 'accepted'],
  ['on', 'hanging', true, false, 'silence'],
  ['on', 'gone', 'any', true, 'silence'],
  ['on', 'starting', 'any', true, 'silence'],
  ['on', 'hanging', 'any', true, 'silence'],
] as const)('power %s, %s, queue full: %s, quiet: %s: %s', (power, state, full, quiet, syn) => {
  const states = state === 'any' ? Object.values(State) : [State[state]]
  for (const one of states)
    for (const isFull of full === 'any' ? yesAndNo : [full])
      for (const isQuiet of quiet === 'any' ? yesAndNo : [quiet])
        expect(nameOf(synOf({ power: power === 'on', state: one, full: isFull, quiet: isQuiet }))).toBe(syn)
})

/** What a SYN meets at each of the times, second by second, from the way of the users and at `box` itself. */
function meets(components: string, faults: string, times: readonly number[], box = 'box') {
  const { model } = world(`
lasts: 60s
warmup: 0s
hosts: { h: { cores: 1 } }
users: { u: { arrive: constant(1/min), to: box } }
components:
${components}
faults:
${faults}`)
  const seen = looks(model, times, () => nameOf(model.components.get(box)!.syn))
  model.run()
  return seen
}

describe('a box meets a SYN as its kind does', () => {
  const behind = '  a: { kind: service, service: 1ms }'
  const faults = (target: string) => `
  - { kind: crash, target: ${target}, at: 5s, for: 5s }
  - { kind: hang, target: ${target}, at: 15s, for: 5s }`
  const times = [1, 6, 11, 16, 21]

  test.each([
    ['a server', 'service, service: 1ms', ['accepted', 'refused', 'accepted', 'accepted', 'accepted']],
    ['a WAF', 'firewall, mode: waf, to: a', ['accepted', 'refused', 'accepted', 'accepted', 'accepted']],
    ['a packet filter', 'firewall, to: a', ['accepted', 'silence', 'accepted', 'silence', 'accepted']],
    ['one that fails open', 'firewall, fail_open: on, to: a', new Array(5).fill('accepted')],
    ['resolvers', 'dns, addresses: [a]', new Array(5).fill('accepted')],
    [
      'a database that recovers for 2 s',
      'mysql, service: 1ms, recovery: 2s',
      ['accepted', 'refused', 'refused', 'accepted', 'accepted'],
    ],
  ])('%s, over a crash and a hang of its process', (_, kind, expected) => {
    expect(meets(`  box: { kind: ${kind} }\n${behind}`, faults('box'), times)).toEqual(expected)
  })

  test.each([
    ['a server', 'service, service: 1ms', 'silence'],
    ['a WAF', 'firewall, mode: waf, to: a', 'silence'],
    ['one that fails open', 'firewall, fail_open: on, to: a', 'accepted'],
    ['resolvers', 'dns, addresses: [a]', 'accepted'],
  ])('%s, once its machine is dead', (_, kind, expected) => {
    const fault = '  - { kind: crash, target: h, at: 5s }'
    expect(meets(`  box: { host: h, kind: ${kind} }\n${behind}`, fault, [6])).toEqual([expected])
  })

  test.each([
    ['a WAF', 'firewall, mode: waf, to: a', ['accepted', 'accepted', 'accepted']],
    ['a packet filter', 'firewall, to: a', ['accepted', 'refused', 'silence']],
    [
      'one that fails open',
      'firewall, fail_open: on, mode: packet, to: a',
      ['accepted', 'refused', 'silence'],
    ],
    ['a virtual address', 'vip, servers: [a]', ['accepted', 'turnedAway', 'turnedAway']],
  ])('%s, by what stands behind: the process dies, then the machine', (_, kind, expected) => {
    const both = '  - { kind: crash, target: a, at: 5s }\n  - { kind: crash, target: h, at: 10s }'
    const components = `  box: { kind: ${kind} }\n  a: { kind: service, service: 1ms, host: h }`
    expect(meets(components, both, [1, 6, 11])).toEqual(expected)
  })

  test('whether load balancers send there is another matter', () => {
    const { model } = world(`
lasts: 20s
warmup: 0s
users: { u: { arrive: constant(1/min), to: a } }
components: { a: { kind: service, service: 1ms } }
faults: [{ kind: maintenance, target: a, at: 5s, for: 10s, drain: 5s }]`)
    const a = model.components.get('a')!
    const seen = looks(model, [1, 6], () => [nameOf(a.syn), a.inRotation])
    model.run()
    expect(seen).toEqual([
      ['accepted', true],
      ['accepted', false],
    ])
  })
})
