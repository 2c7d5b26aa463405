import { describe, expect, test } from 'vitest'
import { asSynQueue, forSoLong, HalfOpen } from '../../sim/parts/half-open.js'
import { Stream } from '../../sim/random/stream.js'

/** Share of `looks` evenly from `from` to `to` that find no place, and how many are there in the mean. */
function lossOf(queue: HalfOpen, rate: number, from: number, to: number, looks = 20_000) {
  queue.flood(0, rate)
  let full = 0
  queue.advance(from)
  queue.level.restart(from)
  for (let i = 0; i < looks; i++) if (queue.isFull(from + ((to - from) * i) / looks)) full++
  queue.advance(to)
  return { loss: full / looks, mean: queue.level.mean(to) }
}
const queueOf = (places: number, retries: number, backlog: number, seed = 1) =>
  new HalfOpen(places, asSynQueue(retries, backlog), new Stream(`flood ${seed}`))

describe('places that all are held equally long, B for H seconds', () => {
  // A pulse comes again every H seconds: an even number of them, without the first.
  test.each([
    [1024, 63, 100],
    [1024, 63, 400],
    [26_214, 60, 800],
  ])('%i for %i s at %i/s: 1 - B / (H r) find none', (places, seconds, rate) => {
    const queue = new HalfOpen(places, forSoLong(seconds), new Stream('flood'))
    const { loss } = lossOf(queue, rate, 4 * seconds, 24 * seconds)
    expect(loss).toBeCloseTo(1 - places / (seconds * rate), 2)
  })

  test('too few of them to fill it: as many are there as come in that time', () => {
    const { loss, mean } = lossOf(new HalfOpen(26_214, forSoLong(60), new Stream('f')), 400, 60, 660)
    expect(loss).toBe(0)
    expect(mean / 24_000).toBeCloseTo(1, 2)
  })

  test('of which a flood may have some only', () => {
    const queue = new HalfOpen(1000, forSoLong(60), new Stream('flood'))
    queue.flood(0, 1000, 100)
    expect(queue.isFull(30)).toBe(false)
    expect(queue.level.value).toBe(100)
  })

  test('it stays full when the flood is over, until the first of them go', () => {
    const queue = new HalfOpen(1024, forSoLong(63), new Stream('flood'))
    queue.flood(0, 400)
    queue.flood(20, 0)
    expect([20, 60, 62.9, 66].map((time) => queue.isFull(time))).toEqual([true, true, true, false])
    queue.advance(84)
    expect(queue.level.value).toBe(0)
  })
})

describe('the SYN queue of Linux', () => {
  test('few SYN-ACKs are sent again at least: three for 7 s', () => {
    const { loss } = lossOf(queueOf(1025, 2, 1024), 400, 28, 28 + 7 * 40)
    expect(loss).toBeCloseTo(1 - 1025 / (7 * 400), 2)
  })

  // Measured on Linux 6.18: a flood of a minute between two network namespaces, 300 connects; queues from /proc/net/tcp.
  test.each([
    ['backlog 1024, 400/s', 1025, 5, 1024, 400, 0.76],
    ['backlog 1024, 1000/s', 1025, 5, 1024, 1000, 0.913],
    ['tcp_max_syn_backlog 1024, 400/s', 769, 5, 1024, 400, 0.813],
    ['tcp_synack_retries 2, 400/s', 1025, 2, 1024, 400, 0.637],
    ['backlog 256, 100/s', 257, 5, 256, 100, 0.717],
  ])('%s: as measured', (_, places, retries, backlog, rate, measured) => {
    const runs = Array.from(
      { length: 20 },
      (_, i) => lossOf(queueOf(places, retries, backlog, i), rate, 0, 60, 300).loss,
    )
    const mean = runs.reduce((a, b) => a + b) / runs.length
    // Of 300 connects, which are not independent.
    expect(Math.abs(mean - measured)).toBeLessThan(0.06)
  })

  test('at 100/s a backlog of 1024 is never full, for old ones go: measured, 780 to 1004 of them', () => {
    const { loss, mean } = lossOf(queueOf(1025, 5, 1024), 100, 20, 200)
    expect(loss).toBeLessThan(0.01)
    expect(mean).toBeGreaterThan(850)
    expect(mean).toBeLessThan(930)
  })
})
