import { describe, expect, it } from 'vitest'
import { toText } from '../../reports/text.js'
import { Interrupted, inline, type Job, type Pool, runJob } from '../../sim/experiments/jobs.js'
import type { ReplicationRecord } from '../../sim/experiments/replicate.js'
import { type Ran, run } from '../../sim/experiments/run.js'
import { Runs, replicationsOf } from '../../sim/experiments/runs.js'
import { warmedUp, warmupJudged } from '../../sim/experiments/warmup.js'
import { Stream } from '../../sim/random/stream.js'
import { parseScenario } from '../../sim/scenario/parse.js'

const plain =
  'lasts: 80s\nusers: { u: { arrive: poisson(50/s), to: q } }\ncomponents: { q: { kind: service, service: 10ms } }\n'
const scenario = (more = '') => parseScenario(plain + more, 'test.yaml')
const BINS = 1000

/** Twenty replications of which `level` tells the mean number inside over the run (0 to 1), with noise of 1. */
function records(level: (x: number) => number): ReplicationRecord[] {
  return Array.from({ length: 20 }, (_, r) => {
    const noise = new Stream(`1/${r}/test/white noise`)
    const inside = { q: Array.from({ length: BINS }, (_, i) => level(i / BINS) + noise.next() - 0.5) }
    return { inside } as unknown as ReplicationRecord
  })
}

describe('the warm-up that is needed', () => {
  it('is a fifth of the run where nothing needs more', () => {
    expect(
      warmupJudged(
        scenario(),
        records(() => 10),
        20,
      ),
    ).toEqual({ needed: 20, drifting: null })
  })

  it('is where a component has settled: MSER-5 on the mean over the replications', () => {
    const { needed, drifting } = warmupJudged(
      scenario(),
      records((x) => (x < 0.35 ? 30 : 10)),
      20,
    )!
    expect(drifting).toBe('q')
    expect(needed).toBeCloseTo(35, 0)
  })

  it('is not known where the second quarter differs from the last', () => {
    expect(
      warmupJudged(
        scenario(),
        records((x) => 10 + x),
        20,
      )!.drifting,
    ).toBe('q')
    expect(
      warmupJudged(
        scenario(),
        records((x) => 10 - x),
        20,
      )!.drifting,
    ).toBe('q')
  })

  it('is not known where the cut is the latest that is allowed', () => {
    // The second quarter has the mean of the last: only the cut tells.
    const { drifting } = warmupJudged(
      scenario(),
      records((x) => (x < 0.375 ? 20 : x < 0.5 ? 0 : 10)),
      20,
    )!
    expect(drifting).toBe('q')
  })

  it('a drift that is sure but small does not matter', () => {
    expect(
      warmupJudged(
        scenario(),
        records((x) => 100 + x),
        20,
      )!.drifting,
    ).toBeNull()
  })

  it.each([
    ['a warm-up that was asked for', 'warmup: 5s\n'],
    ['no warm-up', 'warmup: 0s\n'],
    ['a fault at a set time', 'faults: [{ kind: crash, target: q, at: 1s, for: 1s }]\n'],
  ])('is not judged with %s', (_, more) => {
    expect(
      warmupJudged(
        scenario(more),
        records((x) => 10 + x),
        20,
      ),
    ).toBeNull()
  })
})

describe('the runs that are asked for', () => {
  const broken = scenario('faults: [{ kind: crash, target: q, mtbf: 1h, mttr: 1s }]\n')

  /** Fault that is left out and warm-up of what is asked for, when all replications show `level`. */
  const asked = (level: (x: number) => number) => {
    const runs = new Runs(broken)
    const take = (jobs: readonly Job[]) => runs.take(jobs, records(level).slice(0, jobs.length))
    take([...replicationsOf(broken, null, 20), ...replicationsOf(broken, 0, 10)])
    return Array.from(warmedUp(runs), (jobs) => {
      take(jobs)
      return jobs.map(({ without, warmup }) => [without, Math.round(warmup!)])
    })
  }

  it('are the same again with the warm-up that was found to be needed, those without a fault after the others', () => {
    expect(asked((x) => (x < 0.24 ? 30 : 10))).toEqual([
      new Array(20).fill([null, 24]),
      new Array(10).fill([0, 24]),
    ])
  })

  it('are none where the warm-up was long enough', () => {
    expect(asked((x) => (x < 0.15 ? 30 : 10))).toEqual([])
    expect(asked(() => 10)).toEqual([])
  })
})

describe('a run', () => {
  const runs = async (text: string) => {
    const read = parseScenario(text, 'test.yaml')
    const pool = inline
    const [{ result }] = await run([read], pool)
    return result
  }
  // A thousand users who think for 50 s: the station fills within minutes.
  const slow =
    'replications: 5\nlasts: 10s\nusers: { c: { arrive: "closed(users=1000, think=exponential(50s))", to: q } }\ncomponents: { q: { kind: service, servers: unlimited, service: exponential(50s) } }\n'

  it('is doubled, by its warm-up, until it has settled: what is measured stays what was asked for', async () => {
    const result = await runs(slow)
    // 2.5 s, then each time twice the whole less the 10 s measured.
    expect([15, 40, 90]).toContain(result.warmup_s)
    expect(result.simulated_s).toBe(10)
    expect(result.requests.offered / 10 / 5).toBeLessThan(20)
  })

  it('that does not settle in the longest is said not to be stationary', async () => {
    const result = await runs(slow.replaceAll('50s', '1000s').replace('users=1000', 'users=10000'))
    expect(result.warmup_s).toBe(90)
    expect(result.notes.join()).toMatch(
      /q did not settle in 90 s of warm-up: the run is unstable or not stationary/,
    )
  })

  it('that is overloaded is not made longer', async () => {
    const result = await runs(
      'lasts: 20s\nusers: { u: { arrive: poisson(150/s), to: q } }\ncomponents: { q: { kind: service, service: exponential(10ms) } }\n',
    )
    expect(result.warmup_s).toBe(5)
    expect(result.unstable?.component).toBe('q')
  })

  it('that is interrupted says so first, and then that its warm-up was too short', async () => {
    const read = parseScenario(slow, 'test.yaml')
    const pool: Pool = {
      run: async (jobs) => {
        throw new Interrupted(jobs.map((job) => (job.replication < 2 ? runJob(job) : undefined)))
      },
      close: async () => {},
    }
    const [{ result }] = (await run([read], pool)) as [Ran]
    expect(result.notes.filter((note) => /interrupted|warm-up/.test(note))).toHaveLength(1)
    const words =
      /^interrupted: 2 of 5 replications are in this result; the warm-up is too short: \d+\.\d s would be needed, so these numbers may lean$/
    expect(result.notes.at(-1)).toMatch(words)
    const text = toText({ version: 1, results: [result] }, [read]).replace(/\n {2}/g, ' ')
    expect(text).toMatch(/\nNote: interrupted: 2 of 5 replications/)
  })
})
