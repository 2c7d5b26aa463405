import type { Scenario } from '../../scenario/scenario.js'
import type { ReplicationRecord } from '../replicate.js'
import type { Account } from '../structure.js'
import { isShort, lastOf, sum, type Windows } from './settled.js'
import type { Lacking, Unseen } from './spof-result.js'

/** Whoever answers less answers nobody: a share of what is answered without the loss. */
const NOBODY = 0.01
/** Of fewer answers it may be chance that none is left. */
const FEW = 5

/** What becomes of those who ask, once all that takes over has taken over. */
interface Fates {
  /** They are answered no more. */
  readonly unanswered: Account[]
  /** They lost answers, and too few were answered at the end without the loss to say whether they are answered again. */
  readonly undecided: Account[]
  /** Some of them are answered, and others not, for as long as it lasts. */
  readonly lacking: Lacking[]
}

/** How many answers the windows of some runs have for an account. */
type Count = (some: readonly ReplicationRecord[], of: (record: ReplicationRecord) => Windows) => number

const whole = ({ timeline }: ReplicationRecord): Windows => timeline

/** Where windows of the timeline have it among all accounts. */
export function placeOf({ users, classes }: Scenario, account: Account): number {
  const before = users.findIndex(({ name }) => name === account.users)
  return before * classes.length + classes.indexOf(account.class)
}

/** Counts for an account what the windows tell of each. */
const counting =
  (scenario: Scenario, account: Account, counted: 'asks' | 'oks'): Count =>
  (some, of) => {
    const place = placeOf(scenario, account)
    return some.reduce((n, record) => n + sum(of(record), (window) => window[counted][place]!), 0)
  }

/** Answers of an account in all the time after the loss. */
export const answersTo = (
  scenario: Scenario,
  account: Account,
  records: readonly ReplicationRecord[],
): number => counting(scenario, account, 'oks')(records, whole)

/** The fate of each account, against the same replications without the loss. */
export function fatesOf(
  scenario: Scenario,
  accounts: readonly Account[],
  records: readonly ReplicationRecord[],
  calm: readonly ReplicationRecord[],
): Fates {
  const without = calm.slice(0, records.length)
  const fates = accounts.map((account) => fateOf(counting(scenario, account, 'oks'), records, without))
  const of = (...some: Fate[]) => accounts.filter((_, i) => some.includes(fates[i]!))
  // A few answers may be missing by chance, unless nobody else is answered any more either.
  const byChance = of('answered', 'undecided').length > 0 || of('unanswered').length === 0
  const lacking = of('answered').flatMap((account): Lacking[] => {
    const count = counting(scenario, account, 'oks')
    const [usual, there] = [count(without, lastOf), count(records, lastOf)]
    return isShort(usual, there) ? [{ ...account, missing: 1 - there / usual }] : []
  })
  return byChance
    ? { unanswered: of('unanswered'), undecided: of('undecided', 'few missing'), lacking }
    : { unanswered: of('unanswered', 'few missing'), undecided: [], lacking }
}

type Fate = 'answered' | 'unanswered' | 'few missing' | 'undecided' | 'unseen'

function fateOf(
  count: Count,
  records: readonly ReplicationRecord[],
  without: readonly ReplicationRecord[],
): Fate {
  const [usual, there] = [count(without, lastOf), count(records, lastOf)]
  if (usual >= FEW) return there < NOBODY * usual ? 'unanswered' : 'answered'
  if (there > 0) return 'answered'
  const [usualInAll, thereInAll] = [count(without, whole), count(records, whole)]
  if (usualInAll === 0) return 'unseen'
  if (thereInAll >= (1 - NOBODY) * usualInAll) return 'answered'
  if (usual === 0) return 'undecided'
  return usualInAll >= FEW && thereInAll < NOBODY * usualInAll ? 'unanswered' : 'few missing'
}

/** Of whom little can be told, since too few of them are answered without any loss; and how that is. */
export function unseenIn(
  scenario: Scenario,
  accounts: readonly Account[],
  calm: readonly ReplicationRecord[],
): Unseen[] {
  return accounts.flatMap((account): Unseen[] => {
    const [asks, oks] = [counting(scenario, account, 'asks'), counting(scenario, account, 'oks')]
    // Who asks again when he is answered waits where nobody asks.
    const waits = 'users' in scenario.users.find(({ name }) => name === account.users)!.arrive
    const because = (of: typeof lastOf) => (waits || asks(calm, of) > 0 ? 'not answered' : 'not asked')
    if (oks(calm, lastOf) >= FEW) return []
    if (oks(calm, whole) === 0) return [{ ...account, when: 'ever', because: because(whole) }]
    const few = oks(calm, lastOf) > 0
    return [{ ...account, when: 'at the end', because: few ? 'few answered' : because(lastOf) }]
  })
}
