import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Answer } from '../../pools/answering.js'
import type { Job } from '../../sim/experiments/jobs.js'
import { type Hand, Workers } from '../../studio/answers/replication-workers.js'

const jobOf = (replication: number): Job => ({
  source: { text: '', file: 'stack.yaml', overrides: {}, files: {} },
  without: null,
  warmup: null,
  replication,
})
const record = (replication: number) => ({ record: { replication } }) as unknown as Answer

/** A worker that does what the test says. */
class Puppet implements Hand {
  onmessage: Hand['onmessage'] = null
  onerror: Hand['onerror'] = null
  readonly given: number[] = []
  ended = false

  postMessage({ replication }: Job): void {
    this.given.push(replication)
  }

  terminate(): void {
    this.ended = true
  }

  says(data: Answer): void {
    this.onmessage!({ data })
  }
}

function crew(most: number) {
  const all: Puppet[] = []
  const workers = new Workers(() => {
    const one = new Puppet()
    all.push(one)
    return one
  }, 1000)
  workers.most = most
  return { all, workers }
}

afterEach(() => vi.useRealTimers())

describe('workers of a page', () => {
  it('are as many as may be, start when there is work, and take one job after the other', async () => {
    const { all, workers } = crew(2)
    expect(all).toEqual([])
    const records = [0, 1, 2, 3].map((replication) => workers.submit(jobOf(replication)))
    expect(all.map(({ given }) => given)).toEqual([[0], [1]])
    all[1]!.says(record(1))
    all[1]!.says({ share: 0.5 })
    all[0]!.says(record(0))
    all[1]!.says(record(2))
    expect(all.map(({ given }) => given)).toEqual([
      [0, 3],
      [1, 2],
    ])
    all[0]!.says(record(3))
    expect((await Promise.all(records)).map(({ replication }) => replication)).toEqual([0, 1, 2, 3])
    workers.close()
    expect(all.map(({ ended }) => ended)).toEqual([true, true])
  })

  it('that are ended leave what waits; others start when there is work again', async () => {
    const { all, workers } = crew(1)
    for (const replication of [0, 1]) void workers.submit(jobOf(replication))
    workers.close()
    const record2 = workers.submit(jobOf(2))
    expect(all.map(({ ended, given }) => [ended, given])).toEqual([
      [true, [0]],
      [false, [2]],
    ])
    // What one that was ended still says comes too late.
    all[0]!.says(record(0))
    all[1]!.says(record(2))
    expect((await record2).replication).toBe(2)
    expect(all.map(({ given }) => given)).toEqual([[0], [2]])
  })

  it('say why there is no record: mistakes, an exception, death, silence', async () => {
    vi.useFakeTimers()
    const { all, workers } = crew(1)
    const tries = [0, 1, 2, 3, 4].map((replication) =>
      workers.submit(jobOf(replication)).catch((error: Error) => error.message),
    )
    all[0]!.says({
      problems: [{ file: 'stack.yaml', line: 3, column: 1, path: 'users', message: 'too many' }],
    })
    all[0]!.says({ defect: 'Error: no' })
    all[0]!.onerror!({ message: 'out of memory' })
    // Another takes its place, and gets on for a while.
    vi.advanceTimersByTime(900)
    all[1]!.says({ share: 0.1 })
    vi.advanceTimersByTime(900)
    expect(all[1]!.ended).toBe(false)
    vi.advanceTimersByTime(200)
    expect(all.map(({ ended }) => ended)).toEqual([true, true, false])
    all[2]!.says(record(4))
    expect(await Promise.all(tries)).toEqual([
      'stack.yaml:3:1: users: too many',
      'the simulation threw: Error: no',
      'a worker died: out of memory',
      'replication 4 of stack.yaml does not get on: nothing was heard of it for 1 s',
      { replication: 4 },
    ])
  })
})
