import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  appendFileSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { readScenario } from '../../cli/files.js'
import { identityOf, keyOf } from '../../pools/identity.js'
import { JournalLost, journaled } from '../../pools/journal.js'
import { pack, unpack } from '../../pools/packed.js'
import { Interrupted, inline, type Job, type Pool, runJob } from '../../sim/experiments/jobs.js'
import { jobsOf } from '../../sim/experiments/run.js'
import { file, folder, queueOf } from '../support/nines.js'

/** As good as any: what counts is that it is the same files. */
const here = new URL('../support/hooks/', import.meta.url)
const identity = identityOf('1.0.0', here)
let at = ''
let scenario = ''
let journal = ''
let computed: number[] = []

beforeEach(() => {
  at = folder()
  scenario = file(at, 'scenario.yaml', `replications: 4\n${queueOf(5)}`)
  journal = path.join(at, 'journal')
})

const jobs = (overrides = {}): Job[] => jobsOf(readScenario(scenario, overrides))

/** Notes what it computes; falls down before the replication `until`. */
function counting(until = Number.POSITIVE_INFINITY): Pool {
  computed = []
  return {
    async run(list, done, finished) {
      return list.map((job) => {
        if (job.replication === until) throw new Error('killed')
        computed.push(job.replication)
        const record = runJob(job)
        finished?.(job, record)
        done()
        return record
      })
    },
    async close() {},
  }
}

async function run(pool: Pool, list = jobs(), resume = true, by = identity) {
  const through = journaled(pool, journal, resume, by)
  try {
    return await through.run(list, () => {})
  } finally {
    await through.close()
  }
}

/** What the lines of a journal hold, in their order: each a key, a record and a checksum over both, and nothing else. */
const entriesIn = (text: string) => {
  expect(text).toMatch(/\n$/)
  const lines = text.slice(0, -1).split('\n')
  return lines.map((line) => {
    const [key, packed, checksum, ...rest] = line.split(' ')
    const sum = createHash('sha256').update(`${key} ${packed}`).digest('base64url')
    expect(checksum).toBe(sum.slice(0, 22))
    return { key, record: unpack(packed!), rest }
  })
}

describe('a journal', () => {
  it('gives back what was computed to the bit, NaN and infinity included, and computes nothing twice', async () => {
    const first = await run(counting())
    expect(computed).toEqual([0, 1, 2, 3])
    const second = await run(counting())
    expect(computed).toEqual([])
    expect(second).toEqual(first)
    const strange = { ...first[0]!, events: Number.NaN, warmBins: Number.POSITIVE_INFINITY }
    expect(unpack(pack(strange))).toEqual(strange)
  })

  it('goes on where it was killed, wherever that was in the file', async () => {
    const whole = await run(counting())
    const bytes = readFileSync(journal)
    const entries = jobs().map((job, i) => ({ key: keyOf(job, identity), record: whole[i], rest: [] }))
    const lines = (text: string) => text.split('\n').length - 1
    for (let cut = 0; cut <= bytes.length; cut += Math.ceil(bytes.length / 23)) {
      writeFileSync(journal, bytes.subarray(0, cut))
      const there = lines(bytes.toString('latin1', 0, cut))
      expect(await run(counting())).toEqual(whole)
      expect(computed).toEqual([0, 1, 2, 3].slice(there))
      // Nothing else is in the file; how many bytes a number takes depends on how the engine happens to hold it.
      expect(entriesIn(readFileSync(journal, 'latin1'))).toEqual(entries)
    }
  })

  it('keeps what is finished when the rest fails', async () => {
    await expect(run(counting(2))).rejects.toThrow('killed')
    await run(counting())
    expect(computed).toEqual([2, 3])
  })

  it('computes again what was damaged', async () => {
    const whole = await run(counting())
    const bytes = readFileSync(journal)
    bytes[60] = bytes[60]! ^ 1
    writeFileSync(journal, bytes)
    expect(await run(counting())).toEqual(whole)
    expect(computed).toEqual([0])
    truncateSync(journal)
    appendFileSync(journal, 'no journal\nat all\n\n')
    expect(await run(counting())).toEqual(whole)
  })

  it('takes no record that stands behind another key', async () => {
    const whole = await run(counting())
    const lines = readFileSync(journal, 'latin1').trimEnd().split('\n')
    const [a, b] = [lines[0]!.split(' '), lines[2]!.split(' ')]
    for (const swapped of [
      [
        [a[0], ...b.slice(1)],
        [b[0], ...a.slice(1)],
      ],
      [
        [a[0], b[1], a[2]],
        [b[0], a[1], b[2]],
      ],
    ]) {
      const [first, third] = swapped.map((parts) => parts!.join(' '))
      writeFileSync(journal, `${[first, lines[1], third, lines[3]].join('\n')}\n`)
      expect(await run(counting())).toEqual(whole)
      expect(computed).toEqual([0, 2])
    }
    // As it was before there were checksums.
    writeFileSync(journal, lines.map((line) => `${line.split(' ').slice(0, 2).join(' ')}\n`).join(''))
    expect(await run(counting())).toEqual(whole)
    expect(computed).toEqual([0, 1, 2, 3])
  })

  it('is a regular file, or an error with its name: links are not followed, pipes not waited for', async () => {
    const other = file(at, 'other', 'precious')
    const ways: readonly (readonly [string, () => void])[] = [
      ['it is a link', () => symlinkSync(other, journal)],
      ['EISDIR', () => mkdirSync(journal)],
      ['it is no regular file', () => spawnSync('mkfifo', [journal])],
    ]
    for (const [reason, make] of ways)
      for (const resume of [true, false]) {
        make()
        const failure = await run(counting(), jobs(), resume).catch((error: unknown) => error)
        expect(failure).toBeInstanceOf(JournalLost)
        expect((failure as Error).message).toContain(journal)
        expect(String((failure as Error).cause)).toContain(reason)
        rmSync(journal, { recursive: true })
      }
    expect(readFileSync(other, 'utf8')).toBe('precious')
  })

  it('begins anew unless told to resume', async () => {
    await run(counting())
    await run(counting(), jobs(), false)
    expect(computed).toEqual([0, 1, 2, 3])
  })

  it('says what is there when it is told to stop, that of before included', async () => {
    await expect(run(counting(2))).rejects.toThrow('killed')
    const stopped: Pool = {
      run: (list) => Promise.reject(new Interrupted([runJob(list[0]!), undefined])),
      close: async () => {},
    }
    const end = await run(stopped).catch((error: Interrupted) => error.records)
    expect(end.map((record) => record?.replication)).toEqual([0, 1, 2, undefined])
  })
})

describe('the key of a job', () => {
  const key = (job: Job, by = identity) => keyOf(job, by)

  it('is another for another text, option, file that it names, replication, warm-up, fault or program', () => {
    file(at, 'gaps.csv', '0.1\n0.2\n')
    file(at, 'base.yaml', queueOf(5, 'renewal(empirical(gaps.csv))'))
    const own = file(at, 'own.yaml', 'extends: base.yaml\nreplications: 2\n')
    const job = (overrides = {}) => jobsOf(readScenario(own, overrides))[0]!
    const first = job()
    const keys = [key(first)]
    keys.push(key(jobsOf(readScenario(own))[1]!))
    keys.push(key({ ...first, warmup: 7 }), key({ ...first, without: 0 }))
    keys.push(key({ ...first, count: 2 }), key({ ...first, count: 3 }))
    keys.push(
      key(job({ seed: '2' })),
      key(job({ set: ['components.q.service=2ms'] })),
      key(job({ lasts: '6s' })),
    )
    keys.push(key(first, identityOf('1.0.1', here)), key(first, { ...identity, code: 'other' }))
    file(at, 'gaps.csv', '0.1\n0.3\n')
    keys.push(key(job()))
    file(at, 'base.yaml', queueOf(6, 'renewal(empirical(gaps.csv))'))
    keys.push(key(job()))
    file(at, 'own.yaml', 'extends: base.yaml\nreplications: 3\n')
    keys.push(key(job()))
    expect(new Set(keys).size).toBe(keys.length)
  })

  it('is the same whatever the file is called and however many replications there are', () => {
    const other = file(at, 'other-name.yaml', readFileSync(scenario, 'utf8'))
    expect(key(jobs()[0]!)).toBe(key(jobs({ replications: 9 })[0]!))
    expect(key(jobsOf(readScenario(other))[0]!)).toBe(key(jobs()[0]!))
  })
})

it('a job needs no files: it carries the texts of all that the scenario names', async () => {
  file(at, 'gaps.csv', '0.1\n0.2\n')
  file(at, 'base.yaml', queueOf(5, 'trace(gaps.csv)'))
  const own = file(at, 'own.yaml', 'extends: base.yaml\n')
  const [job] = jobsOf(readScenario(own))
  const record = runJob(job!)
  const moved = JSON.parse(JSON.stringify(job).replaceAll(at, '/nowhere')) as Job
  expect((await inline.run([moved], () => {}))[0]).toEqual(record)
})
