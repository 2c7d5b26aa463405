import { describe, expect, test } from 'vitest'
import { Kernel } from '../../sim/kernel/kernel.js'
import { Context } from '../../sim/parts/context.js'
import { outcomeNames } from '../../sim/parts/outcome.js'
import { Request } from '../../sim/parts/request.js'
import { Station } from '../../sim/parts/station.js'
import { Probe } from '../../sim/stats/probe.js'

const context = () => new Context(new Kernel(), ['low', 'high'], '1', 0)
const requestOf = (kind: number): Request => {
  const request = new Request()
  request.class = kind
  return request
}

test('one slot, a slow request, and 30,000 behind it that give it back at once: they are served in a loop', () => {
  const served: Request[] = []
  const slow = new Request()
  const station: Station = new Station(context(), {
    servers: 1,
    places: Number.POSITIVE_INFINITY,
    probe: new Probe(outcomeNames.length),
    begin: (request) => {
      if (request === slow) return
      served.push(request)
      station.leave(request)
    },
  })
  station.join(slow)
  const others = Array.from({ length: 30_000 }, () => new Request())
  for (const other of others) station.join(other)
  expect(served).toEqual([])
  station.leave(slow)
  expect(served.length).toBe(others.length)
  expect(served.every((request, i) => request === others[i])).toBe(true)
  expect([station.taken, station.waiting]).toEqual([0, 0])
})

test('among equals, who came first: with two and more of each priority waiting', () => {
  const served: Request[] = []
  const station = new Station(context(), {
    servers: 1,
    places: Number.POSITIVE_INFINITY,
    probe: new Probe(outcomeNames.length),
    priority: [0, 1],
    begin: (request) => served.push(request),
  })
  const [first, a, b, c, x, y, z] = [0, 0, 0, 0, 1, 1, 1].map(requestOf) as [
    Request,
    Request,
    Request,
    Request,
    Request,
    Request,
    Request,
  ]
  for (const request of [first, a, x, b, y, c, z]) station.join(request)
  for (let i = 0; i < 6; i++) station.leave(served.at(-1)!)
  expect(served.map((request) => [first, a, b, c, x, y, z].indexOf(request))).toEqual([0, 4, 5, 6, 1, 2, 3])
})

describe('a slip is an error', () => {
  test('a slot that is given back twice', () => {
    const station = new Station(context(), {
      servers: 2,
      places: 0,
      probe: new Probe(outcomeNames.length),
      begin: () => {},
    })
    const request = new Request()
    station.join(request)
    station.leave(request)
    expect(() => station.leave(request)).toThrow('given back twice')
  })
})
