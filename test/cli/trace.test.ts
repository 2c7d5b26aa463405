import { expect, it, test } from 'vitest'
import type { TracedRequest } from '../../sim/model/tracing.js'
import { nines } from '../support/nines.js'

const dies = ['@experiments/02-web-server-dies', '--lasts', '4min']
const traced = async (...args: string[]): Promise<TracedRequest[]> => {
  const { code, stdout, stderr } = await nines('trace', ...dies, '--format', 'json', ...args)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return JSON.parse(stdout).requests
}

it('shows those that failed, as bars and as JSON', async () => {
  const { code, stdout } = await nines('trace', ...dies, '--failed', '--from', '3min', '--requests', '2')
  expect(code).toBe(0)
  expect(stdout.replace(/\s+/g, ' ')).toContain(
    'A web server dies: the first 2 requests of the measured span from 180 s on that were not answered ok,',
  )
  expect(stdout).toMatch(/nginx-2 +\|x+ +\| +1,000 ms, connect_timeout/)
  for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(100)
  const requests = await traced('--failed', '--from', '3min', '--requests', '2')
  expect(requests).toHaveLength(2)
  for (const { outcome, arrived_s } of requests) {
    expect(outcome).not.toBe('ok')
    expect(arrived_s).toBeGreaterThanOrEqual(180)
  }
})

it('combines them', async () => {
  const requests = await traced('--slowest', '4', '--class', 'write', '--from', '30s')
  const latencies = requests.map(({ latency_ms }) => latency_ms!)
  expect(requests.map((one) => one.class)).toEqual(['write', 'write', 'write', 'write'])
  expect(latencies).toEqual(latencies.toSorted((a, b) => b - a))
  expect(latencies[3]).toBeGreaterThan(1000)
})

test.each([
  [
    ['--slowest', '5', '--requests', '5'],
    "option '--slowest <n>' cannot be used with option '--requests <n>'",
  ],
  [['--slowest', '0'], 'expected a whole number from 1 to 10000'],
  [['--class', 'wirte'], 'no users ask for the request class "wirte"; did you mean "write"?'],
  [['--from', '5min'], '--from: expected a time before the end of the run'],
  [['--from', '5'], 'expected a duration such as 40ms or 2min, not "5" without a unit'],
])('tells what is wrong with %j', async (args, says) => {
  expect(await nines('trace', ...dies, ...args)).toMatchObject({
    code: 2,
    stdout: '',
    stderr: expect.stringContaining(says),
  })
})
