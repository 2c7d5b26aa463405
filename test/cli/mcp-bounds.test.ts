import { describe, expect, test } from 'vitest'
import { tools } from '../../cli/mcp-tools.js'
import type { Limits } from '../../cli/mcp-within.js'
import { queueOf } from '../support/nines.js'

/** Nobody simulates anything: there is no time for it. */
const none: Limits = { seconds: 0, jobs: 1, stops: [AbortSignal.abort()], progress: () => {} }
const asked = async (name: string, given: object) => {
  const tool = tools[name]!
  return tool.answer(tool.input.parse(given) as never, none)
}

describe('what is too much is refused by what would be run, not by how long the file is', () => {
  const short = queueOf(1, 'poisson(20k/s)')

  test.each([
    // 92 replications of 30 s and a warm-up of a quarter of that.
    ['capacity', { scenario: short }, 69],
    ['explain', { scenario: short }, 190],
    ['run', { scenario: queueOf(3600, 'poisson(1k/s)'), replications: 100 }, 450],
    ['spof', { scenario: short, lasts: '10min' }, 250],
  ])('%s', async (name, given, millions) => {
    await expect(asked(name, given)).rejects.toThrow(`too much at once: some ${millions} million requests`)
  })

  test('the same search at a lower rate is not', async () => {
    await expect(asked('capacity', { scenario: queueOf(3600, 'poisson(20/s)') })).rejects.toThrow(
      'cut after 0 s',
    )
  })
})
