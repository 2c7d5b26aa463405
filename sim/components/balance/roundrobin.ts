import type { Algorithm, Server } from './server.js'

/** HAProxy computes with weights in sixteenths (slow start moves in such steps), and with at most 256 of them. */
const SCALE = 16
const LARGEST = 256 * SCALE

/** Where a server stands in the schedule. */
class Place {
  readonly share: number
  /** Position at which it is due, and what the division has left over. */
  due = 0
  rest = 0
  /** Where it was due before. */
  last = 0
  order = 0
  where: 'first' | 'now' | 'later' | null = null

  constructor(readonly server: Server) {
    this.share = server.weight * SCALE
  }
}

/**
 * `balance roundrobin` of HAProxy: each server is due again after a distance that its weight decides, so that
 * the turns of a heavy server are spread between those of the others (fast weighted round robin).
 *
 * A round is as long as the sum of the weights. Servers wait in three lists: those that begin this round (the
 * heaviest first), those already on their way in it (by position), and those for the next round. A server that
 * comes up in mid-round gets its first turn in what is left of the round, sooner if it is heavy.
 * Sequences measured on HAProxy 2.6.12.
 */
export class RoundRobin implements Algorithm {
  private readonly places: Place[] = []
  private round = 0
  private nextRound = 0
  private position = 0
  private entries = 0
  /** Of the present pick: those that have had their turn in vain. */
  private readonly passed: Place[] = []

  constructor(servers: readonly Server[]) {
    for (const server of servers) this.places[server.place] = new Place(server)
    for (const place of this.places) {
      if (place === undefined || !place.server.usable) continue
      this.nextRound += place.share
      this.enter(place, 'first')
    }
    this.beginRound()
  }

  pick(_key: number, _attempt: number, avoid: Server | null): Server | null {
    if (this.round === 0) this.beginRound()
    const { passed } = this
    let avoided: Place | null = null
    let chosen: Place | null = null
    let switched = false
    while (chosen === null) {
      const place = this.next()
      if (place === null) {
        if (switched) break
        this.turnOver()
        switched = true
        continue
      }
      this.advance(place)
      place.where = null
      this.position++
      if (!place.server.full) {
        if (place.server !== avoid) chosen = place
        else avoided = place
      }
      // One that is full or avoided has had its turn all the same.
      if (chosen === null) passed.push(place)
    }
    chosen ??= avoided
    if (chosen !== null) this.queue(chosen)
    for (let place = passed.pop(); place !== undefined; place = passed.pop()) {
      if (place === chosen) continue
      if (switched) this.enter(place, 'later')
      else this.queue(place)
    }
    return chosen === null ? null : chosen.server
  }

  up(server: Server): void {
    const place = this.places[server.place]!
    this.nextRound += place.share
    place.due = this.position + Math.trunc((this.nextRound + this.round - this.position) / place.share)
    this.queue(place)
  }

  down(server: Server): void {
    const place = this.places[server.place]!
    this.nextRound -= place.share
    place.where = null
  }

  loaded(): void {}

  /** The one whose turn it is: due by now, else the heaviest that has not begun, else the next on the way. */
  private next(): Place | null {
    const onTheWay = this.least('now', earlier)
    if (onTheWay !== null && onTheWay.due <= this.position) return onTheWay
    const beginner = this.least('first', heavier)
    if (beginner === null) return onTheWay
    beginner.due = 0
    beginner.rest = 0
    return beginner
  }

  private advance(place: Place): void {
    if (place.due === 0) place.due = this.position
    place.last = place.due
    place.due += Math.trunc(this.nextRound / place.share)
    place.rest += this.nextRound % place.share
    if (place.rest >= place.share) {
      place.rest -= place.share
      place.due++
    }
  }

  private queue(place: Place): void {
    if (place.due >= 2 * this.round || place.due >= this.round + this.nextRound) {
      place.due -= this.round
      this.enter(place, 'later')
    } else {
      this.enter(place, 'now')
    }
  }

  private enter(place: Place, where: 'first' | 'now' | 'later'): void {
    place.where = where
    place.order = ++this.entries
  }

  private turnOver(): void {
    for (const place of this.places) {
      if (place?.where === 'later') place.where = 'first'
    }
    this.beginRound()
  }

  private beginRound(): void {
    this.round = this.nextRound
    this.position = this.round
  }

  private least(where: Place['where'], before: (a: Place, b: Place) => boolean): Place | null {
    let best: Place | null = null
    for (const place of this.places) {
      if (place?.where === where && (best === null || before(place, best))) best = place
    }
    return best
  }
}

function earlier(a: Place, b: Place): boolean {
  if (a.due !== b.due) return a.due < b.due
  const bias = (place: Place) => Math.trunc((LARGEST + place.rest - place.share) / SCALE)
  return bias(a) !== bias(b) ? bias(a) < bias(b) : a.order < b.order
}

function heavier(a: Place, b: Place): boolean {
  return a.share !== b.share ? a.share > b.share : a.order < b.order
}
