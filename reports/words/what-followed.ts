import type { FaultResult, Result, VisitorsRecovery } from '../../sim/experiments/result.js'
import type { Estimate } from '../../sim/stats/estimate.js'
import { counted, digits, milliseconds, negative, plusMinus } from './numbers.js'

/** What visitors met after a fault, beyond those who were lost: whole sentences. */
export function whatFollowed(fault: FaultResult, result: Pick<Result, 'replications'>): string[] {
  return [
    unanswered(fault),
    goodAgain(fault, result),
    delayed(fault, result),
    outlived(fault),
    detected(fault, result),
  ].flatMap((words) => (words === null ? [] : [`${words}.`]))
}

/** Seconds with their interval, where that says something. */
const seconds = (estimate: Estimate): string => `${plusMinus(estimate)} s`

/** Whether there was some of it in most replications: not where it comes and goes, so that it may be chance. */
export const isBeyondDoubt = ({ value, low }: Estimate): boolean => !!value && (low === null || low > 0)

/** For how long nobody was answered; null if somebody always was. */
export function unanswered({ no_answer_s, no_answer_total_s }: VisitorsRecovery): string | null {
  if (!isBeyondDoubt(no_answer_s)) return null
  const all =
    no_answer_total_s.value! > 1.05 * no_answer_s.value! ? `, ${seconds(no_answer_total_s)} in all` : ''
  return `Nobody was answered for ${seconds(no_answer_s)}${all}`
}

/** When the share of good answers was what it was before; null if it always was. */
export function goodAgain(
  { good_back_s, good_unrestored }: VisitorsRecovery,
  { replications }: Pick<Result, 'replications'>,
): string | null {
  if (good_unrestored > 0)
    return `As many good answers as before did not come again by the end in ${good_unrestored} of ${replications} replications`
  return good_back_s.value ? `As many good answers as before came again after ${seconds(good_back_s)}` : null
}

const isDelaying = (delayed: Estimate): boolean => isBeyondDoubt(delayed) && delayed.value! >= 0.5

/** A share of all requests that is no more than an accident, and seconds that nobody notices. */
const [FEW, SHORT_S] = [0.001, 0.01]

/** The same in few words, for a first line: `779 requests a run waited longer, about 2.62 s each`; null where that is little. */
export function delayedShortly(
  { delayed, delay_s }: FaultResult,
  { replications, requests }: Pick<Result, 'replications' | 'requests'>,
): string | null {
  if (delayed === null || !isDelaying(delayed)) return null
  if (delayed.value! * replications <= FEW * requests.offered) return null
  const who = `${counted(delayed.value!)} requests${replications > 1 ? ' a run' : ''}`
  if (delay_s?.value == null) return `${who} were answered too late`
  const each = delay_s.value / delayed.value!
  return each < SHORT_S ? null : `${who} waited longer, about ${milliseconds(each * 1000)} each`
}

/** Who was answered, but later; null if nobody was. */
export function delayed(
  { delayed, delay_s }: FaultResult,
  { replications }: Pick<Result, 'replications'>,
): string | null {
  if (delayed === null || !isDelaying(delayed)) return null
  const who = `${counted(delayed.value!)} requests${replications > 1 ? ' a run' : ''}`
  return delay_s?.value == null
    ? `${who} were answered, but too late`
    : `${who} waited longer than they would have and 99 in 100 do; all together ${digits(delay_s.value)} s longer`
}

function outlived({ metastable }: FaultResult): string | null {
  return metastable
    ? 'What it began goes on without it (a metastable state), though no more come than were answered before'
    : null
}

/** How long after a strike something was, or before one that was foreseen. */
const since = (after: Estimate): string =>
  after.value !== null && after.value < 0 ? `${seconds(negative(after))} before` : `after ${seconds(after)}`

/** So many are named. */
const MOST = 4

/** Who learned of it, and when; null if nobody did. */
export function detected(
  { detected }: FaultResult,
  { replications }: Pick<Result, 'replications'>,
): string | null {
  if (detected.length === 0) return null
  const told = detected.slice(0, MOST).map(({ component, says, after_s, replications: in_ }) => {
    const where = in_ < replications ? ` (in ${in_} of ${replications} replications)` : ''
    return `${component}: ${says} ${since(after_s)}${where}`
  })
  const more = detected.length > MOST ? `; and ${detected.length - MOST} more` : ''
  return `Learned of: ${told.join('; ')}${more}`
}

/** More than chance and health checks make of it. */
const AMPLIFIED = 1.2

/** Where retries made more of the load, most first; null where they did not. */
export function amplified(result: Pick<Result, 'components'>): string | null {
  const more = amplifications(result)
  if (more.length === 0) return null
  const told = more.slice(0, MOST).map(({ name, outage, usual }) => {
    return `${name} got ${digits(outage)} requests for each one of a visitor, else ${digits(usual)}`
  })
  return `Retries: while service was worse than before, ${told.join('; ')}.`
}

/** The boxes at which requests were multiplied, most first. */
export function amplifications({
  components,
}: Pick<Result, 'components'>): { name: string; outage: number; usual: number }[] {
  return (
    Object.entries(components)
      .flatMap(([name, { tries }]) => {
        const [outage, usual] = [tries?.outage.value ?? 0, tries?.usual.value ?? 0]
        // Who gets no more than one for each visitor may stand in for another.
        return usual > 0 && outage > AMPLIFIED * Math.max(1, usual) ? [{ name, outage, usual }] : []
      })
      // Boxes that stand for one another have the same.
      .filter(
        ({ outage, usual }, i, all) => all.findIndex((o) => o.outage === outage && o.usual === usual) === i,
      )
      .sort((a, b) => b.outage / b.usual - a.outage / a.usual)
  )
}
