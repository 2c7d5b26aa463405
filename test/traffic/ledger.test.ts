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
