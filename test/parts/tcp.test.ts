import { expect, test } from 'vitest'
import { nextSending, RETRIES, segmentWait, synGivesUp, synTime, synWait } from '../../sim/parts/tcp.js'

const sent = (waits: (resends: number) => number, times: number) => {
  let time = 0
  return Array.from({ length: times }, (_, resends) => (time += waits(resends)))
}

test.each([
  [0.0004, [0.207, 0.416, 0.833, 1.67, 3.33, 6.7]],
  [0.01, [0.216, 0.4341, 0.879, 1.74, 3.47, 7.03]],
  [0.02, [0.227, 0.456, 0.926, 1.86, 3.68, 7.38]],
])(
  'a segment over a round trip of %d s is sent again when it was measured to be, within 2 %%',
  (trip, measured) => {
    const times = sent((resends) => segmentWait(resends, trip), measured.length)
    for (const [i, time] of times.entries()) expect(Math.abs(time / measured[i]! - 1)).toBeLessThan(0.02)
  },
)

test('the waits for a segment grow to two minutes; with the last of tcp_retries2 its connection ends', () => {
  const times = sent((resends) => segmentWait(resends, 0), RETRIES + 1)
  expect(times[10]! - times[9]!).toBeCloseTo(106.496, 9)
  expect(times[11]! - times[10]!).toBeCloseTo(120, 9)
  // Documentation/networking/ip-sysctl.rst: 924.6 s with timeouts of 200 ms, and here 8 ms more, as measured.
  expect(times.at(-1)).toBeCloseTo(0.208 * 2 ** 10 + 6 * 120, 6)
})

test('a SYN is sent again after 1, 3, 7, ... s; with linear timeouts every second at first', () => {
  expect(sent((resends) => synWait(resends, 0), 6)).toEqual([1, 3, 7, 15, 31, 63])
  expect(sent((resends) => synWait(resends, 4), 10)).toEqual([1, 2, 3, 4, 5, 7, 11, 19, 35, 67])
  expect([synTime(0, 0), synTime(0, 4)]).toEqual([0, 0])
  expect([synGivesUp(0), synGivesUp(4)]).toEqual([127, 131])
})

test('the next sending of a segment is the first that has not been', () => {
  expect(nextSending(0, 0.1)).toBe(0)
  expect(nextSending(0.1, 0.092)).toBeCloseTo(0.3, 9)
  expect(nextSending(0.31, 0.092)).toBeCloseTo(0.6, 9)
  expect(nextSending(0.6, 0.092)).toBeCloseTo(0.6, 9)
  expect(nextSending(1.3, 0.092)).toBeCloseTo(2.4, 9)
})
