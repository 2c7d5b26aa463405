import { describe, expect, test } from 'vitest'
import { type Peer, Peers } from '../../../sim/components/nginx/peers.js'
import type { Wire } from '../../../sim/parts/wire.js'

const peer = (weight = 1, options: Partial<Peer> = {}): Peer => ({
  wire: { to: { inRotation: true } } as Wire,
  listed: true,
  weight,
  maxFails: 1,
  failTimeout: 10,
  maxConns: Number.POSITIVE_INFINITY,
  backup: false,
  down: false,
  ...options,
})
const group = (weights: number[]) => weights.map((weight) => peer(weight))
const letters = (places: number[]) => places.map((place) => (place < 0 ? '-' : 'abc'[place])).join('')
const turns = (peers: Peers, n: number) => letters(Array.from({ length: n }, () => peers.pick(0, 0)))

describe('smooth weighted round robin, as measured on nginx 1.22.1', () => {
  test.each([
    [[1, 1], 'abababababababababababababababababababab'],
    [[1, 1, 1], 'abcabcabcabcabcabcabcabcabcabcabcabcabca'],
    [[3, 1], 'aabaaabaaabaaabaaabaaabaaabaaabaaabaaaba'],
    [[2, 1, 1], 'abcaabca'],
    [[3, 2, 1], 'abacbaabacba'],
    [[1, 2], 'babbab'],
    [[5, 1, 1], 'aabacaa'],
  ])('weights %j', (weights, sequence) => {
    expect(turns(new Peers(group(weights), false), sequence.length)).toBe(sequence)
  })

  test('current weights of 5, 1, 1 after each turn, as in the commit that introduced it', () => {
    const peers = new Peers(group([5, 1, 1]), false)
    const trace = Array.from({ length: 7 }, () => {
      peers.pick(0, 0)
      return peers.states.map((state) => state.current)
    })
    expect(trace).toEqual([
      [-2, 1, 1],
      [-4, 2, 2],
      [1, -4, 3],
      [-1, -3, 4],
      [4, -2, -2],
      [2, -1, -1],
      [0, 0, 0],
    ])
  })

  test('a peer that failed comes back with a small weight, which grows by one a turn', () => {
    const peers = new Peers([peer(4, { maxFails: 2 }), peer(4)], false)
    expect(peers.pick(0, 0)).toBe(0)
    peers.taken(0)
    peers.done(0, true, 0)
    expect(peers.states[0]!.effective).toBe(2)
    const effective = Array.from({ length: 3 }, () => {
      peers.pick(0, 0)
      return peers.states[0]!.effective
    })
    expect(effective).toEqual([3, 4, 4])
  })
})

describe('least_conn', () => {
  const hold = (peers: Peers, n: number) =>
    letters(
      Array.from({ length: n }, () => {
        const place = peers.pick(0, 0)
        peers.taken(place)
        return place
      }),
    )

  test('nine requests that are held, equal weights: as measured', () => {
    expect(hold(new Peers(group([1, 1, 1]), true), 9)).toBe('abccbaabc')
  })

  test('requests that follow one another take turns: as measured', () => {
    expect(turns(new Peers(group([1, 1, 1]), true), 12)).toBe('abcabcabcabc')
  })

  test('connections count by weight', () => {
    const held = hold(new Peers(group([3, 1]), true), 40)
    expect(held.split('a').length - 1).toBe(30)
  })
})

describe('who is left out', () => {
  test('a server at max_conns, one that is down, one that has been tried, one that is drained', () => {
    const drained = peer()
    const behind = drained.wire.to as { inRotation: boolean }
    const peers = new Peers([peer(1, { maxConns: 1 }), peer(1, { down: true }), drained], false)
    expect(turns(peers, 4)).toBe('acac')
    peers.taken(0)
    expect(turns(peers, 4)).toBe('cccc')
    behind.inRotation = false
    expect(turns(peers, 1)).toBe('-')
    behind.inRotation = true
    expect(peers.pick(0, 0b100)).toBe(-1)
    peers.done(0, false, 0)
    expect(peers.pick(0, 0b100)).toBe(0)
  })

  test('backups, unless all others are unavailable', () => {
    const peers = new Peers([peer(), peer(1, { backup: true })], false)
    expect(turns(peers, 3)).toBe('aaa')
    peers.taken(0)
    peers.done(0, true, 0)
    expect(turns(peers, 3)).toBe('bbb')
    expect(peers.pick(11, 0)).toBe(0)
  })

  test('a server that failed, for fail_timeout on a clock of whole seconds, then one try; success clears it', () => {
    const peers = new Peers(group([1, 1]), false)
    const fail = (now: number) => {
      peers.taken(0)
      peers.done(0, true, now)
    }
    const usedAt = (now: number) => [peers.pick(now, 0), peers.pick(now, 0)].includes(0)
    fail(5.9)
    expect(usedAt(15.99)).toBe(false)
    // While the one try is under way nobody else goes there.
    expect(peers.pick(16, 0b10)).toBe(0)
    expect(usedAt(16.5)).toBe(false)
    fail(17)
    expect(usedAt(27.9)).toBe(false)
    expect(peers.pick(28, 0b10)).toBe(0)
    peers.taken(0)
    peers.done(0, false, 28.5)
    expect(usedAt(28.6)).toBe(true)
  })

  test('nobody with max_fails 0, nor the only server of a group', () => {
    for (const peers of [
      new Peers([peer(1, { maxFails: 0 }), peer(1, { down: true })], false),
      new Peers([peer()], false),
    ]) {
      for (let i = 0; i < 5; i++) {
        expect(peers.pick(i, 0)).toBe(0)
        peers.taken(0)
        peers.done(0, true, i)
      }
    }
  })
})
