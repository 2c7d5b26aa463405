import { describe, expect, test } from 'vitest'
import { play, problemsOf, responses, tally } from '../../support/world.js'

/** The first try of each request goes to `slow`, the second to `quick`. */
const site = ({ call = '', slow = '300ms', quick = '20ms', more = '' }) => `
lasts: 20s
warmup: 0s
users: { u: { arrive: constant(1/s), to: app } }
components:
  app: { kind: app, workers: 50, service: 5ms, calls: [{ name: pair, hedging_delay: 50ms, ${call} }] }
  pair: { kind: balancer, policy: roundrobin, servers: [slow, quick] }
  slow: { kind: service, servers: unlimited, service: ${slow} }
  quick: { kind: service, servers: unlimited, service: ${quick} }
${more}`

const counts = ({ model }: ReturnType<typeof play>) => model.components.get('app')!.extra(20)
const sent = ({ model }: ReturnType<typeof play>) =>
  ['slow', 'quick'].map((to) => model.wires.find(({ towards }) => towards === to)!.sent)

describe('hedged calls', () => {
  test('are asked a second time, and take the answer that comes first', () => {
    const second = play(site({}))
    expect(responses(second.ended)).toEqual([0.075])
    expect(counts(second)).toMatchObject({ hedges: 19, calls_failed: 0 })
    expect(sent(second)).toEqual([19, 19])
    const first = play(site({ slow: '60ms' }))
    expect(responses(first.ended)).toEqual([0.065])
    expect(counts(first).hedges).toBe(19)
  })

  test('are asked once where the answer is there before', () => {
    const { hedges } = counts(play(site({ slow: '49ms', quick: '49ms' })))
    expect(hedges).toBe(0)
  })

  test('take an error too, but wait for the other try where one gave up', () => {
    const errors = 'faults: [{ kind: errors, target: slow, share: 100%, at: 0s }]'
    expect(tally(play(site({ slow: '60ms', more: errors })).ended)).toEqual({ '500': 19 })
    const silent = play(site({ call: 'timeout: 60ms' }))
    expect(responses(silent.ended)).toEqual([0.075])
    const both = play(site({ call: 'timeout: 60ms', quick: '300ms' }))
    expect(responses(both.ended)).toEqual([0.115])
    expect(counts(both).calls_failed).toBe(19)
  })

  test('take second tries from the budget', () => {
    const budget = 'timeout: 1s, retry_budget: { retry_ratio: 20%, min_retries_per_second: 0, ttl: 60s }'
    const refused = play(site({ call: budget, quick: '300ms' }))
    expect(counts(refused)).toMatchObject({ hedges: 3, hedges_refused: 16, calls_failed: 0 })
    // A call alone gives up as any other does.
    const late = counts(play(site({ call: budget.replace('1s', '60ms'), quick: '300ms' })))
    expect(late.calls_failed).toBe(19)
  })

  test('ask no second time what their circuit breaker does not let through, and give back the try that lost', () => {
    const breaker = (permitted: number) => `circuit_breaker: { sliding_window_size: 1,
      slow_call_duration_threshold: 200ms, wait_duration_in_open_state: 500ms,
      permitted_number_of_calls_in_half_open_state: ${permitted} }`
    const alone = play(site({ call: breaker(1), slow: '300ms', quick: '300ms' }))
    // The first opens it, and each trial that follows does so again.
    expect(counts(alone)).toMatchObject({ hedges: 1, breaker_opened: 19, calls_not_permitted: 18 })
    const errors = 'faults: [{ kind: errors, target: quick, share: 100%, at: 0s, for: 1500ms }]'
    // The first fails, both tries of the next are trials; the one that loses says nothing, and another is let.
    expect(tally(play(site({ call: breaker(2), more: errors })).ended)).toEqual({ '500': 1, ok: 18 })
  })

  test('are told what they ask in vain', () => {
    const told = (call: string) => problemsOf(site({ call })).join('\n')
    expect(told('retries: 1')).toContain('hedging_delay: expected either retries: or hedging_delay:')
    expect(told('timeout: 50ms')).toContain('hedging_delay: expected less than timeout:')
    expect(told('timeout: 51ms, retry_budget: {}')).toBe('')
  })
})
