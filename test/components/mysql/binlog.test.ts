import { describe, expect, test } from 'vitest'
import { BinaryLog } from '../../../sim/components/mysql/binlog.js'

/** A log with `n` writes, one a second, the k-th at k s and of class k % 7. */
function filled(n: number, needed: () => number) {
  const log = new BinaryLog(needed)
  for (let k = 1; k <= n; k++) log.append(k, k % 7)
  return log
}

describe('binary log', () => {
  test('knows when each write was, and of which class', () => {
    const log = filled(10_000, () => 1)
    for (const k of [1, 2, 777, 10_000]) expect([log.timeOf(k), log.classOf(k)]).toEqual([k, k % 7])
    expect(log.head).toBe(10_000)
  })

  test('keeps every write exactly while what is needed fits, however many there were', () => {
    let needed = 1
    const log = new BinaryLog(() => needed)
    for (let k = 1; k <= 200_000; k++) {
      log.append(k, k % 7)
      needed = Math.max(1, k - 5000)
      if (k % 999 === 0) expect([log.timeOf(needed), log.classOf(k)]).toEqual([needed, k % 7])
    }
  })

  test('stays of one size while a replica is away: one mark for several writes, never of a later time', () => {
    const log = filled(1_000_000, () => 1)
    for (let k = 1; k <= 1_000_000; k += 777) {
      expect(log.timeOf(k)).toBeLessThanOrEqual(k)
      expect(k - log.timeOf(k)).toBeLessThan(128)
    }
  })

  test('is exact again once the backlog is short', () => {
    let needed = 1
    const log = filled(100_000, () => needed)
    needed = 100_000
    for (let k = 100_001; k <= 300_000; k++) {
      needed = k - 100
      log.append(k, k % 7)
    }
    for (let k = 299_900; k <= 300_000; k++) expect([log.timeOf(k), log.classOf(k)]).toEqual([k, k % 7])
  })

  test('what was committed by a time', () => {
    const log = filled(100, () => 1)
    expect([50, 50.5, 99.9, 1000].map((t) => log.at(t))).toEqual([50, 50, 99, 100])
  })

  /** Groups of `sizes`, in turn, until there are `n` writes, of which the last `needed` are. */
  function grouped(n: number, sizes: readonly number[], needed = Number.POSITIVE_INFINITY) {
    const log: BinaryLog = new BinaryLog(() => Math.max(1, log.head - needed))
    log.keepGroups()
    for (let turn = 0; log.head < n; turn++) {
      const size = sizes[turn % sizes.length]!
      if (size > 1) log.begin(size)
      for (let k = 0; k < size; k++) log.append(log.head, 0)
    }
    return log
  }

  test('which writes were committed together', () => {
    const log = grouped(8, [3, 1, 4])
    expect([1, 2, 3, 4, 5, 6, 7, 8].map((k) => log.groupOf(k))).toEqual([1, 1, 1, 4, 5, 5, 5, 5])
    const many = grouped(200_000, [3, 1, 4], 5000)
    expect([196_001, 196_002, 196_003, 196_004, 196_008].map((k) => many.groupOf(k))).toEqual([
      196_001, 196_001, 196_001, 196_004, 196_005,
    ])
  })

  test('truncated within a group, those that come then are alone', () => {
    const log = grouped(8, [3, 1, 4])
    log.truncate(6)
    log.append(9, 0)
    expect([6, 7].map((k) => log.groupOf(k))).toEqual([5, 7])
  })

  test('while one mark stands for several writes groups are as large as that of the mark', () => {
    const log = grouped(100_000, [5])
    for (let k = 1; k <= 100_000; k += 77) expect(log.groupOf(k)).toBe(k - ((k - 1) % 5))
  })

  test('truncated, it goes on from there', () => {
    const log = filled(100, () => 1)
    log.truncate(40)
    log.append(500, 3)
    expect([log.head, log.timeOf(40), log.timeOf(41), log.classOf(41)]).toEqual([41, 40, 500, 3])
    expect(log.at(100)).toBe(40)
  })

  test('truncated within what one mark stands for, it still tells no later time', () => {
    const log = filled(100_000, () => 1)
    log.truncate(99_999)
    log.append(200_000, 1)
    expect(log.head).toBe(100_000)
    expect(log.timeOf(99_999)).toBeLessThanOrEqual(99_999)
  })
})
