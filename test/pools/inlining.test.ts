import { beforeEach, expect, test, vi } from 'vitest'

const setFlagsFromString = vi.hoisted(() => vi.fn())
vi.mock('node:v8', () => ({ setFlagsFromString }))

beforeEach(() => {
  vi.resetModules()
  setFlagsFromString.mockClear()
})

// The command line loads the simulator in threads only; what V8 is told has to be told before, by the main thread.
test.each([
  ['opens threads', () => import('../../pools/threads.js')],
  ['runs replications itself', () => import('../../sim/experiments/replicate.js')],
])('who %s has V8 inline the way of a request', async (_, load) => {
  await load()
  expect(setFlagsFromString.mock.calls.flat()).toEqual([
    '--min-inlining-frequency=0.6',
    '--max-inlined-bytecode-size-cumulative=2000',
  ])
})
