import { firstNotBelow } from '../../arithmetic/first-not-below.js'
import { type Algorithm, SCALE, type Server, type Visitor } from './server.js'
import { mapOfTurns } from './static-rr.js'

/** How visitors are told apart: 32 bits. */
export type KeyOf = (visitor: Visitor) => number

/**
 * SRV_EWGHT_RANGE, the largest weight in sixteenths: how far the points of two servers are apart before they are
 * scattered.
 */
const RANGE = 256 * SCALE

const { imul } = Math

/**
 * `hash-type map-based` of HAProxy: the key modulo the sum of the weights is a place in a map of turns, which is made
 * anew when a server comes or goes: most keys move then. Who has the place is chosen, full or not.
 */
export class MapBased implements Algorithm {
  private map: readonly Server[] = []

  constructor(
    private readonly servers: readonly Server[],
    private readonly keyOf: KeyOf,
  ) {
    this.up()
  }

  pick(visitor: Visitor): Server | null {
    return this.map.length === 0 ? null : this.map[this.keyOf(visitor) % this.map.length]!
  }

  up(): void {
    this.map = mapOfTurns(this.servers)
  }

  down(): void {
    this.up()
  }

  loaded(): void {}

  /** The map is not made anew: static. */
  weighed(): void {}
}

/**
 * `hash-type consistent` of HAProxy: each server has as many points on a ring of 2^32 as its weight has sixteenths, and
 * a key belongs to the point that is closest, full or not. The keys of one that goes fall to others, and no other moves.
 * Source: HAProxy 2.6: lb_chash.c (point i of a server is full_hash(puid * SRV_EWGHT_RANGE + i); chash_get_server_hash
 * takes the closest, and goes on from there past who has just failed), get_server_sh of backend.c (the key is the address,
 * through full_hash too, since that is the avalanche of `consistent` without a function).
 */
export class Consistent implements Algorithm {
  /** The points in their order, and whose each is. */
  private points: Float64Array = new Float64Array(0)
  private owners: Server[] = []

  constructor(
    private readonly servers: readonly Server[],
    private readonly keyOf: KeyOf,
  ) {
    this.up()
  }

  pick(visitor: Visitor, _retry: number, avoid: Server | null): Server | null {
    const { owners } = this
    const n = owners.length
    if (n === 0) return null
    const closest = this.closest(scatter(this.keyOf(visitor)))
    for (let i = 0; i < n; i++) {
      const owner = owners[(closest + i) % n]!
      if (owner !== avoid) return owner
    }
    return owners[closest]!
  }

  up(): void {
    const all = this.servers.flatMap((server) =>
      server.usable
        ? Array.from({ length: server.share }, (_, i) => ({
            point: scatter(server.id * RANGE + i),
            server,
          }))
        : [],
    )
    all.sort((a, b) => a.point - b.point)
    this.points = Float64Array.from(all, ({ point }) => point)
    this.owners = all.map(({ server }) => server)
  }

  down(): void {
    this.up()
  }

  loaded(): void {}

  weighed(): void {
    this.up()
  }

  /** The place of the point that is closest to `key`; of two the one before it. */
  private closest(key: number): number {
    const { points } = this
    const place = firstNotBelow(points, key)
    const next = place < points.length ? place : 0
    const before = (place > 0 ? place : points.length) - 1
    // Distances go round the ring.
    const behind = (key - points[before]!) >>> 0
    const ahead = (points[next]! - key) >>> 0
    return behind <= ahead ? before : next
  }
}

/** `hash_sdbm` of HAProxy (hash.c), of what is ASCII: what URIs and headers are hashed by. */
export function sdbm(text: string): number {
  let hash = 0
  for (let i = 0; i < text.length; i++) hash = (text.charCodeAt(i) + (hash << 6) + (hash << 16) - hash) | 0
  return hash >>> 0
}

/** `full_hash` of HAProxy (intops.h): Bob Jenkins' hash of four bytes with full avalanche, times a large prime. */
function scatter(number: number): number {
  let a = number | 0
  a = (a + 0x7ed55d16 + (a << 12)) | 0
  a = a ^ 0xc761c23c ^ (a >>> 19)
  a = (a + 0x165667b1 + (a << 5)) | 0
  a = ((a + 0xd3a2646c) | 0) ^ (a << 9)
  a = (a + 0xfd7046c5 + (a << 3)) | 0
  a = a ^ 0xb55a4f09 ^ (a >>> 16)
  return imul(a, 3221225473) >>> 0
}
