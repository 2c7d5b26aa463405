import { expect, test } from 'vitest'
import { Interrupted, inline, type Job, type Pool, runJob } from '../../../sim/experiments/jobs.js'
import { planOf } from '../../../sim/experiments/spof/plan.js'
import { spofsOf } from '../../../sim/experiments/spof/spof.js'
import { demandedOf } from '../../../sim/experiments/spof/spof-demand.js'
import { parseScenario } from '../../../sim/scenario/parse.js'
import { ScenarioError } from '../../../sim/scenario/problem.js'

const scenario = (more = '') =>
  parseScenario(
    `
hosts: { m1: {} }
users: { web: { arrive: constant(20/s), to: front, timeout: 1s } }
components:
  front: { kind: balancer, host: m1, servers: [one, two] }
  one: { kind: service, service: 1ms }
  two: { kind: service, service: 1ms }
expect: { spof: none }
${more}`,
    'stack.yaml',
  )
const trial = { lasts: '20s', warmup: '5s', replications: 3 }
const wishes = { gap: 5, pairs: true, assume: true }

/** Told to stop when these jobs are done. */
const stopping = (finished: (job: Job) => boolean): Pool => ({
  run: async (jobs) => {
    throw new Interrupted(jobs.map((job) => (finished(job) ? runJob(job) : undefined)))
  },
  close: async () => {},
})

const faultIn = ({ source }: Job) => source.overrides.set!.find((one) => one.startsWith('faults='))!

test('who is told to stop tells what is there, in pairs with what was run without a loss', async () => {
  // Of the run without a loss two replications, of one loss three, of another one, of the others none.
  const some = stopping((job) => {
    const fault = faultIn(job)
    if (fault === 'faults=[]') return job.replication < 2
    return fault.includes('"m1"') || (fault.includes('crash, target: "front"') && job.replication < 1)
  })
  const [found] = await spofsOf([planOf(scenario(), trial)], wishes, some)
  const { parts, interrupted, replications } = found!.spofs
  expect(replications).toBe(2)
  expect(parts.map(({ part, severity }) => [part, severity])).toEqual([
    ['m1', 'hard'],
    ['front', 'hard'],
  ])
  expect(interrupted).toEqual({ planned: planOf(scenario(), trial).losses.length, there: 2 })
  expect(found!.spofs.pairs).toEqual([])
})

test('nothing is told where not even a run without a loss is there', async () => {
  const none = stopping((job) => faultIn(job) !== 'faults=[]')
  expect(await spofsOf([planOf(scenario(), trial)], wishes, none)).toEqual([])
})

test('a demand is not met by what was found, and undecided by what was not tried', async () => {
  const [found] = await spofsOf([planOf(scenario(), trial)], wishes, inline)
  const { spofs } = found!
  expect(demandedOf(scenario(), spofs)).toMatchObject([
    { text: 'spof: none', verdict: 'not met', value: { value: 3 }, reason: 'm1, front, web -> front' },
  ])
  const safe = { ...spofs, parts: spofs.parts.filter(({ severity }) => severity === 'none') }
  expect(demandedOf(scenario(), safe)).toMatchObject([{ verdict: 'met', value: { value: 0, high: 0 } }])
  const cut = { ...safe, interrupted: { planned: 5, there: 2 } }
  expect(demandedOf(scenario(), cut)).toMatchObject([{ verdict: 'undecided', value: { high: null } }])
  // Where nobody is answered anyway, nobody can miss anything.
  const silent = { ...safe, without: { ...safe.without, availability: { value: 0, low: 0, high: 0 } } }
  expect(demandedOf(scenario(), silent)).toMatchObject([{ verdict: 'undecided' }])
  expect(demandedOf({ demands: [] }, spofs)).toEqual([])
})

test('a loss that cannot be simulated is told, and the others go on; without any loss it is a mistake', async () => {
  const failing = (fails: (job: Job) => boolean): Pool => ({
    run: async (jobs, done, finished) => {
      const { Unsimulable } = await import('../../../sim/experiments/jobs.js')
      const problem = { file: 'stack.yaml', line: 0, column: 0, path: '', message: 'too many' }
      const failed = new Map(jobs.filter(fails).map((job) => [job, new ScenarioError([problem])]))
      if (failed.size === 0) return inline.run(jobs, done, finished)
      throw new Unsimulable(
        failed,
        jobs.map((job) => (failed.has(job) ? undefined : runJob(job))),
      )
    },
    close: async () => {},
  })
  const [found] = await spofsOf(
    [planOf(scenario(), trial)],
    wishes,
    failing((job) => faultIn(job).includes('"m1"')),
  )
  expect(found!.spofs.untold).toEqual([{ part: 'm1', reason: 'too many' }])
  expect(found!.spofs.parts.map(({ part }) => part)).toContain('front')
  expect(found!.spofs.interrupted).toBeUndefined()
  await expect(
    spofsOf(
      [planOf(scenario(), trial)],
      wishes,
      failing((job) => faultIn(job) === 'faults=[]'),
    ),
  ).rejects.toThrow('too many')
})
