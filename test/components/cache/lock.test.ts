import { describe, expect, test } from 'vitest'
import { fault, play, problemsOf, response, tally } from '../../support/world.js'

/** Ten who ask for one object, at 1, 2, .. 10 ms, that its origin needs `service` for, and one at 31 s. */
const site = (service: string, cache = '', faults = '', later = 31, until = later + 0.0015) => `
lasts: 60s
warmup: 0s
users:
  u: { arrive: constant(1000/s), profile: { 0s: 100%, 10.5ms: 0% }, to: cache }
  later: { arrive: constant(1000/s), profile: { 0s: 0%, ${later}s: 100%, ${until}s: 0% }, to: cache }
components:
  cache: { kind: cache, origin: origin, keys: 1, starts: cold, lock: on, ${cache} }
  origin: { kind: service, servers: unlimited, service: ${service} }
faults: [${faults}]`

function run(...as: Parameters<typeof site>) {
  const { ended, model } = play(site(...as))
  const ten = ended.filter(({ users }) => users === 'u').sort((a, b) => a.arrived - b.arrived)
  const later = ended.filter(({ users }) => users === 'later').map(response)
  const fetched = model.wires.find(({ from }) => from === 'cache')!.sent
  expect(model.context.requests.inUse).toBe(0)
  const ends = ten.map((one) => +one.ended.toFixed(6)).sort((a, b) => a - b)
  return {
    ten,
    ends,
    took: ten.map(response),
    fetched,
    later,
    extra: model.components.get('cache')!.extra(60),
  }
}
const nine = (seconds: number) => new Array<number>(9).fill(seconds)

describe('lock (proxy_cache_lock of nginx)', () => {
  test('who waits looks each 500 ms of his own wait; measured on 1.22.1: .504 s and 1.007 s', () => {
    const quick = run('100ms')
    expect(quick.took).toEqual([0.1, ...nine(0.5)])
    expect([quick.fetched, quick.extra.misses, quick.extra.hits]).toEqual([1, 1, 10])
    expect(run('700ms').took).toEqual([0.7, ...nine(1)])
  })

  test('after lock_timeout each asks the origin, and its answer is not stored; measured: 5.01 s, 10 requests', () => {
    const { took, fetched, later } = run('3s', 'lock_timeout: 2s')
    expect(took).toEqual([3, ...nine(5)])
    expect([fetched, later]).toEqual([10, [0]])
    // The first answer is old at 5.001 s, those of the others, from 5.002 s on, would be good.
    expect(run('3s', 'lock_timeout: 2s, ttl: 2s', '', 6).later).toEqual([3])
    expect(run('3s', 'lock_timeout: 2s, ttl: 4s', '', 6).later).toEqual([0])
  })

  test('one more each lock_age; measured: 4 requests of 3 s, answered at 3, 4, 5 and 6 s, the others at 3.5 s', () => {
    const { ends, fetched } = run('3.0005s', 'lock_age: 1s')
    expect(fetched).toBe(4)
    // All that wait look when the lock is 1, 2 and 3 s old, and one has it.
    expect(ends).toEqual([3.0015, ...new Array(6).fill(3.501), 4.0015, 5.0015, 6.0015])
  })

  test('5 s each: one has the lock anew when it is 5 s old, the others look once more; measured: 13.0 to 13.5 s', () => {
    const { ends, fetched } = run('8s')
    expect(fetched).toBe(10)
    expect(ends).toEqual([8.001, 13.001, ...new Array(8).fill(13.501)])
  })

  test('a failure frees the lock: at the next look one has it, and the others wait on', () => {
    const { ten, took } = run('700ms', '', fault('crash', 'origin', '300ms', '100ms'))
    expect(tally(ten)).toEqual({ reset: 1, ok: 9 })
    expect(took).toEqual([0.299, 1.2, ...new Array(8).fill(1.5)])
  })

  test('not for what is there and old: all ask the origin, as measured', () => {
    const old = site('1s', 'ttl: 5s', '', 31, 31.0105)
    const { model } = play(old)
    expect(model.wires.find(({ from }) => from === 'cache')!.sent).toBe(1 + 10)
  })

  test('what cannot be is said', () => {
    const says = (options: string) => problemsOf(site('1s', options)).join('\n')
    expect(says('coalesce: on')).toContain('expected one of the two')
    const without = site('1s', 'lock_age: 1s').replace('lock: on, ', '')
    expect(problemsOf(without).join('\n')).toContain('expected lock: on beside it')
  })
})
