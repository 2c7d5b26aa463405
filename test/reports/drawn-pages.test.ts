import { expect, it } from 'vitest'
import { capacityFiles } from '../../reports/capacity-table.js'
import { yearsFiles } from '../../reports/years-table.js'
import type { Capacity, CapacityWithout } from '../../sim/experiments/capacity/answer.js'
import { asksOf } from '../../sim/experiments/capacity/ask.js'
import { capacities, capacityReport } from '../../sim/experiments/capacity/capacity.js'
import { inline } from '../../sim/experiments/jobs.js'
import { plan } from '../../sim/experiments/nines/nines.js'
import { parseScenario } from '../../sim/scenario/parse.js'

const assets = { script: '', style: '', hashes: { script: '', style: '' } }
/** Two servers behind a door; of a second file there is none. */
const stack = (file: string, timeout: string) =>
  parseScenario(
    `
name: ${file}
hosts: { edge: {}, one: {}, two: {} }
users: { web: { arrive: poisson(40/s), to: door, timeout: ${timeout} } }
components:
  door: { kind: balancer, host: edge, policy: roundrobin, servers: [a, b] }
  a: { kind: service, host: one, service: exponential(10ms) }
  b: { kind: service, host: two, service: exponential(10ms) }
faults:
  - { kind: crash, target: edge, mtbf: 100d, mttr: 1h }
  - { kind: crash, target: one, mtbf: 100d, mttr: 1h }
expect: { availability: ">= 99%", latency_mean: "<= 40ms" }`,
    `${file}.yaml`,
    { lasts: '5s' },
  )
const scenarios = [stack('other', '2s'), stack('shop', '1ms')]
const drawnIn = (page: string) => page.match(/<svg class="drawing"/g)?.length ?? 0

it('the page of capacities draws what is full first, and what is carried without each host', async () => {
  const found = await capacities(asksOf(scenarios, null, false), { within: 0.3, most: 2, first: 2 }, inline)
  const pageOf = (...some: Capacity[]) =>
    capacityFiles(capacityReport(some, 2), scenarios, assets)['capacity.html']!
  const [other, shop] = found as [Capacity, Capacity]
  const left = (part: string, value: number): CapacityWithout => ({
    part,
    components: [],
    qps: { value, low: value, high: value },
    binding: null,
    within: { wanted: 0.05, reached: 0.05 },
  })
  const page = pageOf({ ...other, without: [left('edge', 0), left('one', 75)] }, shop)
  expect(drawnIn(page)).toBe(2)
  expect(page).toMatch(/<g class="frame host hard[^>]*data-host="edge"/)
  expect(page).toMatch(/>without it 75\/s<\/text>/)
  expect(page).toContain('<figcaption>What is full first, and what is carried without each part</figcaption>')
  expect(page).toContain(' in use at the capacity, and of what would be full next. Red: ')
  // Of the other nothing is carried, so that there is no capacity at which it would be.
  const alone = pageOf(shop)
  expect(alone).toContain('aria-label="Drawing of shop"')
  expect(alone).toMatch(/ in use at \d+(\.\d+)?\/s, and of what would be full next\.<\/p>/)
  expect(alone).toContain('<figcaption>What is full first</figcaption>')
})

it('the page of years draws what the failures of each part cost', async () => {
  const asking = { over: 365 * 86_400, effort: 0, joint: false }
  const availabilities = await Promise.all(scenarios.map((one) => plan(one, asking).run(inline)))
  const page = yearsFiles({ version: 1, availabilities }, scenarios, assets)['availability.html']!
  expect(drawnIn(page)).toBe(2)
  expect(page).toMatch(/<g class="frame host hard[^>]*data-host="edge"/)
  expect(page).toMatch(/>\d+(\.\d+)? (min|h) a year<\/text>/)
  expect(page).toContain('Red: 25% of all of it, or more; orange: 2%, or more.')
})
