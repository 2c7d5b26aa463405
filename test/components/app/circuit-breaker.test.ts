import { describe, expect, test } from 'vitest'
import { breakerOptions, CircuitBreaker } from '../../../sim/components/app/circuit-breaker.js'
import { play, tally } from '../../support/world.js'

const breaker = (options: object = {}) => new CircuitBreaker(breakerOptions.parse(options))
const small = { sliding_window_size: 4, minimum_number_of_calls: 4, wait_duration_in_open_state: '10s' }

/** Ends so many calls at `now`, each after `seconds`. */
function end(one: CircuitBreaker, failed: readonly boolean[], now = 0, seconds = 0): void {
  for (const each of failed) one.ended(each, seconds, now)
}

describe('a circuit breaker (Resilience4j)', () => {
  test('opens when half of the last hundred calls failed, and not before there are a hundred', () => {
    const one = breaker()
    end(one, new Array(99).fill(true))
    expect(one.lets(0)).toBe(true)
    end(one, [true])
    expect(one.lets(0)).toBe(false)
    const other = breaker()
    end(other, [...new Array(50).fill(false), ...new Array(49).fill(true), false])
    expect(other.lets(0)).toBe(true)
    // The first that failed has not left the window when one more fails.
    end(other, [true])
    expect(other.lets(0)).toBe(false)
  })

  test('opens by calls that are slow, though they are answered', () => {
    const slow = { ...small, slow_call_rate_threshold: '50%', slow_call_duration_threshold: '2s' }
    const one = breaker(slow)
    end(one, [false, false, false], 0, 2)
    end(one, [false], 0, 2.1)
    expect(one.lets(0)).toBe(true)
    end(one, [false], 0, 2.1)
    expect(one.lets(0)).toBe(false)
  })

  test('after the wait lets ten through, which decide; of those that failed half open it again', () => {
    const one = breaker({ ...small, permitted_number_of_calls_in_half_open_state: 2 })
    end(one, [true, true, true, true], 5)
    expect(one.lets(14.9)).toBe(false)
    expect([one.lets(15), one.lets(15), one.lets(15)]).toEqual([true, true, false])
    end(one, [true, false], 16)
    expect([one.lets(25.9), one.lets(26), one.lets(26)]).toEqual([false, true, true])
    end(one, [false, false], 27)
    expect([one.lets(27), one.lets(27), one.lets(27)]).toEqual([true, true, true])
    expect(one.extra(31)).toEqual({ breaker_open_share: 20 / 31, breaker_opened: 2, calls_not_permitted: 3 })
  })

  test('half open, has back what was let through and given up', () => {
    const one = breaker({ ...small, permitted_number_of_calls_in_half_open_state: 1 })
    end(one, [true, true, true, true])
    expect([one.lets(10), one.lets(10)]).toEqual([true, false])
    one.release()
    expect(one.lets(10)).toBe(true)
  })
})

describe('an application with one', () => {
  const site = (more = '', app = '') => `
lasts: 30s
warmup: 0s
users: { u: { arrive: constant(10/s), to: app } }
components:
  app: { kind: app, workers: 50, service: 5ms, calls: [{ name: pay, timeout: 1s, ${app} circuit_breaker: {
    sliding_window_size: 10, minimum_number_of_calls: 10, wait_duration_in_open_state: 5s,
    permitted_number_of_calls_in_half_open_state: 2 } }] }
  pay: { kind: service, servers: unlimited, service: 100ms }
faults: [{ kind: hang, target: pay, at: 2.95s, for: 10s }${more}]`

  test('holds no worker for a service that hangs, and is closed again when that is well', () => {
    const { ended, model } = play(site())
    const waits = ended.filter((r) => r.ended - r.arrived > 0.5)
    // Ten come in the second until the first gives up, and until five of the last ten have; two with each trial.
    expect(waits.length).toBeLessThan(20)
    expect(waits.length).toBeGreaterThanOrEqual(14)
    expect(tally(ended.filter((r) => r.arrived > 21))).toEqual({
      ok: ended.filter((r) => r.arrived > 21).length,
    })
    const counts = model.components.get('app')!.extra(30)
    expect(counts.breaker_opened).toBe(2)
    expect(counts.calls_not_permitted).toBeGreaterThan(80)
  })

  test('is not asked again by a retry when it has let nothing through', () => {
    const { model } = play(site('', 'retries: 3,'))
    expect(model.components.get('app')!.extra(30).call_retries).toBeLessThan(40)
  })

  test('dies with its process: the next one knows nothing', () => {
    const { ended } = play(site(', { kind: crash, target: app, at: 6s, for: 100ms }'))
    const after = ended.filter((r) => r.arrived > 6.15 && r.arrived < 7)
    expect(after.every((r) => r.ended - r.arrived > 0.9)).toBe(true)
  })
})
