import type { NinesResult, PartOfDowntime } from '../../sim/experiments/nines/nines-result.js'
import { digits, percent, whole } from './numbers.js'
import { chance, lasting, minutes, minutesWithin, ninesIn, shareWithin, yearsIn } from './years.js'

/** What costs less of the downtime than this is not named in a line. */
const NOTABLE = 0.05
/** So many parts are named in a line. */
const MOST = 3

/** The answer in a sentence. */
export function yearsLine(result: NinesResult): string {
  const { scenario, availability, over_s, downtime_min_per_year: downtime } = result
  const { structural, requests } = availability
  const [share, of] =
    requests.value === null
      ? [structural.value!, `of the time all is there that requests need, over ${yearsIn(over_s)}`]
      : [requests.value, `of the requests are answered over ${yearsIn(over_s)}`]
  const nines = ninesIn(result)
  const blamed = blame(result)
  const down =
    downtime.value === 0
      ? downtime.high === 0
        ? 'no downtime'
        : `no downtime was seen, at most ${minutes(downtime.high!)} a year`
      : `${minutesWithin(downtime)} of downtime a year${blamed}`
  return `${scenario}: ${percent(share)} ${of}${nines === null ? '' : `, ${nines}`}: ${down}.`
}

/** `, of which 41 min by data-2`: what costs most. */
function blame({ parts, downtime_min_per_year }: NinesResult): string {
  const named = parts
    .filter(({ share, downtime_min_per_year: own }) => (share ?? 0) >= NOTABLE && own.value! > 0)
    .slice(0, MOST)
  if (named.length === 0 || downtime_min_per_year.value! <= 0) return ''
  const said = named.map(({ part, downtime_min_per_year: own }) => `${minutes(own.value!)} by ${part}`)
  return `, of which ${said.join(', ')}`
}

/** What else there is to tell, a sentence each. */
export function yearsInWords(result: NinesResult): string[] {
  return [
    ...availabilities(result),
    ...objectives(result),
    ...outages(result),
    ...lostWrites(result),
    ...result.notes.map((note) => `Note: ${note}.`),
  ]
}

function availabilities({ availability, structural, outages }: NinesResult): string[] {
  const classes = Object.entries(structural)
  const each = classes.map(([name, share]) => `${name} ${percent(share.value!)}`)
  const lines = [
    `By the wiring alone all is there that a request needs for ${shareWithin(availability.structural)} of the time${classes.length > 1 ? ` (${each.join(', ')})` : ''}.`,
  ]
  lines.push(
    outages.per_year === 0
      ? 'Nothing that fails here takes anything out of reach by itself.'
      : `For want of parts something is out of reach ${often(outages.per_year)}, ${lasting(outages.mean_s!)} each time${outages.first_after_s === null ? '' : `, for the first time after ${lasting(outages.first_after_s)} in the mean`}.`,
  )
  if (availability.objective.value !== null)
    lines.push(
      `All that is expected of a steady state (expect:) holds for ${shareWithin(availability.objective)} of the time.`,
    )
  return lines
}

/** `3.2 times a year`, `once in 36 years`. */
const often = (perYear: number): string =>
  perYear >= 1 ? `${digits(perYear)} times a year` : `once in ${digits(1 / perYear)} years`

function objectives(result: NinesResult): string[] {
  const { objective_met, objective, budget, expectations = [], years, method } = result
  if (budget === null || objective === null) return []
  const { allowed_min, left_min } = budget
  const left = left_min.value!
  const kept =
    objective_met.month.value === null || objective_met.year.value === null
      ? `In how many months and years it is kept is not told: ${method.untried === undefined ? 'too much fails in each' : 'not every part was tried'}.`
      : `It is kept, of months of 30 days, ${chance(objective_met.month)}; of years, ${chance(objective_met.year)} (${whole(years)} years were let go by).`
  const lines = [
    `${objective} allows ${minutes(allowed_min)} of downtime a year: ${left >= 0 ? `${minutes(left)} of it are left` : `${minutes(-left)} more are used`}. ${kept}`,
  ]
  for (const { text, verdict, value } of expectations)
    lines.push(`${text}: ${verdict} (${shareWithin(value)}).`)
  return lines
}

function outages({ rto }: NinesResult): string[] {
  if (rto.mean_s === null) return []
  return [
    `Of all outages, also those that are over when others take over (${often(rto.outages_per_year)}), half last ${lasting(rto.p50_s!)} or less, nine of ten ${lasting(rto.p90_s!)}, 99 of 100 ${lasting(rto.p99_s!)}; the longest was ${lasting(rto.longest_s!)} (RTO).`,
  ]
}

function lostWrites({ rpo }: NinesResult): string[] {
  if (rpo === null || rpo.lost_writes_per_year.value === 0) return []
  return [
    `Writes that were answered and lost: ${digits(rpo.lost_writes_per_year.value!)} a year; at the failure that loses most they go back ${lasting(rpo.worst_s.value ?? 0)} (RPO).`,
  ]
}

/** Which parts fail as is assumed, and where that is from. */
export function assumptions({ parts }: Pick<NinesResult, 'parts'>): string[] {
  const sources = new Map<string, PartOfDowntime[]>()
  for (const part of parts)
    if (part.assumed !== null) sources.set(part.assumed, [...(sources.get(part.assumed) ?? []), part])
  return [...sources].map(([source, own]) => {
    const { mtbf_s, mttr_s } = own[0]!
    return `${own.map(({ part }) => part).join(', ')}: every ${lasting(mtbf_s)} for ${lasting(mttr_s)}; ${source.replace(/^assumed: /, '')}.`
  })
}

/** How it was found out. */
export function yearsHow({ method, crews, situations, seed }: NinesResult): string {
  const repairs = crews === null ? 'a crew for each repair' : `${crews} repair crew${crews === 1 ? '' : 's'}`
  const failures = {
    product: 'exactly, as a product',
    chain: 'exactly, as a Markov chain',
    biased: 'by simulation with failures made likely',
    simulated: 'by simulation',
  }[method.failures]
  const tried = situations.filter(({ by }) => by === 'simulation').length
  const requests = {
    none: 'no requests were simulated',
    decomposed: `requests in ${whole(tried)} of these and at each failure, ${whole(method.simulated_requests)} in all`,
    joint: `requests and failures together, ${whole(method.simulated_requests)} requests in all`,
  }[method.requests]
  return `How long which parts are lost was found ${failures} (${repairs}); ${requests}; seed ${seed}. Downtime: as if nobody were answered for so long.${method.requests === 'none' ? '' : ' More each time: requests that a failure and its repair cost beyond the time for which the part is away; below 0 where some who waited are answered after all.'}`
}
