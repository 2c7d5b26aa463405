import { afterEach, expect, it, vi } from 'vitest'
import { live } from '../../studio/live/live.js'
import type { FromLive, ToLive } from '../../studio/messages.js'
import { withFound } from '../../studio/page/state.js'
import { stack, textOf } from './asking.js'

/** The worker of the run that is seen, as its page hears it. */
function worker() {
  const heard: FromLive[] = []
  const self: { postMessage(message: FromLive): void; onmessage?(event: { data: ToLive }): void } = {
    postMessage: (message) => heard.push(message),
  }
  vi.stubGlobal('self', self)
  live()
  return { heard, say: (data: ToLive) => self.onmessage!({ data }) }
}

afterEach(() => vi.unstubAllGlobals())

it('answers only the last of several looks back', async () => {
  const { heard, say } = worker()
  const long = stack().replace('lasts: 20s', 'lasts: 10min').replace('20/s', '60/s')
  say({ type: 'load', id: 1, scenario: textOf(long) })
  say({ type: 'tick', id: 1, to: 600, budget: 1e6, every: 0, window: 1 })
  expect(heard.at(-1)).toMatchObject({ type: 'frame', ended: true })
  const found = () => heard.filter((one) => one.type === 'ways')
  say({ type: 'ways', id: 1, from: 500, to: 501 })
  // It takes longer than the first go, so that the page is heard.
  expect(found()).toEqual([])
  say({ type: 'ways', id: 1, from: 3, to: 4 })
  await vi.waitFor(() => expect(found()).not.toEqual([]), 10_000)
  for (let turn = 0; turn < 40; turn++) await new Promise((resolve) => setTimeout(resolve, 10))
  expect(found()).toMatchObject([{ from: 3, to: 4 }])
})

it('says up to when it knows: as far as the run is that is seen, where somebody has no answer yet', async () => {
  const { heard, say } = worker()
  const patient = stack('faults: [{ kind: hang, target: lb, at: 3s, for: 10s }]\n').replace(
    ', timeout: 2s',
    '',
  )
  say({ type: 'load', id: 1, scenario: textOf(patient) })
  say({ type: 'tick', id: 1, to: 9, budget: 1e6, every: 0, window: 1 })
  say({ type: 'ways', id: 1, from: 4, to: 5 })
  await vi.waitFor(() => expect(heard.at(-1)).toMatchObject({ type: 'ways', until: 9 }), 10_000)
  say({ type: 'ways', id: 1, from: 1, to: 2 })
  await vi.waitFor(() => expect(heard.at(-1)).toMatchObject({ type: 'ways', from: 1 }), 10_000)
  const [, { until }] = heard.filter((one) => one.type === 'ways') as [unknown, { until: number }]
  expect(until).toBeGreaterThanOrEqual(3)
  expect(until).toBeLessThan(9)
})

it('shows what was found where it is still looked at', () => {
  const there = { from: 3, to: 4, until: 4, list: null, chosen: null }
  const found = { type: 'ways', id: 1, from: 3, to: 4, until: 9, ways: [] } as const
  expect(withFound(there, found)).toEqual({ ...there, until: 9, list: [] })
  expect(withFound({ ...there, from: 2, to: 3 }, found)).toEqual({ ...there, from: 2, to: 3 })
  expect(withFound({ ...there, to: 3.5 }, found)).toMatchObject({ to: 3.5, list: null })
  expect(withFound(null, found)).toBeNull()
})
