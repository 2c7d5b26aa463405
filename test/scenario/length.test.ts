import { expect, test } from 'vitest'
import { parseScenario } from '../../sim/scenario/parse.js'
import { problemsOf } from '../support/world.js'

const scenario = (users: string, more = '') =>
  parseScenario(
    `users: { u: { ${users}, to: a } }\ncomponents: { a: { kind: service, service: 1ms } }\n${more}`,
    'test.yaml',
    {},
    () => '1s\n100s\n',
  )
const length = (users: string, more = '') => {
  const { lasts, lastsFor } = scenario(users, more)
  return [lasts, lastsFor]
}
const expecting = (metric: string) => `expect: { ${metric}: "<= 1s" }`

test('a minute, unless something needs longer; what the file says holds', () => {
  expect(length('arrive: poisson(50/s)')).toEqual([60, 'the default'])
  expect(length('arrive: poisson(50/s)', `lasts: 7s\n${expecting('latency_p99')}`)).toEqual([7, null])
})

test.each([
  // 100 requests beyond it: 10,000 for p99, and a fifth more, at 50/s: 240 s.
  ['arrive: poisson(50/s)', 'latency_p99', 300],
  ['arrive: poisson(50/s)', 'latency_p95', 60],
  ['arrive: poisson(50/s)', 'latency_p999', 2400],
  ['arrive: poisson(10k/s)', 'latency_p999', 60],
  ['arrive: poisson(100/s), mix: { read: 90%, write: 10% }', 'classes.write.latency_p99', 1200],
  ['arrive: poisson(100/s), mix: { read: 90%, write: 10% }', 'users.u.latency_p99', 120],
  ['arrive: "closed(users=100, think=2s)"', 'latency_p99', 300],
  ['arrive: poisson(50/s)', 'latency_mean', 60],
])('%s, %s: %d s', (users, metric, seconds) => {
  const neat = [60, 120, 300, 1200, 3600].find((one) => one >= seconds)
  expect(length(users, expecting(metric))).toEqual([
    neat,
    seconds === 60 ? 'the default' : `for ${metric} in expect:`,
  ])
})

test('an hour at most', () => {
  expect(length('arrive: poisson(1/s)', expecting('latency_p999'))[0]).toBe(3600)
})

test.each([
  ['at: 100s, for: 1min', 300],
  ['at: 2min', 180],
  ['at: 10min, for: 5min', 1200],
  ['at: 10s, for: 1s', 120],
  ['mtbf: 1h, mttr: 1min', 60],
])('a fault and the time after it: %s', (timing, seconds) => {
  expect(length('arrive: poisson(50/s)', `faults: [{ kind: crash, target: a, ${timing} }]`)[0]).toBe(seconds)
})

test('a fault after the longest of them is told', () => {
  const text = `users: { u: { arrive: poisson(50/s), to: a } }
components: { a: { kind: service, service: 1ms } }
faults: [{ kind: crash, target: a, at: 2h }]`
  expect(problemsOf(text)).toEqual(['3:36: faults.0.at: is after the end of the run (lasts:)'])
})

test('a recording is played to its end', () => {
  expect(length('arrive: trace(times.csv)')).toEqual([120, 'as long as what is recorded of u'])
})
