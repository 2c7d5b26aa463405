import { describe, expect, test } from 'vitest'
import { type Ended, play, problemsOf, responses, tally } from '../../support/world.js'

const site = (dns: string, faults: string, lasts = '100s') => `
lasts: ${lasts}
warmup: 0s
users: { u: { arrive: constant(10/s), to: www, timeout: 5s } }
components:
  www: { kind: dns, addresses: [a, b], ${dns} }
  a: { kind: service, servers: unlimited, service: 1ms }
  b: { kind: service, servers: unlimited, service: 1ms }
faults: [${faults}]
`
const lost = (ended: readonly Ended[]) =>
  ended.filter(({ outcome }) => outcome !== 'ok').map((r) => r.arrived)

describe('a name that is gone (NXDOMAIN)', () => {
  test('RFC 2308: resolvers that ask meanwhile keep that for negative_ttl, though the name is back', () => {
    const fault = '{ kind: nxdomain, target: www, at: 20s, for: 10s }'
    const { ended } = play(site('ttl: 1s, resolvers: 1, negative_ttl: 40s', fault))
    expect(tally(ended.filter(({ outcome }) => outcome !== 'ok'))).toEqual({ dns_failed: lost(ended).length })
    // An answer of up to a second lives on; then the first who asks makes it so for 40 s.
    const first = Math.min(...lost(ended))
    expect(first).toBeGreaterThan(20)
    expect(first).toBeLessThan(21.2)
    expect(Math.max(...lost(ended))).toBeCloseTo(first + 39.9, 6)
  })

  test('by default for 15 min, as Route 53 has it: the TTL of its SOA record is 900', () => {
    const { ended } = play(
      site('ttl: 1s, resolvers: 1', '{ kind: nxdomain, target: www, at: 20s, for: 1.5s }', '1000s'),
    )
    expect(Math.max(...lost(ended)) - Math.min(...lost(ended))).toBeCloseTo(899.9, 6)
  })

  test('who shares no resolver sees it as long as it is there', () => {
    const { ended } = play(
      site('resolvers: unlimited', '{ kind: nxdomain, target: www, at: 20.05s, for: 10s }'),
    )
    expect(lost(ended)).toHaveLength(100)
    expect(responses(ended.filter(({ outcome }) => outcome !== 'ok'))).toEqual([0])
  })

  test('a long TTL hides it, a chain is as good as its weakest name', () => {
    const fault = '{ kind: nxdomain, target: www, at: 20s, for: 10s }'
    expect(lost(play(site('ttl: 1d, resolvers: 1', fault)).ended)).toEqual([])
    const chain = site('ttl: 1s', fault.replace('www', 'name'))
      .replace('[a, b]', '[name]')
      .replace(
        'components:',
        'components:\n  name: { kind: dns, addresses: [a], ttl: 1s, resolvers: 1, negative_ttl: 30s }',
      )
    expect(lost(play(chain).ended).length).toBeGreaterThan(280)
  })

  test('it strikes names, those of several name servers too, and nothing else', () => {
    const fault = '{ kind: nxdomain, target: a, at: 20s }'
    expect(problemsOf(site('ttl: 1s', fault))).toEqual([expect.stringContaining('a is no name (kind: dns)')])
    const servers = site('ttl: 1s, name_servers: [ns]', fault.replace('target: a', 'target: www')).replace(
      'components:',
      'components:\n  ns: { kind: nameserver }',
    )
    expect(lost(play(servers).ended).length).toBeGreaterThan(780)
  })
})

describe('an address that is another one', () => {
  const move = '{ kind: crash, target: a, at: 20.05s, for: 10s, address: new }'

  test('resolvers that know the old one send visitors there until the TTL is over', () => {
    const { ended } = play(site('ttl: 30s, resolvers: 1', move).replace('[a, b]', '[a]'))
    const late = ended.filter(({ outcome, arrived }) => outcome !== 'ok' && arrived > 30.05)
    expect(tally(late)).toEqual({ timeout: late.length })
    expect(late.length).toBeGreaterThan(0)
    expect(Math.max(...late.map((r) => r.arrived))).toBeLessThan(60.2)
    const none = play(site('resolvers: unlimited', move).replace('[a, b]', '[a]')).ended
    expect(none.filter(({ outcome, arrived }) => outcome !== 'ok' && arrived > 30.1)).toEqual([])
  })

  const tries = 'ttl: 1h, resolvers: 1, try_next: on, connect_timeout: 500ms'

  test('with try_next they try another one when nobody answers at it', () => {
    const { ended } = play(site(tries, move))
    expect(tally(ended)).toEqual({ ok: ended.length })
    expect(responses(ended.filter(({ arrived }) => arrived > 31))).toEqual([0.501])
  })

  test('the one that is tried next may be the old one', () => {
    const faults = `${move}, { kind: crash, target: b, at: 50.05s }`
    const { ended } = play(site(tries, faults).replace('[a, b]', '[b, a]'))
    const late = ended.filter(({ arrived }) => arrived > 50.1)
    expect(tally(late)).toEqual({ connect_timeout: late.length })
    expect(responses(late)).toEqual([0.5])
  })
})
