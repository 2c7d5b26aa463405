import { describe, expect, test } from 'vitest'
import { autoscalerOptions } from '../../../sim/components/autoscaler/autoscaler-options.js'
import { proposed } from '../../../sim/components/autoscaler/recommendation.js'
import { Scaling } from '../../../sim/components/autoscaler/scaling.js'

const ask = (copies: number, usage: number, target: number, unready = 0) =>
  proposed({ usage, target }, { ready: copies - unready, unready }, 0.1)

describe('what one metric asks for', () => {
  // Documentation of Kubernetes, "Algorithm details", and its rule.
  test.each([
    [3, 200, 100, 6],
    [4, 50, 100, 2],
    [5, 90, 60, 8],
    [10, 62, 60, 10],
    [10, 66, 60, 10],
    [10, 67, 60, 12],
    [10, 54, 60, 10],
    [3, 250, 80, 10],
    [3, 0.8, 0.6, 4],
  ])('%i copies at %d for %d: %i', (copies, usage, target, wanted) => {
    expect(ask(copies, usage, target)).toBe(wanted)
  })

  test('on the way up who is not ready does nothing, on the way down it is left out', () => {
    // 2 at 150 of 100 and 1 that comes: (150 + 150 + 0) / 3 = 100. 4 and 1: 600 / 5 = 120.
    expect(ask(3, 150, 100, 1)).toBe(3)
    expect(ask(5, 150, 100, 1)).toBe(6)
    // Turned round: 200 of 100 beside 3 that come is 50.
    expect(ask(4, 200, 100, 3)).toBe(4)
    expect(ask(4, 40, 100, 2)).toBe(1)
    expect(ask(2, 300, 100, 2)).toBe(2)
  })
})

const rules = (text: Record<string, unknown> = {}) =>
  autoscalerOptions.parse({ targets: ['a'], ...text } as never)
const scaling = (text: Record<string, unknown> = {}, most = 100) => {
  const { scale_up, scale_down } = rules(text)
  return new Scaling(scale_up, scale_down, 1, most)
}

describe('what is done of it', () => {
  test('up: twice as many, or four more, in 15 s, whichever is more', () => {
    const own = scaling()
    expect(own.decide(0, 3, 10)).toBe(7)
    // In the same period no more; in the next the rest.
    expect(own.decide(10, 7, 10)).toBe(7)
    expect(own.decide(15, 7, 10)).toBe(10)
    expect(own.decide(30, 10, 100)).toBe(20)
    expect(scaling({}, 6).decide(0, 3, 10)).toBe(6)
  })

  test('down: the most that was asked for in the last 5 min, what it found at its start too', () => {
    const own = scaling()
    expect(own.decide(0, 10, 2)).toBe(10)
    expect(own.decide(150, 10, 4)).toBe(10)
    expect(own.decide(299, 10, 1)).toBe(10)
    expect(own.decide(300, 10, 1)).toBe(4)
    expect(own.decide(450, 4, 1)).toBe(1)
    expect(own.decide(465, 1, 0)).toBe(1)
  })

  test('a process that restarts has forgotten what was asked for', () => {
    const own = scaling()
    own.decide(0, 2, 8)
    own.forget()
    expect(own.decide(15, 6, 2)).toBe(6)
    expect(own.decide(315, 6, 2)).toBe(2)
  })

  test('a window on the way up takes the least that was asked for in it', () => {
    const own = scaling({ scale_up: { stabilization_window_seconds: '1min' } })
    expect(own.decide(0, 2, 4)).toBe(2)
    expect(own.decide(30, 2, 3)).toBe(2)
    expect(own.decide(60, 2, 5)).toBe(3)
  })

  test('policies of pods and of percent, the smallest change of them, and none', () => {
    const one = { type: 'pods', value: 1, period_seconds: '60s' }
    const half = { type: 'percent', value: 50, period_seconds: '60s' }
    const down = (rest: Record<string, unknown>) =>
      scaling({ scale_down: { stabilization_window_seconds: '0s', ...rest } })
    expect(down({ policies: [one, half] }).decide(0, 8, 1)).toBe(4)
    expect(down({ policies: [one, half], select_policy: 'min' }).decide(0, 8, 1)).toBe(7)
    expect(down({ select_policy: 'disabled' }).decide(0, 8, 1)).toBe(8)
    const own = down({ policies: [one] })
    expect([own.decide(0, 8, 1), own.decide(30, 7, 1), own.decide(60, 7, 1)]).toEqual([7, 7, 6])
    expect(scaling({ scale_up: { policies: [one] } }).decide(0, 8, 20)).toBe(9)
  })

  test('below the least and above the most it does not wait', () => {
    expect(scaling().decide(0, 0, 0)).toBe(1)
    expect(scaling({}, 3).decide(0, 5, 5)).toBe(3)
  })
})
