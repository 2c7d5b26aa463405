import { expect, it } from 'vitest'
import type { Frame, Loaded, Text, ToLive } from '../../studio/messages.js'
import { Clock } from '../../studio/page/clock.js'
import { LiveRun } from '../../studio/page/live-run.js'

const TEXT: Text = { text: 'a', file: 'a.yaml', files: {} }

/** Two runs under one clock, whose workers are played by hand. */
function pair(lasts: readonly [number, number] = [600, 600]) {
  let wall = 0
  const sides = lasts.map((seconds) => {
    const sent: ToLive[] = []
    const run = new LiveRun({ post: (message) => sent.push(message), restart: () => {} }, () => wall)
    const frame = (now: number, ended = false) =>
      run.heard({ type: 'frame', id: 1, now, ended } as unknown as Frame)
    run.load(TEXT)
    run.heard({ type: 'loaded', id: 1, lasts: seconds } as Loaded)
    /** Up to when it was told to go, each time. */
    const goals = () => sent.flatMap((message) => (message.type === 'tick' ? [message.to] : []))
    return { run, sent, frame, goals, scenario: () => TEXT }
  })
  const [one, other] = [sides[0]!, sides[1]!]
  const animate = () => {
    wall += 100
    for (const { run } of sides) run.animate()
  }
  return { one, other, clock: new Clock(sides), animate }
}

it('lets none run away from the other: the slower one says what second it is', () => {
  const { one, other, clock, animate } = pair()
  clock.speed = 10
  clock.play()
  animate()
  expect([one.goals(), other.goals()]).toEqual([[1], [1]])
  one.frame(1)
  other.frame(0.4)
  expect(clock.now).toBe(0.4)
  animate()
  // The first waits for the second.
  expect([one.goals(), other.goals()]).toEqual([[1], [1, 1.4]])
  other.frame(1.4)
  animate()
  expect([one.goals(), other.goals()]).toEqual([
    [1, 2],
    [1, 1.4],
  ])
  expect(clock.now).toBe(1)
})

it('pauses both at the same moment', () => {
  const { one, other, clock, animate } = pair()
  clock.play()
  animate()
  one.frame(0.1)
  other.frame(0.05)
  clock.pause()
  animate()
  expect([one.goals(), other.goals()]).toEqual([[0.1], [0.1, 0.1]])
  other.frame(0.1)
  animate()
  expect(clock.now).toBe(0.1)
  expect(other.goals()).toHaveLength(2)
})

it('steps and seeks with both', () => {
  const { one, other, clock, animate } = pair()
  clock.step()
  animate()
  for (const side of [one, other]) side.frame(0.5)
  expect([one.goals(), other.goals()]).toEqual([[0.5], [0.5]])
  clock.seek(40)
  animate()
  expect([one.goals().at(-1), other.goals().at(-1)]).toEqual([40, 40])
  one.frame(40)
  expect(clock.seeking).toEqual({ from: 0.5, to: 40 })
  other.frame(40)
  expect(clock.seeking).toBeNull()
  clock.seek(10)
  for (const { sent } of [one, other]) expect(sent.at(-1)).toMatchObject({ type: 'load' })
})

it('goes where it was told to also where it is paused on the way', () => {
  const { one, other, clock, animate } = pair()
  for (const side of [one, other]) side.frame(40)
  clock.seek(10)
  one.run.heard({ type: 'loaded', id: 2, lasts: 600 } as Loaded)
  clock.pause()
  animate()
  expect(one.goals()).toEqual([10])
  one.run.heard({ type: 'frame', id: 2, now: 10, ended: false } as Frame)
  animate()
  expect(one.goals()).toEqual([10])
})

it('is over when the shorter one is', () => {
  const { one, other, clock } = pair([300, 600])
  expect(clock.lasts).toBe(300)
  clock.play()
  one.frame(300, true)
  other.frame(300)
  clock.look()
  expect([clock.ended, clock.playing, other.run.playing]).toEqual([true, false, false])
  clock.play()
  expect(clock.playing).toBe(false)
  clock.seek(500)
  expect(one.sent.at(-1)).toMatchObject({ type: 'load' })
  expect(one.run.seeking).toEqual({ from: 0, to: 300 })
  expect(other.run.seeking).toEqual({ from: 300, to: 300 })
})

it('leaves a run alone that stands alone again', () => {
  const { one, other, clock, animate } = pair()
  clock.play()
  new Clock([one])
  one.frame(5)
  other.frame(1)
  animate()
  expect(one.goals()).toEqual([5.1])
})
