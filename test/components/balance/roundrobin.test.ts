import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { RoundRobin } from '../../../sim/components/balance/roundrobin.js'
import { Server } from '../../../sim/components/balance/server.js'
import { Request } from '../../../sim/parts/request.js'
import { Stream } from '../../../sim/random/stream.js'

/** As many servers of one weight, with at most two requests each. */
class Backend {
  readonly servers: Server[]
  readonly algorithm: RoundRobin

  constructor(n: number, weight: number) {
    this.servers = Array.from({ length: n }, (_, place) => new Server(place, weight, 2))
    for (const server of this.servers) server.usable = true
    this.algorithm = new RoundRobin(this.servers)
  }

  pick(avoid: Server | null = null): number | undefined {
    return this.algorithm.pick(new Request(), 0, avoid)?.place
  }

  weigh(place: number, sixteenths: number): void {
    const server = this.servers[place]!
    server.share = sixteenths
    if (server.usable) this.algorithm.weighed(server)
  }

  turn(place: number, usable: boolean): void {
    const server = this.servers[place]!
    if (server.usable === usable) return
    server.usable = usable
    if (usable) this.algorithm.up(server)
    else this.algorithm.down(server)
  }
}

const place = fc.integer({ min: 0, max: 4 })
const action = fc.oneof(
  fc.record({ picks: fc.integer({ min: 1, max: 30 }) }),
  fc.record({ avoid: place }),
  fc.record({ turn: place, usable: fc.boolean() }),
  fc.record({ weigh: place, sixteenths: fc.integer({ min: 1, max: 48 }) }),
  fc.record({ load: place, served: fc.constantFrom(0, 2) }),
)

test('plain turns leave the schedule where it would be if every turn had been worked out', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 0, max: 1000 }),
      fc.array(action, { maxLength: 30 }),
      (n, weight, turns, actions) => {
        const plain = new Backend(n, weight)
        const scheduled = new Backend(n, weight)
        // Its schedule is worked out from the beginning.
        Object.assign(scheduled.algorithm, { plain: false })
        for (let i = 0; i < turns; i++) expect(plain.pick()).toBe(scheduled.pick())
        for (const action of actions) {
          for (const backend of [plain, scheduled]) {
            if ('turn' in action) backend.turn(action.turn % n, action.usable)
            else if ('weigh' in action) backend.weigh(action.weigh % n, action.sixteenths)
            else if ('load' in action) backend.servers[action.load % n]!.served = action.served
          }
          const picks = 'picks' in action ? action.picks : 1
          const avoid = 'avoid' in action ? action.avoid % n : -1
          for (let i = 0; i < picks; i++)
            expect(plain.pick(plain.servers[avoid])).toBe(scheduled.pick(scheduled.servers[avoid]))
        }
      },
    ),
    { numRuns: 300 },
  )
})

/**
 * One of two servers is dead and still trusted: whoever meets it asks again, and then avoids it. Of the fresh requests
 * a share p meets it. Each of these passes it over once more and leaves it next, where the turns would go on
 * alternating, so that p = (1 + p) / (2 + p), the golden section, where redispatches come at other times than fresh
 * requests; one after the other (measured on HAProxy 2.6.12: 60 of 60) every request meets it.
 */
describe('a server that is passed over', () => {
  const share = (delay: (i: number) => number) => {
    const backend = new Backend(2, 1)
    const dead = backend.servers[0]!
    const due: number[] = []
    let met = 0
    const fresh = 20_000
    for (let i = 0; i < fresh; i++) {
      for (let n = due.filter((at) => at <= i).length; n > 0; n--) expect(backend.pick(dead)).toBe(1)
      due.splice(0, due.length, ...due.filter((at) => at > i))
      if (backend.pick() === 0) {
        met++
        due.push(i + delay(i))
      }
    }
    return met / fresh
  }

  test('one request after the other, each meets the dead one first', () => {
    expect(share(() => 0.5)).toBeCloseTo(1, 3)
  })

  test('with others in between, the golden section of them', () => {
    const stream = new Stream('redispatch')
    expect(share(() => 1 + stream.below(40))).toBeCloseTo((Math.sqrt(5) - 1) / 2, 1)
  })
})
