import { type Algorithm, SCALE, type Server, type Visitor } from './server.js'

/** The largest weight. */
const LARGEST = 256 * SCALE

/** The lists that a server can stand in. */
const Where = {
  none: 0,
  /** Begins this round. */
  first: 1,
  /** Is on its way in this round. */
  now: 2,
  /** For the next round. */
  later: 3,
} as const
type Where = (typeof Where)[keyof typeof Where]

/** Where a server stands in the schedule. */
class Place {
  /** What the schedule has of it. */
  share: number
  /** The length of the next round, divided by the share: from one turn to the next, and what is left over. */
  step = 0
  left = 0
  /** Position at which it is due, and what the division has left over. */
  due = 0
  rest = 0
  /** The position before that. */
  last = 0
  order = 0
  where: Where = Where.none

  constructor(readonly server: Server) {
    this.share = server.share
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
 *
 * As long as all servers have one weight and take what they are given, they simply take turns: the schedule is only
 * worked out when something else happens.
 */
export class RoundRobin implements Algorithm {
  private readonly places: readonly Place[]
  /** Nothing but plain turns so far: how many, and whose is next. */
  private plain: boolean
  private turns = 0
  private turn = 0
  private round = 0
  private nextRound = 0
  private position = 0
  private entries = 0
  /** Of the present pick: those that have had their turn in vain. */
  private readonly passed: Place[] = []

  constructor(servers: readonly Server[]) {
    this.places = servers.map((server) => new Place(server))
    this.plain =
      servers.length > 0 && servers.every(({ usable, weight }) => usable && weight === servers[0]!.weight)
    for (const place of this.places) {
      if (!place.server.usable) continue
      this.lengthen(place.share)
      this.enter(place, Where.first)
    }
    this.beginRound()
  }

  pick(_visitor: Visitor, _retry: number, avoid: Server | null): Server | null {
    if (this.plain === true) {
      const { server } = this.places[this.turn]!
      if (server !== avoid && server.served < server.maxconn) {
        this.turn = this.turn + 1 < this.places.length ? this.turn + 1 : 0
        this.turns++
        return server
      }
      this.catchUp()
    }
    return this.choose(avoid)
  }

  /** Brings the schedule to where plain turns have led; after a whole round it is where it was a round before. */
  private catchUp(): void {
    if (!this.plain) return
    this.plain = false
    const turns = this.turns > this.round ? this.round + (this.turns % this.round) : this.turns
    for (let i = 0; i < turns; i++) this.step()
  }

  private step(): void {
    if (this.next() === null) this.turnOver()
    const place = this.next()!
    this.take(place)
    this.queue(place)
  }

  private choose(avoid: Server | null): Server | null {
    if (this.round === 0) this.beginRound()
    const place = this.next()
    if (place === null || place.server === avoid || place.server.full) return this.search(avoid)
    this.take(place)
    this.queue(place)
    return place.server
  }

  /** The first in the schedule that can be taken. */
  private search(avoid: Server | null): Server | null {
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
      this.take(place)
      if (!place.server.full) {
        if (place.server !== avoid) chosen = place
        else avoided = place
      }
      // One that is full or avoided has had its turn all the same.
      if (chosen === null) passed.push(place)
    }
    chosen ??= avoided
    if (chosen !== null) this.queue(chosen)
    if (passed.length > 0) this.requeue(passed, chosen, switched)
    return chosen === null ? null : chosen.server
  }

  private requeue(passed: Place[], chosen: Place | null, switched: boolean): void {
    for (let place = passed.pop(); place !== undefined; place = passed.pop()) {
      if (place === chosen) continue
      if (switched) this.enter(place, Where.first)
      else this.queue(place)
    }
  }

  up(server: Server): void {
    this.catchUp()
    const place = this.placeOf(server)
    place.share = server.share
    this.lengthen(place.share)
    place.due = this.position + Math.trunc((this.nextRound + this.round - this.position) / place.share)
    this.queue(place)
  }

  down(server: Server): void {
    this.catchUp()
    const place = this.placeOf(server)
    this.lengthen(-place.share)
    place.where = Where.none
  }

  loaded(): void {}

  /**
   * One that has not begun stands among the others by its weight; one on its way is due again after the new distance, if
   * that is sooner, and not before the turn after the next (measured on HAProxy 2.6.12).
   */
  weighed(server: Server): void {
    this.catchUp()
    const place = this.placeOf(server)
    this.lengthen(server.share - place.share, place)
    if (place.where === Where.first) {
      this.enter(place, Where.first)
      return
    }
    const { position, round } = this
    const due = place.where === Where.later ? place.due - round : place.due
    place.due = Math.min(place.last + place.step, due)
    if (place.due < position + 2) place.due = position + place.step
    this.queue(place)
  }

  /** The one whose turn it is: due by now, else the heaviest that has not begun, else the next on the way. */
  private next(): Place | null {
    let onTheWay: Place | null = null
    let beginner: Place | null = null
    for (let i = 0; i < this.places.length; i++) {
      const place = this.places[i]!
      if (place.where === Where.now) {
        if (onTheWay === null || earlier(place, onTheWay)) onTheWay = place
      } else if (place.where === Where.first) {
        if (beginner === null || heavier(place, beginner)) beginner = place
      }
    }
    if (beginner === null || (onTheWay !== null && onTheWay.due <= this.position)) return onTheWay
    beginner.due = 0
    beginner.rest = 0
    return beginner
  }

  /** It has its turn. */
  private take(place: Place): void {
    place.where = Where.none
    if (place.due === 0) place.due = this.position
    place.last = place.due
    place.due += place.step
    place.rest += place.left
    if (place.rest >= place.share) {
      place.rest -= place.share
      place.due++
    }
    this.position++
  }

  private queue(place: Place): void {
    const later = place.due >= 2 * this.round || place.due >= this.round + this.nextRound
    this.enter(place, later ? Where.later : Where.now)
  }

  private enter(place: Place, where: Where): void {
    place.where = where
    place.order = ++this.entries
  }

  private turnOver(): void {
    for (const place of this.places) {
      if (place.where === Where.later) place.where = Where.first
    }
    this.beginRound()
  }

  private beginRound(): void {
    this.round = this.nextRound
    this.position = this.round
  }

  /** The next round becomes longer, or shorter. @param of whose share does */
  private lengthen(by: number, of: Place | null = null): void {
    this.nextRound += by
    if (of !== null) of.share += by
    for (const place of this.places) {
      place.step = Math.trunc(this.nextRound / place.share)
      place.left = this.nextRound % place.share
    }
  }

  private placeOf(server: Server): Place {
    return this.places.find((place) => place.server === server)!
  }
}

function earlier(a: Place, b: Place): boolean {
  if (a.due !== b.due) return a.due < b.due
  const ofA = bias(a)
  const ofB = bias(b)
  return ofA !== ofB ? ofA < ofB : a.order < b.order
}

function bias({ rest, share }: Place): number {
  return Math.trunc((LARGEST + rest - share) / SCALE)
}

function heavier(a: Place, b: Place): boolean {
  return a.share !== b.share ? a.share > b.share : a.order < b.order
}
