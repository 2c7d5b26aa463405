import type { Scenario } from '../../scenario/scenario.js'
import { meanOf, nothing, scaled } from '../../stats/estimate.js'
import type { ReplicationRecord } from '../replicate.js'
import type { Result } from '../result.js'
import type { Account } from '../structure.js'
import { placeOf } from './fates.js'
import type { Lost, Unseen } from './spof-result.js'

/** Where more than this share of a class, or of the users of a name, fails without any loss, its failures are no outage. */
const USUAL = 0.005
/** Of so many answers that there are without the loss it is told whether they are missing ... */
const ENOUGH = 20
/** ... which is so where fewer than this share are left. */
const LEFT = 0.5

/**
 * Whether so few fail without any loss that those who fail after it are its doing. Of those who fail anyway, one in f, a
 * time without twenty answers in a row begins by chance once in a while: it makes up some 200 f² of all time.
 */
export const isSound = ({ classes, users }: Result, unseen: readonly Unseen[]): boolean =>
  !unseen.some(({ because }) => because === 'not answered') &&
  [...Object.values(classes), ...Object.values(users).filter(({ malicious }) => !malicious)].every(
    ({ availability }) => (availability.value ?? 1) >= 1 - USUAL,
  )

/** For how long those who were away longest were so, in one replication; and whether they were back by the end. */
interface Away {
  readonly seconds: number
  readonly isBack: boolean
}

/**
 * The outage where some fail anyway: the time in which fewer than half of the answers come that come to the same visitors
 * without the loss, of the users and class for which that is longest, by stretches in which enough of them do.
 */
export function awayOf(
  scenario: Scenario,
  accounts: readonly Account[],
  records: readonly ReplicationRecord[],
  calm: readonly ReplicationRecord[],
): Pick<Lost, 'outage_s' | 'outage_class'> {
  const window = scenario.lasts / records[0]!.timeline.length
  const found = accounts.map((account) => {
    const place = placeOf(scenario, account)
    return { account, own: records.map((record, i) => awayIn(record, calm[i]!, place, window)) }
  })
  const of = ({ own }: (typeof found)[number]) => own.reduce((sum, { seconds }) => sum + seconds, 0)
  const longest = found.reduce<(typeof found)[number] | null>(
    (most, one) => (most === null || of(one) > of(most) ? one : most),
    null,
  )
  // Where nobody is answered without the loss, there is nobody to be away.
  if (longest === null || of(longest) === 0)
    return { outage_s: { value: 0, low: 0, high: 0 }, outage_class: null }
  const mean = scaled(meanOf(longest.own.map(({ seconds }) => seconds)), 1, 0)
  const isBack = longest.own.every((one) => one.isBack)
  return {
    outage_s: isBack ? mean : { ...nothing, low: mean.value },
    outage_class: longest.account.class,
  }
}

function awayIn(record: ReplicationRecord, calm: ReplicationRecord, place: number, window: number): Away {
  let [seconds, isBack, from, usual, there] = [0, true, 0, 0, 0]
  for (const [i, { oks }] of calm.timeline.entries()) {
    usual += oks[place]!
    there += record.timeline[i]!.oks[place]!
    if (usual < ENOUGH) continue
    isBack = there >= LEFT * usual
    if (!isBack) seconds += (i + 1 - from) * window
    from = i + 1
    usual = 0
    there = 0
  }
  // Of the rest too few are left to tell that they are back.
  if (!isBack && there < LEFT * usual) seconds += (calm.timeline.length - from) * window
  return { seconds, isBack }
}
