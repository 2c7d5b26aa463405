import { describe, expect, test } from 'vitest'
import { fault, play, problemsOf, response, tally } from '../../support/world.js'

/** One object, good for 2 s, that 10 a second ask for and that its origin needs 1 s for. */
const site = (cache: string, faults = '', arrive = 'constant(10/s)') => `
lasts: 30.05s
warmup: 0s
users: { u: { arrive: ${arrive}, to: cache } }
components:
  cache: { kind: cache, origin: origin, keys: 1, ttl: 2s, starts: cold, read_timeout: 1.5s, ${cache} }
  origin: { kind: service, servers: unlimited, service: 1s }
faults: [${faults}]`

function run(...as: Parameters<typeof site>) {
  const { ended, model } = play(site(...as))
  const fetched = model.wires.find(({ from }) => from === 'cache')!.sent
  const waited = ended.filter((one) => response(one) > 0).length
  return { ended, fetched, waited, stale: model.components.get('cache')!.extra(30).stale }
}
const away = fault('crash', 'origin', '10.05s', '20s')

describe('use_stale (proxy_cache_use_stale of nginx)', () => {
  test('updating: one fetches the object anew and waits, the others get the old one at once; measured on nginx 1.22.1', () => {
    const { fetched, waited, stale, ended } = run('coalesce: on, use_stale: [updating]')
    expect(tally(ended)).toEqual({ ok: 300 })
    // Fetched from 0.1 s on, each 3 s: at first all wait for it, later one.
    expect(fetched).toBe(10)
    expect(waited).toBe(10 + 9)
    expect(Math.abs(stale! - 9 * 9)).toBeLessThan(9)
    expect(run('coalesce: on').waited).toBe(10 * 10)
  })

  test('with background_update nobody waits for an old object, and one request of the cache fetches it; measured on 1.22.1', () => {
    const { fetched, waited, stale, ended } = run(
      'coalesce: on, use_stale: [updating], background_update: on',
    )
    expect(tally(ended)).toEqual({ ok: 300 })
    expect(fetched).toBe(10)
    expect(waited).toBe(10)
    // The first who finds it old, too.
    expect(Math.abs(stale! - 9 * 10)).toBeLessThan(9)
  })

  test('with background_update a fetch that fails leaves the old object, and one that dies with the cache leaves nothing', () => {
    const options = 'coalesce: on, use_stale: [updating, error], background_update: on'
    expect(Object.keys(tally(run(options, away).ended))).toEqual(['ok'])
    // Only updating: the old object all the same, since nobody waits for the fetch.
    expect(Object.keys(tally(run('use_stale: [updating], background_update: on', away).ended))).toEqual([
      'ok',
    ])
    const died = play(site(options, fault('crash', 'cache', '3.55s', '1s')))
    expect(died.ended.slice(-50).every(({ outcome }) => outcome === 'ok')).toBe(true)
    expect(died.model.context.requests.inUse).toBeLessThanOrEqual(11)
  })

  test('error, timeout and http_5xx: the old object instead of an error, and else the error', () => {
    const failing = '{ kind: errors, target: origin, share: 100%, at: 10.05s }'
    const hung = fault('hang', 'origin', '10.05s')
    for (const [condition, what, error] of [
      ['error', away, 'refused'],
      ['http_500', failing, '500'],
      ['timeout', hung, '504'],
    ] as const) {
      const other = condition === 'error' ? 'timeout' : 'error'
      const good = run(`use_stale: [${condition}]`, what)
      expect(Object.keys(tally(good.ended)), condition).toEqual(['ok'])
      expect(good.stale).toBeGreaterThan(100)
      expect(tally(run(`use_stale: [${other}]`, what).ended), condition).toHaveProperty(error)
    }
  })

  test('all that wait for one fetch get the old object, and each is counted', () => {
    const { ended, stale, fetched } = run(
      'coalesce: on, use_stale: [timeout]',
      fault('hang', 'origin', '10.05s'),
    )
    expect(Object.keys(tally(ended))).toEqual(['ok'])
    expect(stale).toBeGreaterThan(9 * fetched)
  })

  test('not what nobody has asked for since inactive, nor what there has never been', () => {
    const rarely = 'constant(0.2/s)'
    const failed = (cache: string, what = away) =>
      run(cache, what, rarely).ended.filter(({ outcome }) => outcome !== 'ok')
    expect(failed('use_stale: [error]')).toHaveLength(0)
    expect(failed('use_stale: [error], inactive: 4s').length).toBeGreaterThan(2)
    expect(failed('use_stale: [error]', fault('crash', 'origin', '0s')).length).toBe(6)
  })

  test('an object that is fetched when the cache dies is fetched anew', () => {
    const { ended } = run('coalesce: on, use_stale: [updating]', fault('crash', 'cache', '3.55s', '1s'))
    expect(ended.slice(-50).every(({ outcome }) => outcome === 'ok')).toBe(true)
  })
})

test('what cannot be is said', () => {
  const said = (cache: string) => problemsOf(site(cache).replace('ttl: 2s, ', '')).join()
  expect(said('use_stale: [error]')).toContain('expected ttl: beside it')
  expect(said('use_stale: [http_404]')).toContain('error, timeout, updating')
  const own = problemsOf(site('use_stale: [error], background_update: on')).join()
  expect(own).toContain('expected updating in use_stale: beside it')
})
