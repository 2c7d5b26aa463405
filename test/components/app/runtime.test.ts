import { describe, expect, test } from 'vitest'
import { app } from '../../../sim/components/app/app.js'
import { fault, looks, play, problemsOf, response, tally, world } from '../../support/world.js'
import { checks } from '../conformance.js'

const stack = ({ app = '', faults = '', lasts = '100s', rate = '100/s', service = '1ms' }) => `
lasts: ${lasts}
warmup: 0s
replications: 1
hosts: { h: { cores: 100 } }
users: { u: { arrive: constant(${rate}), to: app, timeout: 1s } }
components:
  app: { kind: app, host: h, workers: 100, service: ${service}${app} }
faults: [${faults}]
`

const extra = ({ model }: ReturnType<typeof play>) =>
  model.components.get('app')!.extra(model.kernel.now) as { gc_share: number }

describe('garbage collection', () => {
  const gc = ', gc: { every: 1000, pause: 200ms }'

  test('of 200 ms each 10 s delays 2 % of the requests, none by more than 200 ms, and 1 % by more than 100', () => {
    const played = play(stack({ app: gc }))
    const late = played.ended.map((one) => response(one) - 0.001).filter((by) => by > 1e-9)
    expect(late.length / played.ended.length).toBeCloseTo(0.02, 3)
    expect(Math.max(...late)).toBeLessThanOrEqual(0.2)
    expect(late.filter((by) => by > 0.1 + 1e-9).length / played.ended.length).toBeCloseTo(0.01, 3)
    expect(extra(played).gc_share).toBeCloseTo(0.02, 3)
  })

  test('comes by requests, and not by time', () => {
    const { gc_share: share } = extra(play(stack({ app: gc, rate: '25/s', lasts: '400s' })))
    expect(share).toBeGreaterThan(0.0044)
    expect(share).toBeLessThan(0.0056)
  })

  test('begins anywhere in a run, and from an empty heap where the process starts', () => {
    const first = (text: string, replication: number, from: number) =>
      play(text, replication).ended.find((one) => one.ended > from && response(one) > 0.1)!.arrived
    const firsts = [0, 1, 2, 3].map((replication) => first(stack({ app: gc }), replication, 0))
    expect(new Set(firsts).size).toBe(4)
    expect(Math.max(...firsts)).toBeLessThan(10)
    const crash = fault('crash', 'app', '20s', '5s')
    for (const replication of [0, 1])
      expect(first(stack({ app: gc, faults: crash }), replication, 20)).toBeCloseTo(35, 1)
  })

  test('ends with the process, and its next one is not stopped', () => {
    const long = (faults: string) => stack({ app: ', gc: { every: 100, pause: 5s }', lasts: '9s', faults })
    const { ended } = play(long(''))
    const stopped = ended.find(({ outcome }) => outcome === 'timeout')!.arrived
    const crash = fault('crash', 'app', `${(stopped + 1).toFixed(3)}s`, '500ms')
    const after = play(long(crash)).ended.filter(({ arrived }) => arrived > stopped + 1.6)
    expect(after.find(({ outcome }) => outcome !== 'ok')!.arrived).toBeCloseTo(stopped + 2.5, 1)
  })
})

describe('a process that starts', () => {
  const crash = fault('crash', 'app', '10s', '1s')

  test('refuses until it listens', () => {
    const { ended } = play(stack({ app: ', startup: 2s', faults: crash, lasts: '20s' }))
    const refused = ended.filter(({ outcome }) => outcome === 'refused').map(({ arrived }) => arrived)
    expect(refused[0]).toBeCloseTo(10, 1)
    expect(refused.at(-1)).toBeCloseTo(13, 1)
    expect(tally(ended.filter(({ arrived }) => arrived > 13.001))).toEqual({ ok: 699 })
  })

  test('takes longer for everything at first, in the mean halfway to what it is when warm', () => {
    const text = stack({ app: ', cold_start: { factor: 5, for: 4s }', faults: crash, lasts: '20s' })
    const { ended } = play(text)
    const took = (from: number, to: number) =>
      ended.filter(({ arrived }) => arrived >= from && arrived < to).map(response)
    expect(Math.max(...took(0, 9.9))).toBe(0.001)
    const cold = took(11, 15)
    expect(cold[1]).toBeCloseTo(0.0049, 5)
    expect(cold.at(-2)).toBeCloseTo(0.0011, 5)
    expect(cold.reduce((sum, one) => sum + one, 0) / cold.length).toBeCloseTo(0.003, 4)
    expect(Math.max(...took(15.1, 20))).toBe(0.001)
  })

  test('is cold again when it starts again, and composes with what else slows it', () => {
    const again = fault('crash', 'app', '12s', '1s')
    const slow = fault('slow', 'app', '13s', '3s, factor: 2')
    const { model } = world(
      stack({
        app: ', cold_start: { factor: 5, for: 4s }',
        faults: `${crash}, ${again}, ${slow}`,
        lasts: '20s',
      }),
    )
    const seen = looks(model, [10, 11.1, 13.1, 16.9, 17.5], () => model.components.get('app')!.speed.value)
    model.run()
    expect(seen.map((speed) => +speed.toFixed(6))).toEqual(
      [1, 1 / 4.9, 1 / 9.8, 1 / 1.1, 1].map((speed) => +speed.toFixed(6)),
    )
  })
})

test('wants laws and counts that mean something', () => {
  const says = (app: string) => problemsOf(stack({ app })).join('\n')
  expect(says(', gc: { every: 0, pause: 1s }')).toContain('gc.every')
  expect(says(', gc: { pause: 1s }')).toContain('gc.every')
  expect(says(', cold_start: { factor: 1, for: 4s }')).toContain('above 1')
  expect(says(', startup: 4s')).toBe('')
})

const stopping = {
  ...app,
  example: app.example.replace(
    'workers: 8',
    'workers: 8, gc: { every: 50, pause: 50ms }, startup: 1s, cold_start: { factor: 3, for: 2s }',
  ),
}

test.each(['loses nothing from the books', 'gives back requests and events'])(
  'where it stands still now and then it %s',
  (name) => checks[name]!(stopping as never),
)
