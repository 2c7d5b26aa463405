import { describe, expect, test } from 'vitest'
import { crc32 } from '../../../sim/components/nginx/crc32.js'
import { type Peer, Peers } from '../../../sim/components/nginx/peers.js'
import { type Balance, proposalsOf } from '../../../sim/components/nginx/proposals.js'
import type { Context } from '../../../sim/parts/context.js'
import { Request } from '../../../sim/parts/request.js'
import type { Wire } from '../../../sim/parts/wire.js'
import { Stream } from '../../../sim/random/stream.js'
import { play, problemsOf } from '../../support/world.js'

const SERVERS = ['127.0.0.1:30001', '127.0.0.1:30002', '127.0.0.1:30003']
/** The address of a request is its key. */
const context = { addresses: { of: ({ key }: Request) => key } } as unknown as Context
const stream = new Stream('draws')

function peersOf(by: Balance, options: Partial<Peer>[] = [], names = SERVERS) {
  const peers = names.map(
    (_, i): Peer => ({
      wire: { to: { inRotation: true } } as Wire,
      listed: true,
      weight: 1,
      maxFails: 1,
      failTimeout: 10,
      maxConns: Number.POSITIVE_INFINITY,
      backup: false,
      down: false,
      ...options[i],
    }),
  )
  const shares = peers.map(({ weight }, i) => ({ name: names[i]!, weight }))
  return new Peers(peers, false, 0, 0, proposalsOf(by, shares, context, stream))
}

const asking = (address: number) => Object.assign(new Request(), { key: address })
const addresses = Array.from({ length: 600 }, (_, i) => Math.imul(i, 0x9e3779b1) >>> 0)
/** The server of each. */
const homes = (peers: Peers, all = addresses, now = 0) =>
  all.map((one) => peers.pick(now, 0, undefined, asking(one)))
const share = (found: readonly number[], place: number) =>
  found.filter((one) => one === place).length / found.length

test('crc32 as zlib has it, of parts as of the whole', () => {
  const bytes = (text: string) => [...text].map((c) => c.charCodeAt(0))
  expect(crc32(bytes('123456789'))).toBe(0xcbf43926)
  expect(crc32(bytes('6789'), crc32(bytes('12345')))).toBe(0xcbf43926)
})

describe('what is proposed, one after the other, for some addresses', () => {
  // Of the modules' arithmetic with the CRC-32 of zlib (Python), outside of this program.
  const proposed = (by: Balance, address: number, weights = [1, 1, 1]) => {
    const shares = SERVERS.map((name, i) => ({ name, weight: weights[i]! }))
    const proposals = proposalsOf(by, shares, context, stream)!
    proposals.begin(asking(address), 0)
    return Array.from({ length: 6 }, () => 'abc'[proposals.next()]).join('')
  }

  test.each([
    [0x7f000001, 'ccbaaa', 'aabbaa', 'acaacc', 'aabbcb', 'baaaca'],
    [0xc0a80117, 'bccabb', 'cabcac', 'bcbaaa', 'ababab', 'ccaabc'],
    [0x0a000205, 'cabcbb', 'abacab', 'aabcbc', 'cccaac', 'bacccb'],
    [0x08080808, 'cbacba', 'abacba', 'ccaaac', 'ccbaaa', 'caccca'],
    [0xdeadbeef, 'bbacac', 'aacabc', 'babacb', 'caaccb', 'cbbabb'],
  ])('%i', (address, byNetwork, byText, byBytes, ringByText, ringByBytes) => {
    expect(proposed('ip_hash', address)).toBe(byNetwork)
    expect(proposed('hash $remote_addr', address)).toBe(byText)
    expect(proposed('hash $binary_remote_addr', address)).toBe(byBytes)
    expect(proposed('hash $remote_addr consistent', address)).toBe(ringByText)
    expect(proposed('hash $binary_remote_addr consistent', address)).toBe(ringByBytes)
  })

  test('by weight', () => {
    const weighed = [0x7f000001, 0xc0a80117, 0xdeadbeef].map((one) => proposed('ip_hash', one, [3, 1, 2]))
    expect(weighed).toEqual(['aaaabb', 'caabaa', 'acbaac'])
    for (const by of ['hash $remote_addr', 'hash $remote_addr consistent', 'random'] as const) {
      const found = homes(peersOf(by, [{ weight: 3 }, { weight: 1 }, { weight: 2 }]))
      expect(share(found, 0)).toBeGreaterThan(0.42)
      expect(share(found, 1)).toBeLessThan(0.24)
    }
  })
})

describe('of 600 addresses, one of 3 servers is lost, as measured on nginx 1.22.1', () => {
  const third = [1 / 3, 1 / 3, 1 / 3]

  test.each([
    ['ip_hash', third],
    ['hash $remote_addr', third],
    // What of the ring is theirs.
    ['hash $remote_addr consistent', [0.364, 0.345, 0.29]],
  ] as const)(
    '%s: each has its share; if it is marked down its addresses move, and no other',
    (by, shares) => {
      const before = homes(peersOf(by))
      const after = homes(peersOf(by, [{}, {}, { down: true }]))
      // Three standard deviations.
      for (const place of [0, 1, 2])
        expect(Math.abs(share(before, place) - shares[place]!)).toBeLessThan(0.06)
      expect(before.filter((one, i) => one !== 2 && one !== after[i])).toEqual([])
      expect(share(after, 2)).toBe(0)
      for (const place of [0, 1]) expect(Math.abs(share(after, place) - 1 / 2)).toBeLessThan(0.11)
    },
  )

  test('if it is not in the list two thirds move, and with consistent only its own', () => {
    const moved = (by: Balance) => {
      const before = homes(peersOf(by))
      const after = homes(peersOf(by, [], SERVERS.slice(0, 2)))
      const kept = before.flatMap((one, i) => (one === 2 ? [] : [after[i] === one]))
      return kept.filter((stays) => !stays).length / kept.length
    }
    // Measured .508 ± .048 of those of the others.
    expect(Math.abs(moved('hash $remote_addr') - 0.508)).toBeLessThan(2 * 0.048)
    expect(moved('hash $remote_addr consistent')).toBe(0)
  })

  test('ip_hash: all addresses of a network of 256 have one server', () => {
    const network = Array.from({ length: 256 }, (_, i) => 0x0a141e00 + i)
    expect(new Set(homes(peersOf('ip_hash'), network)).size).toBe(1)
    expect(new Set(homes(peersOf('hash $remote_addr'), network)).size).toBe(3)
  })
})

describe('who may not be used is passed over', () => {
  const all = [
    'ip_hash',
    'hash $remote_addr',
    'hash $remote_addr consistent',
    'random',
    'random two',
  ] as const

  test.each(all)(
    '%s: a server that has failed, for fail_timeout; one that is full; one that was tried',
    (by) => {
      const peers = peersOf(by, [{ maxConns: 1 }])
      const of = (now: number, tried = 0) =>
        [...new Set(addresses.map((one) => peers.pick(now, tried, undefined, asking(one))))].sort()
      peers.taken(2)
      peers.done(2, true, 0)
      expect(of(5)).toEqual([0, 1])
      expect(of(5, 0b10)).toEqual([0])
      peers.taken(0)
      expect(of(5)).toEqual([1])
      // One try of it, and while that goes on no other.
      const again = addresses.map((one) => peers.pick(11, 0, undefined, asking(one)))
      expect(again.filter((one) => one === 2)).toHaveLength(1)
    },
  )

  test.each(all)('%s: after 21 that may not be used servers take turns', (by) => {
    const found = homes(peersOf(by, [{ weight: 500, down: true }, {}, {}]), addresses.slice(0, 100))
    expect(Math.abs(share(found, 1) - share(found, 2))).toBeLessThan(0.2)
    expect(share(found, 1) + share(found, 2)).toBe(1)
  })

  test('a further try draws anew, and hashes as before', () => {
    const same = (by: Balance) => {
      const peers = peersOf(by)
      const of = (tries: number) => addresses.map((one) => peers.pick(0, 0, undefined, asking(one), tries))
      const second = of(1)
      return of(0).filter((one, i) => one === second[i]).length / addresses.length
    }
    expect(Math.abs(same('random') - 1 / 3)).toBeLessThan(0.06)
    expect(same('ip_hash')).toBe(1)
  })

  test('with nobody to take it is -1, and the only server of a group is taken whatever it did', () => {
    expect(homes(peersOf('ip_hash', [{ down: true }, { down: true }, { down: true }]), [1])).toEqual([-1])
    const single = peersOf('hash $remote_addr', [], ['a'])
    single.taken(0)
    single.done(0, true, 0)
    expect(homes(single, [1])).toEqual([0])
  })
})

describe('nginx with it', () => {
  const site = (balance: string, { users = '', servers = '[a, b, c, d]', faults = '', rate = 100 } = {}) => `
lasts: 30s
warmup: 0s
users: { u: { arrive: poisson(${rate}/s), to: web${users} } }
components:
  web: { kind: nginx, service: 0s, balance: ${balance}, upstream: ${servers} }
  a: { kind: service, servers: unlimited, service: 200ms }
${['b', 'c', 'd'].map((name) => `  ${name}: { kind: service, servers: unlimited, service: 50ms }`).join('\n')}
faults: [${faults}]
`
  const sentTo = ({ model }: ReturnType<typeof play>) =>
    model.wires.filter(({ from }) => from === 'web').map(({ sent }) => sent)

  test.each([
    ['random', 0.242, 88.431],
    ['random two least_conn', 0.121, 70.954],
    ['least_conn', 0.106, 69],
  ])(
    '%s before servers of 200, 50, 50, 50 ms: the slow one has %d of all, the mean is %d ms (measured)',
    (by, slow, ms) => {
      const run = play(site(by))
      const sent = sentTo(run)
      expect(Math.abs(sent[0]! / run.ended.length - slow)).toBeLessThan(0.02)
      const mean = run.ended.reduce((sum, { arrived, ended }) => sum + ended - arrived, 0) / run.ended.length
      expect(Math.abs(1000 * mean - ms)).toBeLessThan(4)
    },
  )

  test('an address has its server, whichever worker has the request, and another while that is dead', () => {
    const one = { users: ', addresses: { count: 1 }', rate: 20 }
    for (const by of ['ip_hash', 'hash $remote_addr', 'hash $binary_remote_addr consistent']) {
      const alone = sentTo(play(site(`${by}, worker_processes: 4`, one)))
      expect(alone.filter((n) => n > 0)).toHaveLength(1)
      const home = 'abcd'[alone.findIndex((n) => n > 0)]
      const faults = `{ kind: crash, target: ${home}, at: 10s, for: 10s }`
      const run = play(site(by, { ...one, faults }))
      expect(sentTo(run).filter((n) => n > 2)).toHaveLength(2)
      expect(run.ended.filter(({ outcome, arrived }) => outcome !== 'ok' && arrived > 10)).toEqual([])
    }
  })

  test.each([
    ['hash $cookie_user', '[a]', 'expected one of round_robin, least_conn, ip_hash, hash $remote_addr'],
    [
      'ip_hash',
      '[a, { name: b, backup: on }]',
      'balance: ip_hash has no backup servers (nginx refuses to start)',
    ],
    ['random', '[a, { name: b, backup: on }]', 'balance: random has no backup servers'],
    [
      'hash $remote_addr consistent',
      '[a, { name: b, weight: 1000 }]',
      'expected weights of 1000 or less together, not 1001',
    ],
  ])('%s before %s is told', (by, servers, message) => {
    const problems = problemsOf(site(by, { servers }))
    expect(problems).toHaveLength(1)
    expect(problems[0]).toContain(message)
  })
})
