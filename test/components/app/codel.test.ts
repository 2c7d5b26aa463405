import { describe, expect, test } from 'vitest'
import { app } from '../../../sim/components/app/app.js'
import { Codel, codelOptions } from '../../../sim/components/app/codel.js'
import { resultOf } from '../../support/ran.js'
import { fault, play, problemsOf, responses, tally } from '../../support/world.js'
import { checks } from '../conformance.js'

const codel = (options: object = {}) => new Codel(codelOptions.parse(options))

/** Which of these are shed: when a worker comes to each, and how long it has waited, in milliseconds. */
const shed = (one: Codel, those: readonly (readonly [at: number, waited: number])[]) =>
  those.filter(([at, waited]) => one.sheds((at - waited) / 1000, at / 1000)).map(([at]) => at)

describe('controlled delay (folly)', () => {
  test('sheds who waited longer than twice the target, in the interval after one in which all waited longer than it', () => {
    // The first request and the one that begins an interval are never shed; an interval lasts 100 ms.
    const long = [0, 10, 50, 109, 111, 112, 150].map((at) => [at, 30] as const)
    expect(shed(codel(), long)).toEqual([50, 109, 112, 150])
    const waits = [
      [0, 6],
      [10, 6],
      [20, 9.9],
      [30, 10.1],
    ] as const
    expect(shed(codel(), waits)).toEqual([30])
    expect(shed(codel({ target_delay: '5.5ms' }), waits)).toEqual([])
  })

  test('one that waited no longer than the target lets the next interval be, and only the next', () => {
    const one = codel()
    expect(
      shed(one, [
        [0, 30],
        [10, 30],
        [20, 30],
        [30, 4],
        [40, 30],
      ]),
    ).toEqual([20, 40])
    expect(
      shed(one, [
        [120, 30],
        [130, 30],
        [200, 30],
        [230, 30],
        [240, 30],
      ]),
    ).toEqual([240])
  })

  test('forgets with its process', () => {
    const one = codel()
    shed(one, [
      [0, 30],
      [10, 30],
    ])
    one.forget()
    expect(
      shed(one, [
        [20, 4],
        [30, 30],
        [40, 30],
      ]),
    ).toEqual([])
  })
})

/** Ten workers that do 100 requests a second, and visitors who have patience for one. */
const stack = ({ rate = '200/s', app = '', more = '', to = 'app', faults = '' }) => `
lasts: 10s
warmup: 0s
replications: 1
good: 500ms
hosts: { h: { cores: 100 } }
users: { u: { arrive: poisson(${rate}), to: ${to}, timeout: 1s } }
components:
  app: { kind: app, host: h, workers: 10, service: 100ms, backlog: 1000000${app} }
${more}
faults: [${faults}]
`

const shedIn = ({ model }: ReturnType<typeof play>) =>
  model.components.get('app')!.extra(model.kernel.now).shed

describe('an application', () => {
  test('of which twice is asked what it can do answers nobody in time without it, and as many as it can with it', () => {
    const late = play(stack({})).ended.filter(({ arrived }) => arrived >= 3)
    expect(tally(late)).toEqual({ timeout: late.length })
    const world = play(stack({ app: ', codel: {}' }))
    const { ok, 503: unavailable, ...others } = tally(world.ended)
    expect(others).toEqual({})
    expect(ok).toBeGreaterThan(0.97 * 10 * 100)
    expect(ok).toBeLessThanOrEqual(10 * 100)
    expect(Math.max(...responses(world.ended.filter(({ arrived }) => arrived > 1)))).toBeLessThan(0.3)
    expect(shedIn(world)).toBe(unavailable)
  })

  test('that has time for all does the same with it and without it', () => {
    const low = (app: string) => play(stack({ rate: '20/s', app }))
    const world = low(', codel: {}')
    expect(world.ended).toEqual(low('').ended)
    expect(shedIn(world)).toBe(0)
  })

  test('that died knows nothing of the overload before', () => {
    const crash = fault('crash', 'app', '2s', '1s')
    const { ended } = play(stack({ app: ', codel: {}', faults: crash }))
    const shedFrom = (from: number, to: number) =>
      ended.filter((one) => one.ended >= from && one.ended < to && one.outcome === '503').length
    // Its first interval is one in which some found a worker idle.
    expect(shedFrom(3, 3.2)).toBe(0)
    expect(shedFrom(3.2, 3.5)).toBeGreaterThan(0)
    expect(shedFrom(1.5, 1.8)).toBeGreaterThan(0)
  })

  test('gives back what it sheds while it is still being sent', () => {
    const world = play(
      `sizes: { any: { request: 20kB } }${stack({
        app: ', codel: {}',
        to: 'web',
        more: '  web: { kind: nginx, host: h, proxy_request_buffering: off, upstream: [app] }',
      }).replace(
        'timeout: 1s',
        'timeout: 1s, profile: { 0s: 100%, 5s: 0% }, mix: { any: 100% }, bandwidth: 1MB/s',
      )}`,
    )
    expect(shedIn(world)).toBeGreaterThan(300)
    expect(tally(world.ended)['503']).toBe(shedIn(world))
    expect(world.model.context.requests.inUse).toBe(0)
  })

  test('is said to be full, and not to be without servers', async () => {
    const { causes, overloaded, unstable } = await resultOf(stack({ app: ', codel: {}' }))
    expect(causes.map(({ chain }) => chain.map(({ what }) => what))).toEqual([['full by itself']])
    expect(overloaded).toMatchObject({ component: 'app', place: 'workers', growth_per_s: 0 })
    expect(unstable).toBeUndefined()
  })

  test('wants an interval that is longer than the target', () => {
    const says = (codel: string) => problemsOf(stack({ app: `, codel: { ${codel} }` })).join('\n')
    expect(says('target_delay: 200ms')).toContain('codel.interval: expected more than target_delay:')
    expect(says('target: 5ms')).toContain('target_delay')
    expect(says('target_delay: 0s')).toContain('above 0')
    expect(says('target_delay: 200ms, interval: 1s')).toBe('')
  })
})

const shedding = {
  ...app,
  example: app.example.replace('workers: 8', 'workers: 1, codel: { target_delay: 0.1ms }'),
}

test.each(['loses nothing from the books', 'gives back requests and events'])(
  'where load is shed it %s',
  (name) => checks[name]!(shedding as never),
)
