import { describe, expect, test } from 'vitest'
import { Outcome } from '../../sim/parts/outcome.js'
import { type Account, Ledger } from '../../sim/traffic/ledger.js'

const outagesOf = ({ outages, offered }: Account) => outages.all(offered)

/** One request a second, ended half a second later; those that `fails` names fail. */
function account(requests: number, fails: (i: number) => boolean, takes: (i: number) => number = () => 0.5) {
  const ledger = new Ledger(0, 10, false, true)
  const [account] = ledger.open(1) as [Account]
  const ends = Array.from({ length: requests }, (_, i) => {
    const outcome: Outcome = fails(i) ? Outcome.timeout : Outcome.ok
    const visit = { arrived: i, number: 0, malicious: false, outcome }
    ledger.offer(account, visit)
    return { visit, now: i + takes(i) }
  })
  // In the order in which they end, as in life.
  for (const { visit, now } of ends.sort((a, b) => a.now - b.now)) ledger.settle(account, visit, now)
  return account
}

describe('an outage', () => {
  test('lasts from the arrival of the first who failed to that of the last', () => {
    expect(outagesOf(account(200, (i) => i >= 50 && i <= 80))).toEqual([
      { from: 50, to: 80, known: 50.5, restored: true },
    ])
  })

  test('is over once twenty in a row did not fail, not before', () => {
    expect(outagesOf(account(200, (i) => i === 50 || i === 70))).toHaveLength(1)
    expect(outagesOf(account(200, (i) => i === 50 || i === 71))).toHaveLength(2)
  })

  test('takes one in twenty that fail for no service, and one in twenty-one for errors', () => {
    expect(outagesOf(account(1000, (i) => i % 20 === 0))).toHaveLength(1)
    const seldom = outagesOf(account(1000, (i) => i % 21 === 0))
    expect(seldom).toHaveLength(48)
    expect(seldom.every(({ from, to }) => from === to)).toBe(true)
  })

  test('counts in the order of the arrivals, though the first to come may be the last to fail', () => {
    const slowFirst = (i: number) => (i === 50 ? 100 : 0.5)
    expect(outagesOf(account(200, (i) => i === 50 || i === 60, slowFirst))).toEqual([
      { from: 50, to: 60, known: 60.5, restored: true },
    ])
  })

  test('is not over where the run ends within it', () => {
    expect(outagesOf(account(100, (i) => i >= 50))).toMatchObject([{ from: 50, to: 99, restored: false }])
    expect(outagesOf(account(100, (i) => i >= 50 && i < 80))[0]!.restored).toBe(true)
    expect(outagesOf(account(100, (i) => i >= 50 && i < 81))[0]!.restored).toBe(false)
  })

  test('is over at the end of a run after as many as it took, where few come', () => {
    expect(outagesOf(account(20, (i) => i >= 10 && i < 14))[0]!.restored).toBe(true)
    expect(outagesOf(account(20, (i) => i >= 10 && i < 17))[0]!.restored).toBe(false)
  })

  test('is none if a single one fails near the end', () => {
    expect(outagesOf(account(100, (i) => i === 95))[0]!.restored).toBe(true)
  })

  test('is the same in whatever order the requests of a time fail', () => {
    const fails = (i: number) => i % 7 === 0 && (i < 300 || i > 700)
    const inTurn = outagesOf(account(1000, fails)).map(({ from, to }) => [from, to])
    for (const stride of [3, 7, 11, 501]) {
      const shuffled = account(1000, fails, (i) => 2000 - i + ((i * stride) % 1000))
      expect(outagesOf(shuffled).map(({ from, to }) => [from, to])).toEqual(inTurn)
    }
  })
})
