import { expect, it } from 'vitest'
import type { Frame, FromLive, Loaded, Text, ToLive } from '../../studio/messages.js'
import { LiveRun } from '../../studio/page/live-run.js'

const TEXT: Text = { text: 'a', file: 'a.yaml', files: {} }

/** A page's side of a run, and what it has sent; the worker is played by hand. */
function playing() {
  const sent: ToLive[] = []
  let wall = 0
  let restarts = 0
  const run = new LiveRun({ post: (message) => sent.push(message), restart: () => restarts++ }, () => wall)
  const hear = (message: Partial<FromLive> & { type: FromLive['type']; id: number }) =>
    run.heard(message as FromLive)
  return {
    run,
    sent,
    ticks: () => sent.filter((message) => message.type === 'tick'),
    restarts: () => restarts,
    pass: (ms: number) => {
      wall += ms
    },
    load: (id = 1, lasts = 600) => {
      run.load(TEXT)
      hear({ type: 'loaded', id, lasts } as Partial<Loaded> & { type: 'loaded'; id: number })
    },
    hear,
    frame: (now: number, id = 1, ended = false) =>
      hear({ type: 'frame', id, now, ended } as Partial<Frame> & { type: 'frame'; id: number }),
  }
}

it('asks for one tick at a time, as far as the clock on the wall has gone', () => {
  const { run, ticks, pass, load, frame } = playing()
  load()
  run.animate()
  expect(ticks()).toHaveLength(0)
  run.speed = 10
  run.play()
  pass(16)
  run.animate()
  pass(16)
  run.animate()
  expect(ticks()).toMatchObject([{ id: 1, to: 0.16, budget: 10, window: 1 }])
  frame(0.16)
  run.animate()
  expect(ticks()[1]).toMatchObject({ to: 0.32 })
})

it('steps one window on, in as many ticks as that takes, and stands still', () => {
  const { run, ticks, load, frame } = playing()
  load()
  run.step()
  run.animate()
  expect(ticks()).toMatchObject([{ to: 0.5 }])
  frame(0.2)
  run.animate()
  expect(ticks()[1]).toMatchObject({ to: 0.5 })
  frame(0.5)
  run.animate()
  expect(ticks()).toHaveLength(2)
  expect(run.stepping).toBe(false)
})

it('goes forward from where it is, and back by beginning anew, flat out and without dots', () => {
  const { run, sent, ticks, load, frame, hear } = playing()
  load()
  run.seek(40, TEXT)
  run.animate()
  expect(ticks()).toMatchObject([{ to: 40, budget: 50, every: 0 }])
  frame(40)
  expect(run.seeking).toBeNull()
  run.seek(10, TEXT)
  expect(sent.at(-1)).toMatchObject({ type: 'load', id: 2 })
  run.animate()
  expect(ticks()).toHaveLength(1)
  expect(frame(40.1)).toBe(true)
  hear({ type: 'loaded', id: 2, lasts: 600 } as Partial<Loaded> & { type: 'loaded'; id: number })
  expect(run.seeking).toEqual({ from: 0, to: 10 })
  run.animate()
  expect(ticks()[1]).toMatchObject({ id: 2, to: 10 })
  expect(frame(3, 1)).toBe(false)
  frame(10, 2)
  expect(run.now).toBe(10)
})

it('goes on with the text before where the new one has mistakes', () => {
  const { run, ticks, pass, load, frame, hear } = playing()
  load()
  run.play()
  run.load({ ...TEXT, text: 'b' })
  pass(16)
  run.animate()
  expect(ticks()).toMatchObject([{ id: 1 }])
  expect(hear({ type: 'mistakes', id: 2, mistakes: [] })).toBe(true)
  frame(0.016)
  pass(16)
  run.animate()
  expect(ticks()[1]).toMatchObject({ id: 1 })
  expect(run.playing).toBe(true)
})

it('drops what is said of a text that is another by now', () => {
  const { run, hear } = playing()
  run.load(TEXT)
  run.load(TEXT)
  expect(hear({ type: 'loaded', id: 1, lasts: 600 } as never)).toBe(false)
  expect(run.ready).toBe(false)
  expect(hear({ type: 'loaded', id: 2, lasts: 600 } as never)).toBe(true)
  expect(run.ready).toBe(true)
})

it('ends a worker that answers no tick for three seconds, and one that does not come to an end of reading', () => {
  const { run, pass, load, restarts } = playing()
  load()
  run.play()
  pass(16)
  run.animate()
  pass(2900)
  expect(run.overdue()).toBeNull()
  pass(200)
  expect(run.overdue()).toMatch(/did not get on for 3 s/)
  expect(restarts()).toBe(1)
  expect(run.playing).toBe(false)
  expect(run.overdue()).toBeNull()
  run.load(TEXT)
  pass(10_001)
  expect(run.overdue()).toMatch(/could not be read within 10 s/)
})

it('tells how fast it really is', () => {
  const { run, pass, load, frame } = playing()
  load(1, 1e6)
  run.speed = 1000
  run.play()
  for (let i = 1, now = 0; i < 200; i++) {
    pass(20)
    run.animate()
    frame((now += 10))
  }
  expect(run.reached).toBeGreaterThan(450)
  expect(run.reached).toBeLessThan(600)
})

it('is over when the run is, and begins again only from the start', () => {
  const { run, sent, load, frame } = playing()
  load()
  run.play()
  frame(600, 1, true)
  expect(run.playing).toBe(false)
  run.play()
  expect(run.playing).toBe(false)
  run.seek(600, TEXT)
  expect(sent.at(-1)).toMatchObject({ type: 'load', id: 2 })
})

it('goes to where it was last told to, also while it is being begun anew', () => {
  const { run, ticks, load, frame, hear } = playing()
  const loaded = (id: number) =>
    hear({ type: 'loaded', id, lasts: 600 } as Partial<Loaded> & { type: 'loaded'; id: number })
  load()
  expect(run.fresh).toBe(true)
  frame(12)
  run.seek(0, TEXT)
  run.seek(12, TEXT)
  loaded(2)
  expect(run.fresh).toBe(false)
  run.animate()
  expect(ticks().at(-1)).toMatchObject({ id: 2, to: 12 })
  // Another text that is asked for a moment is another text.
  run.load({ ...TEXT, text: 'b' })
  run.seek(3, { ...TEXT, text: 'b' })
  loaded(3)
  expect([run.fresh, run.seeking]).toEqual([true, { from: 0, to: 3 }])
})
