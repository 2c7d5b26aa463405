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

  test('opens at the share itself', () => {
    const one = breaker({ failure_rate_threshold: '7%' })
    end(one, [...new Array(7).fill(true), ...new Array(93).fill(false)])
    expect(one.lets(0)).toBe(false)
  })

  test('after the wait lets some through, which decide, and nothing beside them', () => {
    const one = breaker({ ...small, permitted_number_of_calls_in_half_open_state: 2 })
    end(one, [true, true, true, true], 5)
    expect(one.lets(15)).toBe(false)
    expect([one.lets(16), one.lets(16), one.lets(1000)]).toEqual([true, true, false])
    end(one, [true], 1000)
    expect(one.lets(1000)).toBe(false)
    end(one, [false], 1000)
    expect([one.lets(1010), one.lets(1011), one.lets(1011)]).toEqual([false, true, true])
    end(one, [false, false], 1011)
    expect([one.lets(1011), one.lets(1011), one.lets(1011)]).toEqual([true, true, true])
    // From 5 to 16, and from 1000 to 1011.
    expect(one.extra(1100)).toEqual({
      breaker_open_share: 22 / 1100,
      breaker_opened: 2,
      calls_not_permitted: 4,
    })
  })

  test('half open, decides by as many as say something when closed', () => {
    const one = breaker({ ...small, minimum_number_of_calls: 2 })
    end(one, [true, true])
    expect(one.lets(11)).toBe(true)
    end(one, [false, false], 11)
    expect(new Array(20).fill(0).every(() => one.lets(11))).toBe(true)
  })

  test('half open, has back what was let through and given up', () => {
    const one = breaker({ ...small, permitted_number_of_calls_in_half_open_state: 1 })
    end(one, [true, true, true, true])
    expect([one.lets(11), one.lets(11)]).toEqual([true, false])
    one.release()
    expect(one.lets(11)).toBe(true)
  })

  test.each(['failure_rate_threshold', 'slow_call_rate_threshold'])('has a %s above 0', (name) => {
    expect(breakerOptions.safeParse({ [name]: '0%' }).error?.issues[0]?.message).toBe(
      'expected a share above 0%',
    )
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

  test('gives back the trials of workers that are killed', () => {
    const { ended } = play(`
lasts: 30s
warmup: 0s
users: { u: { arrive: constant(10/s), to: app } }
components:
  app: { kind: app, workers: 50, service: 5ms, request_terminate_timeout: 1s, calls: [{ name: pay, circuit_breaker: {
    sliding_window_size: 10, wait_duration_in_open_state: 5s, permitted_number_of_calls_in_half_open_state: 1 } }] }
  pay: { kind: service, servers: unlimited, service: 1ms }
faults:
  - { kind: errors, target: pay, share: 100%, at: 1s, for: 2s }
  - { kind: hang, target: pay, at: 3s, for: 10s }`)
    // It tries at six seconds and a half, and waits for ever for an answer to that.
    expect(Object.keys(tally(ended.filter((r) => r.arrived > 16)))).toEqual(['ok'])
  })

  test('takes no answer for a failure that would be the same again', () => {
    const { model } = play(`
lasts: 30s
warmup: 0s
users: { u: { arrive: constant(10/s), to: app } }
components:
  app: { kind: app, workers: 50, service: 5ms, calls: [{ name: wall, circuit_breaker: {} }] }
  wall: { kind: firewall, mode: waf, to: pay, false_positives: 100% }
  pay: { kind: service, servers: unlimited, service: 1ms }`)
    const counts = model.components.get('app')!.extra(30)
    expect(counts).toMatchObject({ calls_failed: 299, breaker_opened: 0 })
  })
})
