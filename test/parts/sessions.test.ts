import { expect, test } from 'vitest'
import type { Addresses } from '../../sim/parts/addresses.js'
import type { Request } from '../../sim/parts/request.js'
import { Sessions } from '../../sim/parts/sessions.js'

test('sessions remember as long as anybody asks, however many write; of who asks once nothing', () => {
  const addresses = { again: ({ key }: { key: number }) => key > 0, of: ({ key }: { key: number }) => key }
  const sessions = new Sessions(addresses as unknown as Addresses)
  sessions.keep(100)
  sessions.keep(20)
  const by = (key: number) => ({ key }) as Request
  // One a second, and all at once.
  for (let now = 1; now <= 10_000; now++) sessions.wrote(by(now), now)
  for (let visitor = 10_001; visitor <= 20_000; visitor++) sessions.wrote(by(visitor), 10_000)
  const asks = (key: number, now: number, seconds: number) => sessions.hasWritten(by(key), now, seconds)
  expect([9901, 9999, 10_001, 15_000, 20_000].filter((key) => !asks(key, 10_000, 100))).toEqual([])
  expect(asks(9900, 10_000, 100)).toBe(false)
  expect(asks(9990, 10_000, 20)).toBe(true)
  expect(asks(9980, 10_000, 20)).toBe(false)
  sessions.wrote(by(0), 10_000)
  expect(asks(0, 10_000, 20)).toBe(false)
})
