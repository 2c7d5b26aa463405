import { describe, expect, test } from 'vitest'
import { type Around, Vrrp } from '../../../sim/components/vip/vrrp.js'
import { Kernel } from '../../../sim/kernel/kernel.js'
import { problemsOf, world } from '../../support/world.js'

/** Master_Down of priorities 150 and 100 with adverts every second, seconds. */
const DOWN_150 = 3 + 106 / 256
const DOWN_100 = 3 + 156 / 256

/** A network on which nothing is lost, and nobody asks what has become of it. */
const whole: Around = {
  delay: () => 0,
  renewal: () => Number.POSITIVE_INFINITY,
  moved: () => {},
  taken: () => {},
  found: () => {},
  split: () => {},
}

/**
 * Two members, of priority 150 and 100, the first of them master with adverts at 0.25, 1.25, ... s: who has taken the
 * address when, if `acts` happen at their times (s).
 */
function taken(
  preemptDelay: number,
  acts: readonly (readonly [number, (vrrp: Vrrp) => void])[],
  pace: { advertInt: number; version: 2 | 3; phase: number } = { advertInt: 1, version: 2, phase: 0.25 },
) {
  const kernel = new Kernel()
  const seen: [at: number, by: number][] = []
  const members = [{ reachable: true }, { reachable: true }]
  const options = { ...pace, preempt: true, preemptDelay, refresh: 0, higherSends: false }
  const vrrp = new Vrrp(kernel, members, [150, 100], options, pace.phase, {
    ...whole,
    taken: (by) => seen.push([kernel.now, by]),
  })
  for (const [at, act] of acts) kernel.after(at, act, vrrp)
  kernel.run(60)
  return seen.map(([at, by]) => [+at.toFixed(6), by])
}

/** The first dies after its advert of 2.25 s; the other takes over, and its adverts are at 5.859375, 6.859375, ... s. */
const dies = [2.5, (vrrp: Vrrp) => vrrp.vanish(0)] as const
const returns = [10, (vrrp: Vrrp) => vrrp.start(0)] as const
const TAKEN = [2.25 + DOWN_100, 1]

describe('who returns waits from the first advert of lower priority that it hears, at 10.859375 s', () => {
  test.each([
    ['0: it is deaf to them, and waits one Master_Down', 0, 10],
    ['less than an advert: the first is borne', 0.2, 10.859375],
    ['5 s: those up to 14.859375 s, and not the one that comes when the delay is over', 5, 14.859375],
    ['5.5 s: one more', 5.5, 15.859375],
  ])('%s', (_, delay, lastHeard) => {
    expect(taken(delay, [dies, returns])).toEqual([TAKEN, [+(lastHeard + DOWN_150).toFixed(6), 0]])
  })

  test('it dies meanwhile, and returns again: the delay begins anew', () => {
    const acts = [dies, returns, [12, (v: Vrrp) => v.vanish(0)], [20, (v: Vrrp) => v.start(0)]] as const
    expect(taken(5, acts)).toEqual([TAKEN, [+(24.859375 + DOWN_150).toFixed(6), 0]])
  })
})

test('adverts every 100 ms: the eleventh comes when a delay of 1 s is over, whenever the first came', () => {
  for (let phase = 0.025; phase < 1; phase += 0.05) {
    const [lost, back] = taken(1, [dies, returns], { advertInt: 0.1, version: 3, phase })
    const first = lost![0]! + Math.ceil((10 - lost![0]!) / 0.1) * 0.1
    expect(back![0]! - first).toBeCloseTo(0.9 + 0.1 * DOWN_150, 5)
  }
})

describe('it delays only what is taken from one that is there', () => {
  test('the holder dies after its advert of 11.859375 s', () => {
    const acts = [dies, returns, [12, (v: Vrrp) => v.vanish(1)]] as const
    expect(taken(30, acts)).toEqual([TAKEN, [+(11.859375 + DOWN_150).toFixed(6), 0]])
  })

  test('the holder is stopped, and says so', () => {
    const acts = [dies, returns, [12, (v: Vrrp) => v.stop(1)]] as const
    expect(taken(30, acts)).toEqual([TAKEN, [+(12 + 106 / 256).toFixed(6), 0]])
  })

  test('one that hung is master still when it goes on, and takes the address back at once', () => {
    const acts = [
      [2.5, (v: Vrrp) => v.freeze(0)],
      [10, (v: Vrrp) => v.thaw(0)],
    ] as const
    expect(taken(30, acts)).toEqual([TAKEN, [10, 0]])
  })
})

describe('it delays also what a script with a weight brings about', () => {
  const falls = (at: number) => [at, (vrrp: Vrrp) => vrrp.rank(0, 90)] as const
  const rises = (at: number) => [at, (vrrp: Vrrp) => vrrp.rank(0, 150)] as const

  test('the priority of the master falls: the other bears it from 3.25 to 7.25 s', () => {
    expect(taken(0, [falls(2.5)])).toEqual([[2.25 + DOWN_100, 1]])
    expect(taken(5, [falls(2.5)])).toEqual([[7.25 + DOWN_100, 1]])
  })

  test('it rises in time: the next fall is borne as long again', () => {
    expect(taken(5, [falls(2.5), rises(4.5)])).toEqual([])
    expect(taken(5, [falls(2.5), rises(4.5), falls(6.5)])).toEqual([[11.25 + DOWN_100, 1]])
  })

  test('who has stepped down bears the next fall from its beginning, too', () => {
    // Taken at 10.859375 s; the first hears an advert below its own priority at 11.859375 s, and bears four more.
    const back = 15.859375 + DOWN_150
    const [, second, third] = taken(5, [falls(2.5), rises(11), falls(back + 0.5)])
    expect(second).toEqual([+back.toFixed(6), 0])
    expect(third).toEqual([+(back + 1 + 4 + DOWN_100).toFixed(6), 1])
  })
})

const site = (vip: string) => `
lasts: 40s
warmup: 0s
hosts: { one: {}, two: {} }
users: { u: { arrive: constant(1/h), to: vip } }
components:
  vip: { kind: vip, servers: [a, b]${vip} }
  a: { kind: service, host: one, servers: 1, service: 1ms }
  b: { kind: service, host: two, servers: 1, service: 1ms }
faults: [{ kind: crash, target: one, at: 5s, for: 10s }]
`

test('a scenario says it in seconds: 10 s after an advert within the second after 15.1 s, less the last one', () => {
  const backs = (vip: string) => {
    const { model } = world(site(vip))
    model.run()
    const [taken, back] = model.context.detections
    expect([taken!.says, back!.says]).toEqual(['b took the address over', 'a took the address over'])
    return { first: taken!.at + Math.ceil(15.1 - taken!.at), back: back!.at }
  }
  expect(backs('').back).toBeCloseTo(15.1 + DOWN_150, 9)
  const { first, back } = backs(', preempt_delay: 10s')
  expect(back).toBeCloseTo(first + 9 + DOWN_150, 9)
})

test.each([
  ['1000s', ''],
  ['1001s', 'expected 0s to 1000s'],
  ['2s, preempt: off', 'leave one of the two out'],
  ['0s, preempt: off', ''],
])('preempt_delay: %s', (given, problem) => {
  const said = problemsOf(site(`, preempt_delay: ${given}`)).join()
  if (problem === '') expect(said).toBe('')
  else expect(said).toContain(problem)
})
