import { gapOf } from '../../sim/experiments/spof/judge-loss.js'
import type { Lost, Spofs } from '../../sim/experiments/spof/spof-result.js'
import type { Estimate } from '../../sim/stats/estimate.js'
import { causeOfFault } from './causal-chains.js'
import { digits, milliseconds, percent, percentAmiss } from './numbers.js'
import { askers, classesWhole, nobody, othersThan, those, undecidedSince, whoAsked } from './spof-who.js'

/** What is lost, and how. */
export function lossOf(names: readonly string[], { how }: Pick<Lost, 'how'>): string {
  const name = names.join(' and ')
  return {
    process: `the process of ${name} dies`,
    itself: `the box ${name} is gone`,
    machine: `the machine ${name} dies`,
    machines: `all machines in ${name} die`,
    silence: `the box ${name} is cut off`,
    cut: `the wire ${name} is cut`,
    certificate: `the certificate of ${name} expires`,
    both: `both ${name} are lost`,
  }[how]
}

/** What a loss does, why, and who learned of it. */
export function whyOf(lost: Lost, spofs: Spofs): string {
  const hurts = lost.severity !== 'none' && lost.severity !== 'blind'
  const cause = hurts ? causeOf(lost) : null
  return [
    `${effectOf(lost, spofs)}${alsoUndecided(lost, spofs)}${cause === null ? '.' : `: ${cause}`}`,
    learned(lost),
  ]
    .filter((part) => part !== '')
    .join(' ')
}

/** What it comes down to: of the classes that are answered no more, why they fail or what they wait for; else of all. */
function causeOf({ causes, faults, unanswered_accounts }: Lost): string | null {
  const unanswered = unanswered_accounts.map((one) => one.class)
  const ofClasses = causes.filter(({ of, name }) => of === 'class' && unanswered.includes(name))
  const those = ofClasses.length > 0 ? ofClasses : causes.filter(({ of }) => of === 'fault')
  const failures = those.filter(({ explains }) => explains === 'failures')
  const worth = unanswered.length > 0 && failures.length > 0 ? failures : those
  if (ofClasses.length > 0) return worth[0]!.says
  const told = faults.flatMap((fault) => causeOfFault(fault, { causes: worth }) ?? [])
  return told.length === 0 ? null : [...new Set(told)].map((one) => one.replace(/^The cause: /, '')).join(' ')
}

/** Without a full stop. */
function effectOf(lost: Lost, spofs: Spofs): string {
  const { severity, unanswered_accounts: unanswered, undecided_accounts: undecided } = lost
  if (severity === 'hard' || severity === 'writes') {
    const left = othersThan([...unanswered, ...undecided, ...spofs.unseen], spofs)
    const rest = `of all answers ${percent(share(lost.settled.answered))} are left (${askers(left, spofs)})`
    return `${nobody(unanswered, spofs, 'is answered any more')}${left.length === 0 ? '' : `; ${rest}`}`
  }
  if (severity === 'undecided') return openIn(lost, spofs)
  if (severity === 'capacity') return lacking(lost, spofs)
  if (severity === 'transient') return gapIn(lost)
  if (severity === 'blind') return 'no visitor notices, and nobody looks after the others meanwhile'
  return borneIn(lost, spofs)
}

/** What is gone in the end, if anything. */
function borneIn(lost: Lost, spofs: Spofs): string {
  if (isUnnoticed(lost, spofs)) return 'no visitor notices'
  if (gapOf(lost) < NOTICED)
    return `${percentAmiss((spofs.without.good.value ?? 0) - share(lost.good))} ${beyond(spofs)}of those who ask have no good answer`
  const within = gapOf(lost) <= spofs.gap_s ? `, which is within ${digits(spofs.gap_s)} s` : ''
  return `${gapIn(lost)}${within}`
}

/** What is missing, and of whom nobody knows. */
function openIn(lost: Lost, spofs: Spofs): string {
  const { undecided_accounts: undecided, answered } = lost
  const came = whoAsked(undecided, spofs)
  if (came.length === 0)
    return `${borneIn(lost, spofs)}, and whether ${those(undecided, spofs)} would be answered is undecided, since nobody asked`
  return `of all answers ${percentAmiss(1 - share(answered))} are missing, and whether they would come again is undecided, since ${undecidedSince(came, spofs)}`
}

/** Where others have none without the loss either. */
const beyond = ({ without }: Pick<Spofs, 'without'>): string =>
  share(without.good) >= 1 - UNNOTICED ? '' : 'more '

/** Of whom it cannot be told, beside those of whom it can. */
function alsoUndecided({ severity, undecided_accounts }: Lost, spofs: Spofs): string {
  const them = whoAsked(undecided_accounts, spofs)
  return them.length === 0 || severity === 'undecided'
    ? ''
    : `; undecided for ${those(them, spofs)}, since ${undecidedSince(them, spofs)}`
}

/** Seconds below which nobody speaks of a gap, and a share of good answers. */
const NOTICED = 0.5
const UNNOTICED = 0.001

/** Whether nobody fares worse, for however short. */
export const isUnnoticed = (lost: Lost, { without }: Pick<Spofs, 'without'>): boolean =>
  gapOf(lost) < NOTICED && share(lost.good) >= share(without.good) - UNNOTICED

const share = ({ value }: Estimate): number => value ?? 1

/** What is missing for as long as it is away. */
function lacking({ settled, missed, overloaded, lacking_accounts }: Lost, spofs: Spofs): string {
  const [answered, good] = [share(settled.answered), share(settled.good)]
  const said = [
    1 - answered >= LITTLE && `${percentAmiss(1 - answered)} of the answers are missing`,
    answered - good >= LITTLE && `${percentAmiss(answered - good)} come too late`,
  ].filter((part) => part !== false)
  const whom = lackingOf(lacking_accounts, said.length > 0, spofs)
  const of = whom === null ? said : said.length === 0 ? [whom] : [`${said.join(' and ')} (${whom})`]
  const lacks = of.length > 0 ? [`for as long as it lasts ${of.join(' and ')}`] : []
  const unmet =
    of.length > 0 && missed.length > 0
      ? [`not met any more: ${missed.map(({ text }) => text).join(', ')}`]
      : missed.map(({ text, value, unit }) => `${text} does not hold any more (${shownAs(value, unit)})`)
  const full =
    overloaded === null || overloaded.lag_growth !== undefined
      ? []
      : [`the ${overloaded.place} of ${overloaded.component} cannot keep up`]
  return [...lacks, ...unmet, ...full].join('; ')
}

/** Whose answers are missing: where that is little of all, or of users others of whom have all that they ask for. */
function lackingOf(accounts: Lost['lacking_accounts'], isSaid: boolean, spofs: Spofs): string | null {
  if (accounts.length === 0 || (isSaid && classesWhole(accounts, spofs) !== null)) return null
  const shares = accounts.map(({ missing }) => missing)
  const [least, most] = [Math.min(...shares), Math.max(...shares)].map(percentAmiss) as [string, string]
  const share = least === most ? most : `${least} to ${most}`
  return isSaid
    ? `${share} of those to ${askers(accounts, spofs)}`
    : `${share} of the answers to ${those(accounts, spofs)} are missing`
}

/** A share of the answers of which it is worth speaking. */
const LITTLE = 0.005

function shownAs(value: number | null, unit: 's' | 'share'): string {
  if (value === null) return 'it lies among those who are not answered'
  return unit === 's' ? milliseconds(value * 1000) : percent(value)
}

/** The longest of the gaps that there are. */
function gapIn(lost: Lost): string {
  const { no_answer_s, outage_s, outage_class, settles_s } = lost
  const longest = gapOf(lost)
  const lasts = ({ value, low }: Estimate) => (value ?? low ?? 0) >= longest - 0.5
  if (lasts(no_answer_s)) return `nobody is answered for ${seconds(no_answer_s)}`
  if (lasts(outage_s) && outage_class !== null)
    return `some who ask for ${outage_class} are not answered for ${seconds(outage_s)}`
  return `fewer answers are good for ${digits(settles_s ?? longest)} s`
}

/** A time, or what it is not below. */
function seconds({ value, low }: Estimate): string {
  if (value !== null) return `${digits(value)} s`
  return low === null ? '–' : `${digits(low)} s or more`
}

/** The time of an outage in a table. */
export const outageIn = ({ outage_s, severity }: Pick<Lost, 'outage_s' | 'severity'>): string =>
  severity === 'undecided' && outage_s.value === null
    ? 'undecided'
    : outage_s.value === 0
      ? '–'
      : seconds(outage_s)

/** Who noticed, and what he did; the first of them. */
function learned({ detected }: Lost): string {
  const said = [...new Set(detected.slice(0, MOST_TOLD).map(sayOne))]
  return said.length === 0 ? '' : `Learned of: ${said.join('; ')}.`
}

const sayOne = ({ component, says, after_s }: Lost['detected'][number]): string =>
  `${component}: ${says} after ${seconds(after_s)}`

const MOST_TOLD = 2
