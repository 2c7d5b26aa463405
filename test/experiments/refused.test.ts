import { expect, test } from 'vitest'
import { gather } from '../../pools/gather.js'
import { inline, type Job, type Pool, runJob, Unsimulable } from '../../sim/experiments/jobs.js'
import { run } from '../../sim/experiments/run.js'
import { parseScenario } from '../../sim/scenario/parse.js'
import { ScenarioError } from '../../sim/scenario/problem.js'

const site = (file: string) =>
  parseScenario(
    `lasts: 20s
replications: 3
users: { u: { arrive: constant(10/s), to: q } }
components: { q: { kind: service, service: exponential(1ms) } }`,
    file,
  )

/** Where the scenario `bad.yaml` turns out to be too large. */
const pool: Pool = {
  run: (list, done, finished) =>
    gather(
      list,
      async (job: Job) => {
        const { file } = job.source
        if (file !== 'bad.yaml') return runJob(job)
        throw new ScenarioError([{ file, line: 0, column: 0, path: '', message: 'too many are under way' }])
      },
      undefined,
      done,
      finished,
    ),
  close: async () => {},
}

const scenarios = ['a.yaml', 'bad.yaml', 'c.yaml'].map(site)

test('one file that cannot be simulated takes nothing from the others, and is told once', async () => {
  const told: Unsimulable[] = []
  const ran = await run(
    scenarios,
    pool,
    () => {},
    null,
    (error) => told.push(error),
  )
  expect(ran.map(({ scenario }) => scenario.file)).toEqual(['a.yaml', 'c.yaml'])
  const [alone] = await run([scenarios[2]!], inline)
  expect(ran[1]!.result).toEqual(alone!.result)
  expect(told.flatMap(({ problems }) => problems)).toEqual([
    expect.objectContaining({ file: 'bad.yaml', message: 'too many are under way' }),
  ])
})

test('where nobody asks for that it is thrown, after all others are done', async () => {
  let done = 0
  await expect(run(scenarios, pool, () => done++)).rejects.toThrow(Unsimulable)
  expect(done).toBe(9)
})

test('one that turns out so when more of it is run is told too, and left out', async () => {
  const few: Pool = {
    ...pool,
    run: (list, done, finished) =>
      list.every(({ replication }) => replication < 3)
        ? inline.run(list, done, finished)
        : pool.run(list, done, finished),
  }
  const precision = { precision: 1e-6, most: 4, outOfTime: () => false }
  const told: Unsimulable[] = []
  const ran = await run(
    scenarios,
    few,
    () => {},
    precision,
    (error) => told.push(error),
  )
  expect(ran.map(({ scenario, result }) => [scenario.file, result.replications])).toEqual([
    ['a.yaml', 4],
    ['c.yaml', 4],
  ])
  expect(told.flatMap(({ problems }) => problems)).toEqual([
    expect.objectContaining({ file: 'bad.yaml', message: 'too many are under way' }),
  ])
  await expect(run(scenarios, few, () => {}, precision)).rejects.toThrow(Unsimulable)
})
