import { expect, test } from 'vitest'
import { readScenario } from '../../../cli/files.js'
import { inline } from '../../../sim/experiments/jobs.js'
import { run } from '../../../sim/experiments/run.js'

const base = 'scenarios/01-simple-web-stack.yaml'
const way = (name: string) => `scenarios/experiments/more-qps-${name}.yaml`

/** Whether half a minute at `rate` is answered within 100 ms, 99 of 100. */
async function bears(file: string, rate: number): Promise<boolean> {
  const set = [`users.visitors.arrive=poisson(${rate}/s)`]
  const scenario = readScenario(file, { set, replications: 1, lasts: '30s', warmup: '10s' })
  const [ran] = await run([scenario], inline)
  const { latency_ms, availability } = ran!.result
  return (availability.value ?? 0) > 0.999 && (latency_ms.p99.value ?? Number.POSITIVE_INFINITY) < 100
}

/** docs/capacity.md: what each carries, within a seventh or so. */
test.each([
  [base, 531],
  [way('bigger-machine'), 1160],
  [way('database-apart'), 790],
  [way('second-web-server'), 1595],
  [way('read-replica'), 790],
  [way('page-cache'), 2171],
])('%s carries about %s/s', async (file, rate) => {
  expect(await bears(file, rate * 0.85)).toBe(true)
  expect(await bears(file, rate * 1.15)).toBe(false)
})
