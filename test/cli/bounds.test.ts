import { expect, test } from 'vitest'
import { bounded, type RunOptions, stopping } from '../../cli/options.js'
import { jobsOf } from '../../sim/experiments/run.js'
import { valuesOf } from '../../sim/experiments/sweep.js'
import { parseScenario } from '../../sim/scenario/parse.js'

const scenario = parseScenario(
  'lasts: 10s\nusers: { u: { arrive: poisson(1/s), to: q } }\ncomponents: { q: { kind: service, service: 1ms } }\n',
  'q.yaml',
)
const jobs = (options: Partial<RunOptions>) =>
  bounded([scenario], options as RunOptions).flatMap(jobsOf).length

test('--max-replications bounds what the file says too, where precision is asked for', () => {
  expect(jobs({})).toBe(20)
  expect(jobs({ precision: 0.05 })).toBe(20)
  expect(jobs({ precision: 0.05, maxReplications: 12 })).toBe(12)
  expect(jobs({ precision: 0.05, maxReplications: 50 })).toBe(20)
  expect(stopping({ precision: 0.05, maxReplications: 12 } as RunOptions)!.most).toBe(12)
  expect(stopping({ precision: 0.05 } as RunOptions)!.most).toBe(1000)
})

test('bounds of what is not asked for are mistakes', () => {
  expect(() => stopping({ maxReplications: 12 } as RunOptions)).toThrow('goes with --precision')
  expect(() => stopping({ timeBudget: 12 } as RunOptions)).toThrow('goes with --precision')
  expect(stopping({} as RunOptions)).toBeNull()
})

test('a range with a dash is told how ranges are written', () => {
  expect(() => valuesOf('100-300')).toThrow('a range with two dots, 100..300:step, or values such as 1,2,5')
  expect(() => valuesOf('100-300:50')).toThrow('100..300:50')
  for (const way of ['100 - 300', '100:300', '100…300', '100 to 300', '100–300'])
    expect(() => valuesOf(way), way).toThrow('100..300:step')
  expect(() => valuesOf('100 200 300')).toThrow('values with commas, 100,200,300')
  expect(valuesOf('1-2ms,3')).toEqual(['1-2ms', '3'])
})
