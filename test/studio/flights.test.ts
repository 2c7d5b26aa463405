import { expect, it } from 'vitest'
import { DOT, WAY } from '../../studio/messages.js'
import { Flights, Track } from '../../studio/page/flights.js'
import { FLIGHT } from '../../studio/page/timing.js'

/** A path along a function of the part of it that has been gone, and how often it was asked. */
function pathOf(along: (part: number) => { x: number; y: number }, long: number) {
  let asked = 0
  const path = {
    getTotalLength: () => long,
    getPointAtLength: (at: number) => {
      asked++
      return along(at / long)
    },
  } as unknown as SVGPathElement
  return { path, asked: () => asked }
}
const down = pathOf((part) => ({ x: 10, y: 100 * part }), 100)
const bent = pathOf((part) => ({ x: 30 * Math.min(1, 2 * part), y: 30 * Math.max(0, 2 * part - 1) }), 60)

const places = (flights: Flights, clock: number, scale: number, track: Track) => {
  const seen: [look: number, x: number, y: number][] = []
  flights.at(clock, [track], scale, (...dot) => seen.push(dot))
  return seen
}
function flying(way: number, outcome = 0): Flights {
  const flights = new Flights()
  const dot = new Float32Array(DOT.size)
  dot[DOT.way] = way
  dot[DOT.outcome] = outcome
  flights.add(dot, 0, 1)
  return flights
}

it('has the middle of a path, and asks the path for the other points when a dot comes, once', () => {
  expect(new Track(down.path).middle).toEqual({ x: 10, y: 50 })
  expect(new Track(bent.path).middle).toEqual({ x: 30, y: 0 })
  const counted = pathOf(() => ({ x: 0, y: 0 }), 0)
  const track = new Track(counted.path)
  expect(counted.asked()).toBe(1)
  for (let i = 0; i < 3; i++) places(flying(WAY.down), FLIGHT / 4, 1, track)
  expect(counted.asked()).toBe(26)
})

it('draws who asks on one side of the wire and who answers on the other, as far from it at each scale', () => {
  const track = new Track(down.path)
  for (const scale of [0.6, 1, 1.3]) {
    const [[, x, y]] = places(flying(WAY.down), FLIGHT / 4, scale, track) as [[number, number, number]]
    expect(y).toBeCloseTo(25 * scale, 3)
    expect(x).toBeCloseTo(10 * scale - 3.2, 3)
    const [[, back, above]] = places(flying(WAY.up), FLIGHT / 4, scale, track) as [[number, number, number]]
    expect(above).toBeCloseTo(75 * scale, 3)
    expect(back).toBeCloseTo(10 * scale + 3.2, 3)
  }
})

it('goes round a corner, and is gone at the end', () => {
  const track = new Track(bent.path)
  const flights = flying(WAY.down)
  const [[, x, y]] = places(flights, 0.75 * FLIGHT, 1, track) as [[number, number, number]]
  expect(x).toBeCloseTo(30 - 3.2, 3)
  expect(y).toBeCloseTo(15, 3)
  expect(places(flights, FLIGHT, 1, track)).toEqual([])
  expect(flights.size).toBe(0)
})
