import { serialize } from 'node:v8'
import { deflateSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { readScenario } from '../../cli/files.js'
import { pack, unpack } from '../../pools/packed.js'
import { runJob } from '../../sim/experiments/jobs.js'
import { recordTogether } from '../../sim/experiments/together.js'
import { longestWarmup } from '../../sim/experiments/warmup.js'
import { ScenarioError } from '../../sim/scenario/problem.js'

const packed = (value: unknown) => deflateSync(serialize(value)).toString('base64')
const jobOf = (name: string, lasts?: string) => {
  const { source } = readScenario(name, { lasts, warmup: '1s', set: ['expect=null'] })
  return { source, without: null, warmup: null, replication: 0 }
}
const record = runJob(jobOf('@02-distributed', '5s'))

describe('a record that is packed', () => {
  it.each(['', '@experiments/02-nginx-dies', '@experiments/04-primary-dies'])(
    'is what it was: %s',
    (name) => {
      const one = name === '' ? record : runJob(jobOf(name))
      const group = [one, { ...one, replication: 1 }, { ...one, replication: 2 }].reduce(recordTogether)
      expect(unpack(pack(group))).toEqual(group)
      expect(one.strikes.length > 0 && one.causes !== undefined).toBe(name !== '')
      expect(unpack(pack(one))).toEqual(one)
    },
  )

  it.each([
    ['nothing', null],
    ['another thing', { a: 1 }],
    ['a record without hosts', { ...record, hosts: undefined }],
    ['one with a text for a number', { ...record, events: 'many' }],
    ['one with a histogram that is none', { ...record, all: { ...record.all, latency: { buckets: 1 } } }],
    ['one of a group that is none', { ...record, group: { replications: 1 } }],
    ['one with a list without end', { ...record, strikes: Object.assign([], { length: 2 ** 32 - 1 }) }],
  ])('is refused if it is %s', (_, value) => {
    expect(() => unpack(packed(value))).toThrow()
  })

  it('is refused before it fills the memory', () => {
    const bomb = deflateSync(Buffer.alloc(200_000_000), { level: 1 }).toString('base64')
    expect(() => unpack(bomb)).toThrow(/larger than/)
  })
})

it('runs no job with a warm-up that its scenario cannot need', () => {
  const job = jobOf('@01-simple-web-stack', '5s')
  const longest = longestWarmup(readScenario('@01-simple-web-stack', { lasts: '5s', warmup: '1s' }))
  expect(longest).toBe(48)
  for (const warmup of [longest + 1, 3e11, -1, Number.NaN])
    expect(() => runJob({ ...job, warmup })).toThrow(ScenarioError)
  expect(runJob({ ...job, warmup: longest }).replication).toBe(0)
})
