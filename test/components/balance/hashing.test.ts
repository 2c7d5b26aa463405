import { describe, expect, test } from 'vitest'
import { Consistent, MapBased } from '../../../sim/components/balance/hashing.js'
import { type Algorithm, Server } from '../../../sim/components/balance/server.js'
import { Addresses } from '../../../sim/parts/addresses.js'
import { familyOf } from '../../../sim/parts/request.js'
import { Stream } from '../../../sim/random/stream.js'

const visitor = (key: number, family = 0) => ({ key, family, draws: (stream: Stream) => stream })
const addresses = new Addresses()

/** So many servers of weight 1, asked for so many keys. */
class Backend {
  readonly servers: Server[]
  private readonly algorithm: Algorithm

  constructor(
    type: typeof MapBased | typeof Consistent,
    n: number,
    private readonly keys = 1000,
  ) {
    this.servers = Array.from({ length: n }, (_, place) => new Server(place, 1))
    for (const server of this.servers) server.usable = true
    this.algorithm = new type(this.servers, (one) => addresses.of(one))
  }

  turn(place: number, usable: boolean): void {
    const server = this.servers[place]!
    server.usable = usable
    if (usable) this.algorithm.up(server)
    else this.algorithm.down(server)
  }

  weigh(place: number, share: number): void {
    this.servers[place]!.share = share
    this.algorithm.weighed(this.servers[place]!)
  }

  /** The server of each key. */
  homes(avoid: Server | null = null): number[] {
    return Array.from({ length: this.keys }, (_, key) => this.algorithm.pick(visitor(key), 0, avoid)!.place)
  }

  shares(): number[] {
    const homes = this.homes()
    return this.servers.map(({ place }) => homes.filter((home) => home === place).length / homes.length)
  }
}

/** Shares of the keys that move when the second server goes: of all, and of those that were not there. */
function moves(backend: Backend): { ofAll: number; ofOthers: number; back: boolean } {
  const before = backend.homes()
  backend.turn(1, false)
  const after = backend.homes()
  backend.turn(1, true)
  const moved = before.filter((home, key) => home !== after[key])
  const others = before.filter((home) => home !== 1)
  return {
    ofAll: moved.length / before.length,
    ofOthers: moved.filter((home) => home !== 1).length / others.length,
    back: backend.homes().every((home, key) => home === before[key]),
  }
}

describe('1000 keys when one server goes down, measured on HAProxy 2.6.12', () => {
  // Within 3 standard deviations of 1000 keys.
  test.each([
    [3, 0.667, 0.501],
    [10, 0.905, 0.895],
  ])('map-based, %i servers: %d of all move, %d of those that were elsewhere', (n, ofAll, ofOthers) => {
    const moved = moves(new Backend(MapBased, n))
    expect(Math.abs(moved.ofAll - ofAll)).toBeLessThan(0.047)
    expect(Math.abs(moved.ofOthers - ofOthers)).toBeLessThan(0.05)
    expect(moved.back).toBe(true)
  })

  test.each([
    [3, 0.286],
    [10, 0.08],
  ])('consistent, %i servers: only the %d that were there move', (n, share) => {
    const backend = new Backend(Consistent, n)
    const there = backend.shares()[1]!
    const moved = moves(backend)
    expect(Math.abs(there - share)).toBeLessThan(0.043)
    expect(moved).toEqual({ ofAll: there, ofOthers: 0, back: true })
  })

  test.each([
    [3, 0.363, 0.286, 0.513],
    [10, 0.141, 0.068, null],
  ])(
    'consistent, %i servers: the points are uneven, shares from %d down to %d',
    (n, largest, smallest, down) => {
      const backend = new Backend(Consistent, n, 100_000)
      const shares = backend.shares()
      expect(Math.abs(Math.max(...shares) - largest)).toBeLessThan(0.012)
      expect(Math.abs(Math.min(...shares) - smallest)).toBeLessThan(0.012)
      backend.turn(1, false)
      if (down !== null) expect(Math.abs(Math.max(...backend.shares()) - down)).toBeLessThan(0.012)
    },
  )

  test('map-based is as even as the keys', () => {
    for (const share of new Backend(MapBased, 10, 100_000).shares())
      expect(Math.abs(share - 0.1)).toBeLessThan(0.003)
  })
})

describe('who is chosen', () => {
  test('a full server all the same, and nobody where none is usable', () => {
    for (const type of [MapBased, Consistent]) {
      const backend = new Backend(type, 2)
      const before = backend.homes()
      backend.servers[0]!.maxconn = 0
      expect(backend.homes()).toEqual(before)
      backend.turn(0, false)
      backend.turn(1, false)
      expect(() => backend.homes()).toThrow()
    }
  })

  test('consistent passes over who has just failed, map-based does not', () => {
    const consistent = new Backend(Consistent, 3)
    expect(new Set(consistent.homes(consistent.servers[1]!))).toEqual(new Set([0, 2]))
    const map = new Backend(MapBased, 3)
    expect(map.homes(map.servers[1]!)).toEqual(map.homes())
    const alone = new Backend(Consistent, 1)
    expect(new Set(alone.homes(alone.servers[0]!))).toEqual(new Set([0]))
  })

  test('consistent has as many points as the weight of the moment has sixteenths; the map is static', () => {
    const consistent = new Backend(Consistent, 2, 20_000)
    consistent.weigh(1, 1)
    expect(consistent.shares()[1]).toBeLessThan(0.15)
    const map = new Backend(MapBased, 2)
    const before = map.homes()
    map.weigh(1, 1)
    expect(map.homes()).toEqual(before)
  })
})

describe('addresses', () => {
  const family = familyOf('web')
  const of = (population: Parameters<Addresses['open']>[1], keys: number, who = family) => {
    const own = new Addresses()
    own.open('web', population, new Stream('test'))
    return Array.from({ length: keys }, (_, key) => own.of({ key, family: who }))
  }
  const people = Number.POSITIVE_INFINITY
  const different = (list: readonly number[]) => new Set(list).size

  test('each who comes has his own, closed users one each, those with a count at most so many', () => {
    expect(different(of({ people, assets: 0, again: false, addresses: undefined }, 5000))).toBe(5000)
    expect(different(of({ people: 7, assets: 0, again: false, addresses: undefined }, 5000))).toBe(7)
    expect(different(of({ people, assets: 0, again: false, addresses: { count: 40 } }, 5000))).toBe(40)
  })

  test('zipf: the first of 1000 asks as often as the law says', () => {
    const list = of({ people, assets: 0, again: false, addresses: { count: 1000, zipf: 1 } }, 20_000)
    const counts = new Map<number, number>()
    for (const address of list) counts.set(address, (counts.get(address) ?? 0) + 1)
    // 1 / H(1000) = 1 / 7.485.
    expect(Math.abs(Math.max(...counts.values()) / 20_000 - 0.1336)).toBeLessThan(0.008)
  })

  test('the assets of a page come from where the page is asked for', () => {
    const pages = of({ people, assets: 3, again: false, addresses: { count: 50 } }, 10)
    const assets = of(
      { people, assets: 3, again: false, addresses: { count: 50 } },
      30,
      familyOf('web\nassets'),
    )
    expect(assets).toEqual(pages.flatMap((address) => [address, address, address]))
  })
})
