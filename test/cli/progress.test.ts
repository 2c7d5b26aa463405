import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Progress } from '../../cli/progress.js'
import { inline, type Job, type Pool } from '../../sim/experiments/jobs.js'
import { jobsOf } from '../../sim/experiments/run.js'
import { parseScenario } from '../../sim/scenario/parse.js'

const scenario = parseScenario(
  `lasts: 10s
replications: 4
users: { u: { arrive: poisson(50/s), to: q } }
components: { q: { kind: service, service: 1ms } }`,
  'test.yaml',
)

let shown = ''
const { isTTY } = process.stderr

beforeEach(() => {
  shown = ''
  process.stderr.isTTY = true
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    shown += text
    return true
  })
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
  process.stderr.isTTY = isTTY
})

test('a bar moves while a replication is under way, and counts those that are done', async () => {
  const progress = new Progress(4, false)
  const pool: Pool = {
    ...inline,
    run: async (jobs, done, finished) => {
      const records = await inline.run(jobs.slice(0, 1), done, finished)
      progress.partlyDone(jobs[1] as Job, 0.6)
      progress.partlyDone(jobs[2] as Job, 0.4)
      // The bar is drawn ten times a second.
      await new Promise((resolve) => setTimeout(resolve, 250))
      return records
    },
  }
  await progress.watch(pool).run(jobsOf(scenario), () => {})
  progress.end()
  expect(shown).toMatch(/50%\s+1\/4 replications/)
})

test('of a group each replication counts, also while it is under way', async () => {
  const progress = new Progress(8, false)
  const jobs = jobsOf(scenario)
  const group = { ...jobs[0]!, replication: 4, count: 4 }
  const pool: Pool = {
    ...inline,
    run: async (list, done, finished) => {
      const records = await inline.run(list.slice(0, 3), done, finished)
      progress.partlyDone(group, 0.7)
      await new Promise((resolve) => setTimeout(resolve, 250))
      return records
    },
  }
  await progress.watch(pool).run([...jobs.slice(0, 3), group], () => {})
  progress.end()
  // 3 and 2.8 of 8.
  expect(shown).toMatch(/72%\s+5\/8 replications/)
})

test('the time that is left is told by the last thirty that were done: others were found done, in no time', async () => {
  vi.useFakeTimers()
  const progress = new Progress(1000, false)
  const pool: Pool = {
    ...inline,
    run: async (_, done) => {
      for (let i = 0; i < 101; i++) done()
      for (let i = 0; i < 29; i++) {
        vi.advanceTimersByTime(1000)
        done()
      }
      vi.advanceTimersByTime(1000)
      return []
    },
  }
  await progress.watch(pool).run([], () => {})
  progress.end()
  // 870, one a second.
  expect(shown).toMatch(/130\/1000 replications {2}14m30s left/)
})

test('nobody is shown a bar who wants none', async () => {
  const progress = new Progress(4, true)
  await progress.watch(inline).run(jobsOf(scenario), () => {})
  progress.end()
  expect(shown).toBe('')
})
