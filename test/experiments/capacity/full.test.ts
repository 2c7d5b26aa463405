import { describe, expect, test } from 'vitest'
import { capacityLine, limitsLine } from '../../../reports/words/capacity-words.js'
import { asksOf } from '../../../sim/experiments/capacity/ask.js'
import { capacities } from '../../../sim/experiments/capacity/capacity.js'
import { inline } from '../../../sim/experiments/jobs.js'
import { parseScenario } from '../../../sim/scenario/parse.js'

/** Open users, who fill `q` at 100 a second, and staff who wait for their answers. */
const capacityOf = async (staff: string, to: string, expected = 'latency_mean: "<= 200ms"') => {
  const text = `
name: Shop
users:
  web: { arrive: poisson(20/s), to: q, timeout: 5s }
  staff: { arrive: "closed(${staff})", to: ${to} }
components:
  q: { kind: service, service: exponential(10ms) }
  own: { kind: service, service: exponential(10ms) }
expect: { availability: ">= 90%", ${expected} }`
  const asks = asksOf([parseScenario(text, 'shop.yaml', { lasts: '30s' })], null, false)
  const [found] = await capacities(asks, { within: 0.2, most: 2, first: 2 }, inline)
  return found!
}

describe('the rate at which the first limit is full', () => {
  test('is that of open users alone: closed ones at the same place wait, and ask less', async () => {
    const found = await capacityOf('users=3, think=exponential(10ms)', 'q')
    expect(found.bound_qps).toBeGreaterThan(93)
    expect(found.bound_qps).toBeLessThan(107)
    expect(found.qps.value).toBeGreaterThan(70)
    expect(found.qps.value).toBeLessThanOrEqual(found.bound_qps!)
    expect(found.binding).toBe('latency_mean')
    expect(limitsLine(found)).toMatch(
      /^The first limit is the servers of q: \d+% used at the capacity, full at about \d+(\.\d)?\/s, and more /,
    )
  })

  test('is not changed by those who ask elsewhere, and what these fill is no limit of it', async () => {
    const found = await capacityOf('users=20, think=exponential(100ms)', 'own')
    expect(found.points[0]!.bottleneck).toMatchObject({ part: 'own', full_at_per_s: null })
    expect(found.bottleneck).toMatchObject({ part: 'q' })
    expect(found.next).toBeNull()
    expect(found.bound_qps).toBeGreaterThan(93)
    expect(found.bound_qps).toBeLessThan(107)
  })
})

test('how much is used is told of a rate that there is: of the lowest, where nothing is carried', async () => {
  const found = await capacityOf('users=3, think=exponential(1s)', 'q', 'latency_mean: "<= 1ms"')
  expect(capacityLine(found)).toMatch(/^Shop carries nothing with /)
  const lowest = found.points[0]!.qps
  expect(found.limits_at_qps).toBe(lowest)
  expect(limitsLine(found)).toMatch(
    /^The first limit is the servers of q: \d+% used at \d+(\.\d+)?\/s, full at about /,
  )
})
