import { expect, it } from 'vitest'
import { Outcome } from '../../sim/parts/outcome.js'
import { type Account, Ledger } from '../../sim/traffic/ledger.js'

it('who arrives at the start of the span counts, and who came just before does not', () => {
  const ledger = new Ledger(10, 1, true)
  const visit = (arrived: number) => {
    const [account] = ledger.open(1) as [Account]
    const request = { arrived, number: -1, malicious: false, outcome: Outcome.ok }
    ledger.offer(account, request)
    ledger.settle(account, request, arrived + 1)
    return [request.number, account.offered, account.outcomes[Outcome.ok], account.answered]
  }
  expect(visit(10)).toEqual([1, 1, 1, 1])
  // It is answered in the span.
  expect(visit(10 - 1e-9)).toEqual([0, 0, 0, 1])
  expect(visit(8)).toEqual([0, 0, 0, 0])
})

it('windows have of each account what came and what ended in them, and nothing of attackers', () => {
  const ledger = new Ledger(0, 1, true, false, 0.5)
  const accounts = [...ledger.open(2), ...ledger.open(1, true), ...ledger.open(1)]
  const visit = (account: number, arrived: number, ended: number, outcome: Outcome = Outcome.ok) => {
    const request = { arrived, number: -1, malicious: account === 2, outcome }
    ledger.offer(accounts[account]!, request)
    return () => ledger.settle(accounts[account]!, request, ended)
  }
  visit(0, 0.1, 0.2)()
  visit(1, 0.1, 0.8)()
  visit(2, 0.1, 0.2)()
  const later = [visit(0, 0.2, 1.2), visit(3, 0.3, 1.3, Outcome.reset)]
  ledger.timeline.turn()
  for (const settle of later) settle()
  visit(3, 1.4, 1.5)()
  ledger.timeline.turn()
  ledger.timeline.turn()
  const told = ({
    start,
    offered,
    ok,
    good,
    failed,
    asks,
    oks,
  }: (typeof ledger.timeline.windows)[number]) => {
    return { start, offered, ok, good, failed, asks, oks }
  }
  expect(ledger.timeline.windows.map(told)).toEqual([
    { start: 0, offered: 4, ok: 2, good: 1, failed: 0, asks: [2, 1, 0, 1], oks: [1, 1, 0, 0] },
    { start: 1, offered: 1, ok: 2, good: 1, failed: 1, asks: [0, 0, 0, 1], oks: [1, 0, 0, 1] },
    { start: 2, offered: 0, ok: 0, good: 0, failed: 0, asks: [0, 0, 0, 0], oks: [0, 0, 0, 0] },
  ])
})
