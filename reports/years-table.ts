import type { NinesResult } from '../sim/experiments/nines/nines-result.js'
import { MINUTES_A_YEAR } from '../sim/reliability/history.js'
import type { Scenario } from '../sim/scenario/scenario.js'
import { estimate, type Row, table } from './csv.js'
import type { Assets } from './html/assets.js'
import { yearsHtml } from './html/years-page.js'
import { type Years, yearsJson } from './json.js'
import { rows, wrap } from './text.js'
import { type Look, PLAIN_LOOK, tinted } from './words/look.js'
import { digits, percent } from './words/numbers.js'
import { lasting, minutes } from './words/years.js'
import { assumptions, yearsHow, yearsInWords, yearsLine } from './words/years-verdict.js'

/** The answer in the first line of each scenario; then what costs what, and what else there is to tell. */
export const yearsText = ({ availabilities }: Years, look: Look = PLAIN_LOOK): string =>
  `${availabilities.map((one) => ofOne(one, look)).join('\n\n')}\n`

function ofOne(result: NinesResult, look: Look): string {
  const told = (text: string) => wrap(text, look.width)
  const [expected] = result.expectations ?? []
  const tint = expected === undefined ? 'head' : expected.verdict === 'met' ? 'good' : 'bad'
  const assumed = assumptions(result)
  return [
    tinted(told(yearsLine(result)), tint, look),
    ...(result.interrupted ? [told('Interrupted: this is of what was simulated by then.')] : []),
    '',
    partsText(result, look),
    '',
    ...yearsInWords(result).map(told),
    ...(assumed.length > 0 ? ['', 'Assumed, since the file does not say so:', ...assumed.map(told)] : []),
    ...(look.verbose ? ['', situationsText(result, look)] : []),
    '',
    told(yearsHow(result)),
  ].join('\n')
}

/** What fails, how often, and what it costs. */
function partsText({ parts, method }: NinesResult, look: Look): string {
  const tried = method.requests !== 'none'
  return rows(
    [
      'fails',
      'a year',
      'each for',
      'min a year',
      'share',
      ...(tried ? ['more each time', 'until others take over'] : []),
    ],
    parts.map((one) => [
      one.part,
      digits(one.failures_per_year),
      lasting(one.mttr_s),
      digits(one.downtime_min_per_year.value!),
      one.share === null ? '–' : percent(one.share),
      ...(tried
        ? [
            one.lost_per_failure.value === null ? '–' : digits(one.lost_per_failure.value),
            one.outage_s.value === null ? '–' : lasting(one.outage_s.value),
          ]
        : []),
    ]),
    [30],
    look.width,
  )
}

function situationsText({ situations }: NinesResult, look: Look): string {
  return rows(
    ['without', 'min a year', 'answered', 'known by', 'expect:'],
    situations.map(({ lost, probability, answered, by, objective }) => [
      lost.length === 0 ? '(everything in order)' : lost.join(', '),
      minutes(probability * MINUTES_A_YEAR),
      answered.value === null ? '–' : percent(answered.value),
      by,
      objective ?? '–',
    ]),
    [40],
    look.width,
  )
}

/** One row a scenario. */
export const yearsCsv = ({ availabilities }: Years): string =>
  table(
    availabilities.map(
      (one): Row => ({
        scenario: one.scenario,
        file: one.file,
        seed: one.seed,
        over_s: one.over_s,
        ...estimate('structural', one.availability.structural),
        ...estimate('requests', one.availability.requests),
        ...estimate('objective', one.availability.objective),
        ...estimate('downtime_min_per_year', one.downtime_min_per_year),
        nines: one.nines,
        outages_per_year: one.outages.per_year,
        mean_outage_s: one.outages.mean_s,
        first_outage_after_s: one.outages.first_after_s,
        ...estimate('month_met', one.objective_met.month),
        ...estimate('year_met', one.objective_met.year),
        budget_allowed_min: one.budget?.allowed_min ?? null,
        budget_left_min: one.budget?.left_min.value ?? null,
        rto_p50_s: one.rto.p50_s,
        rto_p99_s: one.rto.p99_s,
        lost_writes_per_year: one.rpo?.lost_writes_per_year.value ?? null,
        verdict: one.expectations?.[0]?.verdict ?? null,
      }),
    ),
  )

/** One row for each part of each scenario. */
const partsCsv = ({ availabilities }: Years): string =>
  table(
    availabilities.flatMap(({ scenario, file, parts }) =>
      parts.map(
        (one): Row => ({
          scenario,
          file,
          part: one.part,
          what: one.what,
          mtbf_s: one.mtbf_s,
          mttr_s: one.mttr_s,
          assumed: one.assumed,
          failures_per_year: one.failures_per_year,
          ...estimate('downtime_min_per_year', one.downtime_min_per_year),
          share: one.share,
          ...estimate('lost_per_failure', one.lost_per_failure),
          ...estimate('outage_s', one.outage_s),
        }),
      ),
    ),
  )

/** What `--out` gets: the text of each file by its name. */
export const yearsFiles = (
  years: Years,
  scenarios: readonly Scenario[],
  assets: Assets,
): Record<string, string> => ({
  'availability.json': yearsJson(years),
  'availability.csv': yearsCsv(years),
  'parts.csv': partsCsv(years),
  'availability.html': yearsHtml(years.availabilities, scenarios, assets),
})
