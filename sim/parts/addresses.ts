import type { Stream } from '../random/stream.js'
import { Zipf } from '../random/zipf.js'
import { familyOf, type Request } from './request.js'

const { imul } = Math

/** How visitors of one name have addresses. */
interface Population {
  /** People who ask again and again (closed users); `Infinity`: each who comes is another. */
  readonly people: number
  /** Requests beside each that he came for, with keys of their own (assets of a page). */
  readonly assets: number
  /** Whether one of them asks more than once, as far as boxes can know (`comesAgain`). */
  readonly again: boolean
  /** Addresses that they share, if there are so many only, and the exponent of how often each asks. */
  readonly addresses: { readonly count: number; readonly zipf?: number | undefined } | undefined
}

interface Law {
  /** So many keys in a row are one visitor's. */
  readonly each: number
  readonly people: number
  readonly family: number
  readonly again: boolean
  readonly count: number
  readonly zipf: Zipf | null
  readonly stream: Stream
}

/** Tells the family of the assets of pages from that of those who load them. */
export const assetsOf = (users: string): number => familyOf(`${users}\nassets`)

/**
 * The addresses of visitors, for boxes that tell visitors apart by them. One has the same in all that he asks, at every
 * try. Where users have no `addresses:` each who comes has his own.
 */
export class Addresses {
  private readonly laws = new Map<number, Law>()
  /** Whether any of them asks more than once. */
  some = false

  /** @param stream of their own, with which visitors choose */
  open(users: string, { people, assets, again, addresses }: Population, stream: Stream): void {
    const family = familyOf(users)
    const zipf = addresses?.zipf === undefined ? null : new Zipf(addresses.count, addresses.zipf)
    const law = { people, family, again, count: addresses?.count ?? 0, zipf, stream }
    this.some ||= again
    this.laws.set(family, { ...law, each: 1 })
    if (assets > 0) this.laws.set(assetsOf(users), { ...law, each: assets })
  }

  /** Whether who asks may ask again under the same address. */
  again({ family }: Pick<Request, 'family'>): boolean {
    return this.laws.get(family)?.again === true
  }

  /** 32 bits: no two of one name of users are the same, and they are scattered as those of people all over the world. */
  of({ key, family }: Pick<Request, 'key' | 'family'>): number {
    const law = this.laws.get(family)
    if (law === undefined) return scattered(key, family)
    const visit = Math.floor(key / law.each)
    const visitor = law.people < Number.POSITIVE_INFINITY ? visit % law.people : visit
    return scattered(this.placeOf(visitor, law), law.family)
  }

  /**
   * Who keeps what an answer gives him: each of those who ask again and again, else all of one address, else one visit.
   * No two are the same. -1: it is no visitor's.
   */
  browserOf({ key, family }: Pick<Request, 'key' | 'family'>): number {
    const law = this.laws.get(family)
    if (law === undefined) return -1
    const visit = Math.floor(key / law.each)
    const own = law.people < Number.POSITIVE_INFINITY ? visit % law.people : this.placeOf(visit, law)
    return law.family * 2 ** 32 + own
  }

  /** Whether whoever sends it will come again, on another visit. */
  returns({ family }: Pick<Request, 'family'>): boolean {
    const { people, count } = this.laws.get(family)!
    return people < Number.POSITIVE_INFINITY || count > 0
  }

  /** The address of a visitor among those of his users. */
  private placeOf(visitor: number, law: Law): number {
    return law.count === 0 ? visitor : this.drawn(visitor, law)
  }

  private drawn(visitor: number, { stream, zipf, family, count }: Law): number {
    const place = stream.at(visitor, 0, family)
    return zipf === null ? place.below(count) : zipf.sample(place)
  }
}

/** A bijection of 32 bits for each family, with good avalanche ("lowbias32" of Chris Wellons). */
function scattered(number: number, family: number): number {
  let x = (number ^ imul(family + 1, 0x9e3779b9)) | 0
  x = imul(x ^ (x >>> 16), 0x7feb352d)
  x = imul(x ^ (x >>> 15), 0x846ca68b)
  return (x ^ (x >>> 16)) >>> 0
}
