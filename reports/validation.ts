import type { Suite } from '../sim/experiments/suite.js'
import {
  BEYOND,
  ERRORS,
  SHARE,
  type Spread,
  type Validated,
  type Verdict,
} from '../sim/experiments/validate.js'
import { table } from './csv.js'
import { tableOf } from './markdown.js'
import { type Measured, measuredMarkdown, measuredPlain, measuredText } from './measured-tables.js'
import { rows, WIDTH } from './text.js'

export interface Validation {
  seed: string
  suite: Suite
  validated: readonly Validated[]
  spread: Spread
  measured: Measured
}

/** What a terminal shows: a table for each case, then how the errors are spread. */
export function validationText({ validated, spread, seed, measured }: Validation): string {
  const parts = validated.map(({ case: { name, scenario }, verdicts }) =>
    [
      `${name}: ${scenario.name}`,
      rows(
        ['metric', 'exact', 'simulated', '95% interval', 'error', 'z', ''],
        verdicts.map((v) => [
          v.unit === '' ? v.metric : `${v.metric} (${v.unit})`,
          ...cells(v),
          v.passes ? 'ok' : 'FAILS',
        ]),
        [WIDTH],
      ),
    ].join('\n'),
  )
  const said = validated.length > 0 ? [...parts, summary(spread, validated, seed).join('\n')] : []
  return `${[...said, ...measuredText(measured)].join('\n\n')}\n`
}

export function validationJson({ seed, validated, spread, measured }: Validation): string {
  const cases = validated.map(({ case: { name, source, scenario }, verdicts }) => ({
    name,
    scenario: scenario.name,
    source,
    replications: scenario.replications,
    simulated_s: scenario.lasts,
    metrics: verdicts.map(plain),
  }))
  const document = { version: 1, seed, cases, summary: spread, measured: measuredPlain(measured) }
  return `${JSON.stringify(document, null, 2)}\n`
}

/** One row for each metric of each case. */
export function validationCsv({ validated }: Validation): string {
  return table(
    validated.flatMap(({ case: { name, source }, verdicts }) =>
      verdicts.map((v) => ({ case: name, ...plain(v), passes: String(v.passes), source })),
    ),
  )
}

/** The page `docs/validation.md`. */
export function validationMarkdown(validation: Validation): string {
  const { suite, validated, spread, seed } = validation
  const sections = validated.map(({ case: { name, source, scenario }, verdicts }) =>
    [
      `### ${scenario.name}`,
      `[\`${name}.yaml\`](../validation/${name}.yaml). ${source}.`,
      tableOf(
        ['metric', 'exact', 'simulated', '95 % interval', 'error', 'z', 'formula'],
        verdicts.map((v) => [
          `${v.metric}${v.unit === '' ? '' : ` (${v.unit})`}`,
          ...cells(v),
          `${v.formula}${v.passes ? '' : ' **FAILS**'}`,
        ]),
      ),
    ].join('\n\n'),
  )
  return `# Validation

Systems whose behaviour is known exactly, simulated: scenarios of [\`validation/\`](../validation), and what theory
says about them. This page is written by a program, not typed:

    npx nines validate --seed ${seed} --format markdown > docs/validation.md

\`npx nines validate\` runs the suite and says what fails; \`npx nines validate mm1 lru\` runs the cases with these
words in their names.

A metric passes if the simulated value lies within ${ERRORS} standard errors of the exact one, or within ${percent(SHARE)} of it. z is the
error in standard errors, those that the interval is made of. Over the whole suite |z| should exceed ${BEYOND} once in
twenty, give or take three standard deviations of that count: more often would mean wrong values or intervals that
are too narrow, seldom would mean intervals that are too wide. Each case has random numbers of its own.

${summary(spread, validated, seed).join('\n\n')}

How often the intervals cover the truth, over hundreds of repetitions of whole experiments, is in
[coverage.md](coverage.md).
Among so many metrics one may be beyond ${ERRORS} by chance: with another \`--seed\` chance goes away, and a defect stays.

## What is left out

Known exactly, but not said by a scenario or shown by its result:

${tableOf(['system', 'why'], Object.entries(suite.leftOut))}

${measuredMarkdown(validation.measured)}

## The cases

${sections.join('\n\n')}
`
}

/** What `--out` gets: the text of each file by its name. */
export const validationFiles = (validation: Validation): Record<string, string> => ({
  'validation.json': validationJson(validation),
  'validation.csv': validationCsv(validation),
  'validation.md': validationMarkdown(validation),
})

function summary(spread: Spread, validated: readonly Validated[], seed: string): string[] {
  const { metrics, failed, judged, beyond, covered, least, most } = spread
  if (metrics === 0) return [`No exact case was run, seed ${seed}.`]
  const range = judged
    ? `${percent(least)} to ${percent(most)} allowed`
    : 'not judged: with so few replications the metrics of a case err together'
  const place = !judged ? '' : beyond < least ? ': too few' : beyond > most ? ': too many' : ''
  return [
    `${metrics} metrics of ${validated.length} ${validated.length === 1 ? 'case' : 'cases'}, seed ${seed}: ${failed === 0 ? 'all pass' : `${failed} fail (${failing(validated)})`}.`,
    `|z| ${judged ? `> ${BEYOND}` : 'is beyond what chance exceeds once in twenty'} in ${percent(beyond)} of them (${range})${place}.`,
    `The 95% intervals hold the exact value in ${percent(covered)} of them.`,
  ]
}

function failing(validated: readonly Validated[]): string {
  return validated
    .filter((v) => v.verdicts.some((verdict) => !verdict.passes))
    .map((v) => v.case.name)
    .join(', ')
}

/** Exact, simulated, interval, error, z. */
function cells({ value: exact, estimate: { value, low, high }, z }: Verdict): string[] {
  if (value === null) return [digits(exact), '–', '–', '–', '–']
  return [
    digits(exact),
    digits(value),
    low === null || high === null ? '–' : `${digits(low)} to ${digits(high)}`,
    `${signed(((value - exact) / exact) * 100)}%`,
    z === null ? '–' : signed(z),
  ]
}

/** A verdict as one flat row. */
function plain(v: Verdict) {
  const { value, low, high } = v.estimate
  return {
    metric: v.metric,
    unit: v.unit,
    formula: v.formula,
    exact: v.value,
    simulated: value,
    low,
    high,
    standard_error: v.standardError,
    z: v.z,
    passes: v.passes,
  }
}

/** Five significant digits: more than the errors leave. */
const digits = (x: number): string => String(+x.toPrecision(5))
const signed = (x: number): string => `${x < 0 ? '−' : '+'}${Math.abs(x).toFixed(2)}`
const percent = (share: number): string => `${+(share * 100).toFixed(1)}%`
