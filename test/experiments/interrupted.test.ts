import { describe, expect, it } from 'vitest'
import { gather } from '../../pools/gather.js'
import { Interrupted, inline, type Job, type Pool, runJob, Unsimulable } from '../../sim/experiments/jobs.js'
import { run } from '../../sim/experiments/run.js'
import { parseScenario } from '../../sim/scenario/parse.js'
import { ScenarioError } from '../../sim/scenario/problem.js'
import { queueOf } from '../support/nines.js'

const scenarioOf = (more = '', replications = 5) =>
  parseScenario(`replications: ${replications}\n${more}${queueOf(20)}`, 'scenario.yaml')

/** Is told to stop when these jobs are finished, in the call `cutIn` (the others end as usual). */
function stopping(finished: (job: Job) => boolean, cutIn = 1): Pool {
  let call = 0
  return {
    async run(jobs) {
      if (++call !== cutIn) return jobs.map((job) => runJob(job))
      throw new Interrupted(jobs.map((job) => (finished(job) ? runJob(job) : undefined)))
    },
    async close() {},
  }
}

describe('an interrupted run', () => {
  it('is that of the replications in a row, and says so', async () => {
    const [cut] = await run(
      [scenarioOf('warmup: 2s\n')],
      stopping((job) => job.replication !== 2),
    )
    const [usual] = await run([scenarioOf('warmup: 2s\n', 2)], inline)
    const { interrupted, notes, ...result } = cut!.result
    expect(interrupted).toEqual({ planned: 5 })
    expect(notes.at(-1)).toBe('interrupted: 2 of 5 replications are in this result')
    const { notes: _, ...same } = usual!.result
    expect(result).toEqual(same)
    expect(cut!.records).toEqual(usual!.records)
  })

  it('of groups is that of whole groups in a row', async () => {
    // The groups of two behind the tenth.
    const pool = stopping((job) => job.replication < 20 || job.replication === 22)
    const fast = 'warmup: 0s\nlasts: 1s\n'
    const short = queueOf(20).replace(/^lasts.*\n/, '')
    const [cut] = await run([parseScenario(`replications: 520\n${fast}${short}`, 'scenario.yaml')], pool)
    const [usual] = await run([parseScenario(`replications: 20\n${fast}${short}`, 'scenario.yaml')], inline)
    expect(cut!.result.notes.at(-1)).toBe('interrupted: 20 of 520 replications are in this result')
    expect(cut!.records).toHaveLength(15)
    expect(cut!.result.requests).toEqual(usual!.result.requests)
  })

  it('tells what a fault costs from those that are there with and without it', async () => {
    const fault = 'warmup: 0s\nfaults: [{ kind: crash, target: q, at: 5s, for: 5s }]\n'
    const there = (job: Job) => job.replication < (job.without === null ? 4 : 2)
    const [cut] = await run([scenarioOf(fault)], stopping(there))
    const [usual] = await run([scenarioOf(fault, 2)], inline)
    expect(cut!.result.replications).toBe(4)
    expect(cut!.result.faults[0]!.cost).toEqual(usual!.result.faults[0]!.cost)
    const [without] = await run(
      [scenarioOf(fault)],
      stopping((job) => job.without === null),
    )
    expect(without!.result.faults[0]!.cost).toBe(null)
  })

  it('has no more replications without a fault than with all', async () => {
    const fault = 'warmup: 0s\nfaults: [{ kind: crash, target: q, at: 5s, for: 5s }]\n'
    const there = (job: Job) => job.replication < (job.without === null ? 2 : 4)
    const [cut] = await run([scenarioOf(fault)], stopping(there))
    const [usual] = await run([scenarioOf(fault, 2)], inline)
    expect(cut!.result.replications).toBe(2)
    expect(cut!.result.faults[0]!.cost).toEqual(usual!.result.faults[0]!.cost)
  })

  it('leaves out scenarios of which nothing is there, and takes as many of each as it can', async () => {
    const jobs: Job[] = []
    const none: Pool = {
      run: (list) => {
        jobs.push(...list)
        return Promise.reject(new Interrupted(list.map((job, i) => (i < 3 ? runJob(job) : undefined))))
      },
      close: async () => {},
    }
    const ran = await run([scenarioOf('name: a\n'), scenarioOf('name: b\n')], none)
    expect(ran.map((r) => [r.result.scenario, r.result.replications])).toEqual([
      ['a', 2],
      ['b', 1],
    ])
    const last = await run(
      [scenarioOf()],
      stopping(() => false),
    )
    expect(last).toEqual([])
  })

  it('keeps what it had when it is cut short while it adds to the precision', async () => {
    const stop = { precision: 1e-6, most: 100, outOfTime: () => false }
    const pool = stopping((job) => job.replication < 6, 2)
    const [cut] = await run([scenarioOf('warmup: 2s\n')], pool, undefined, stop)
    expect(cut!.result).toMatchObject({ replications: 6, interrupted: { planned: 5 } })
  })
})

describe('gathering', () => {
  const [job] = [{ replication: 0 } as Job]

  it('ends as soon as it is told to, with what is there, and begins nothing more', async () => {
    const controller = new AbortController()
    const never = new Promise<never>(() => {})
    const record = { replication: 7 } as never
    const submit = (_: Job) => (submitted++ === 0 ? Promise.resolve(record) : never)
    let submitted = 0
    const work = gather([job, job], submit, controller.signal, () => controller.abort())
    await expect(work).rejects.toMatchObject({ records: [record, undefined] })
    await expect(gather([job], submit, controller.signal, () => {})).rejects.toThrow(Interrupted)
    expect(submitted).toBe(2)
  })

  it('counts the replications of a group', async () => {
    let done = 0
    const group = { replication: 10, count: 4 } as Job
    await gather(
      [job, group],
      async () => ({}) as never,
      undefined,
      () => done++,
    )
    expect(done).toBe(5)
    const none = () => Promise.reject(new ScenarioError([]))
    await expect(gather([group], none, undefined, () => done++)).rejects.toThrow(Unsimulable)
    expect(done).toBe(9)
  })

  it('fails with the first failure', async () => {
    const fails = () => Promise.reject(new Error('defect'))
    await expect(gather([job], fails, undefined, () => {})).rejects.toThrow('defect')
  })
})
