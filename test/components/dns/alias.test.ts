import { expect, test } from 'vitest'
import { Structure } from '../../../sim/experiments/structure.js'
import { parseScenario } from '../../../sim/scenario/parse.js'
import { play, response, responses, tally } from '../../support/world.js'

/** `www` is an alias (CNAME) of `site`, which other name servers know, and which has the address. */
const chain = ({ www, site = www, faults = '', lasts = '60s', more = '' }: Record<string, string>) => `
lasts: ${lasts}
warmup: 0s
hosts: { m-1: {}, m-2: {} }
users: { u: { arrive: constant(1/s), to: www } }
components:
  www: { kind: dns, name_servers: [ns-1], addresses: [site], ${www} }
  site: { kind: dns, name_servers: [ns-2], addresses: [a], ${site}${more} }
  ns-1: { kind: nameserver, host: m-1, service: 0s }
  ns-2: { kind: nameserver, host: m-2, service: 0s }
  a: { kind: service, servers: unlimited, service: 10ms }
wires:
  www -> ns-1: { latency: 20ms }
  site -> ns-2: { latency: 50ms }
  site -> a: { latency: 5ms }
faults: [${faults}]
`
/** Of a lookup each, and of the connection to the address with the answer. */
const [ALIAS, ADDRESS, REST] = [0.04, 0.1, 0.03]

test.each(['off', 'on'])(
  'nobody keeps anything: each name is looked up, and then the address is called, try_next %s',
  (tries) => {
    const { ended } = play(chain({ www: 'resolvers: unlimited, ttl: 0s', more: `, try_next: ${tries}` }))
    expect(tally(ended)).toEqual({ ok: ended.length })
    expect(responses(ended)).toEqual([+(ALIAS + ADDRESS + REST).toFixed(6)])
  },
)

test('each has a TTL of its own: the alias is asked for once in an hour, the address every ten seconds', () => {
  const { ended, model } = play(
    chain({ www: 'resolvers: 1, ttl: 1h', site: 'resolvers: 1, ttl: 10s', lasts: '1h' }),
  )
  const asked = (name: string) => model.components.get(name)!.probe.outcomes[0]!
  expect(asked('ns-1')).toBe(1)
  // Once in the TTL and the gap to the next visitor.
  expect(Math.abs(asked('ns-2') - 3600 / 10)).toBeLessThan(36)
  expect(ended.filter((r) => response(r) > REST + 0.01).length).toBe(asked('ns-1') + asked('ns-2'))
})

test('the name servers of the address are dead: who is told the alias still cannot go on, once the TTL is over', () => {
  const options = { www: 'resolvers: 1, ttl: 1d', site: 'resolvers: 1, ttl: 60s', lasts: '200s' }
  const { ended } = play(chain({ ...options, faults: '{ kind: crash, target: ns-2, at: 0s }' }))
  const failed = ended.filter((r) => r.outcome === 'dns_failed')
  expect(Math.min(...failed.map((r) => r.arrived))).toBeLessThanOrEqual(61)
  expect(tally(ended.filter((r) => r.arrived > 61))).toEqual({ dns_failed: expect.any(Number) })
})

test('by the wiring the name servers of both are needed', () => {
  const scenario = parseScenario(chain({ www: 'ttl: 1min' }), 'chain.yaml')
  expect(new Structure(scenario).cutSets(1)).toEqual([['m-1'], ['m-2'], ['a']])
})
