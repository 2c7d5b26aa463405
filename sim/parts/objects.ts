import type { Stream } from '../random/stream.js'
import { Zipf } from '../random/zipf.js'
import { assetsOf } from './addresses.js'
import { familyOf, type Request } from './request.js'

/** What visitors of one name ask for, and how popular each of it is. */
interface Law {
  readonly popularity: Zipf
  readonly stream: Stream
}

/**
 * What is asked for: one of the objects of the site, of which the first is the most popular one. It is the same at every
 * box and at every try; users of several names, and all request classes, ask for the same objects. Where users have no
 * `objects:` each asks for another.
 */
export class Objects {
  private readonly laws = new Map<number, Law>()
  /** How many there are. */
  count = 0

  /** @param stream of their own, with which visitors choose */
  open(users: string, { count, zipf }: { count: number; zipf: number }, stream: Stream): void {
    const law = { popularity: new Zipf(count, zipf), stream }
    this.count = Math.max(this.count, count)
    this.laws.set(familyOf(users), law)
    this.laws.set(assetsOf(users), law)
  }

  /** From 0 on, by popularity; -1: one that nobody else asks for. */
  of({ key, family }: Pick<Request, 'key' | 'family'>): number {
    const law = this.laws.get(family)
    return law === undefined ? -1 : law.popularity.sample(law.stream.at(key, 0, family))
  }

  /** Its name in a URI: `1`, `2`, ... by popularity. */
  nameOf(request: Pick<Request, 'key' | 'family'>): string {
    const object = this.of(request)
    return object < 0 ? `${request.family}-${request.key}` : String(object + 1)
  }
}
