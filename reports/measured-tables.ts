import type { Compared, MeasuredSuite, MeasuredVerdict } from '../sim/experiments/measured.js'
import { tableOf } from './markdown.js'
import { rows } from './text.js'

/** What real programs did in an experiment, beside what its scenario does. */
export interface Measured {
  suite: MeasuredSuite
  compared: readonly Compared[]
}

const HEAD = ['metric', 'measured', 'least', 'most', 'n', 'simulated', 'verdict']

/** How many of the metrics differ from what was measured, those left out of which it is known why. */
export const differing = (compared: readonly Compared[]): number =>
  compared
    .flatMap(({ verdicts }) => verdicts)
    .filter((verdict) => verdict.nearness === 'differs' && verdict.differs === undefined).length

/** A table for each case, and a summary; nothing without cases. */
export function measuredText({ compared }: Measured): string[] {
  if (compared.length === 0) return []
  const parts = compared.map(
    ({ case: { name, scenario, program }, verdicts }) =>
      `${name}: ${scenario.name} (${program})\n${rows(HEAD, verdicts.map(cells), [44])}`,
  )
  return [...parts, [summary(compared), ...reasons(compared).map((why) => `Known: ${why}.`)].join('\n')]
}

/** For JSON. */
export function measuredPlain({ compared }: Measured) {
  return compared.map(({ case: { name, program, conditions, scenario }, verdicts }) => ({
    name,
    scenario: scenario.name,
    program,
    conditions,
    replications: scenario.replications,
    metrics: verdicts.map(({ nearness, ...verdict }) => ({ ...verdict, verdict: nearness })),
  }))
}

/** The part of the page `docs/validation.md` on what was measured. */
export function measuredMarkdown({ suite, compared }: Measured): string {
  const body = compared.flatMap(({ case: { name, program }, verdicts }) =>
    verdicts.map((verdict, i) => [
      i === 0 ? `[${name.replace('measured/', '')}](../validation/${name}.yaml), ${program}` : '',
      ...cells(verdict),
    ]),
  )
  return `## What was measured on the real programs

Experiments made with the real programs on one core of a virtual machine, each a few times: the mean, the least and the
most of the repeats. \`npx nines validate measured\` simulates the scenarios of
[\`validation/measured/\`](../validation/measured), whose heads say what was done. A simulated mean belongs between the
least and the most; a measured mean over so few repeats is uncertain itself, so that within 3 % of it, or two standard
deviations between the repeats, no difference is told. What a new connection cost there beside waiting and service is
added to simulated latencies before they are compared: 2.1 ms through HAProxy, 2.2 ms through nginx, 4.3 ms through both
(1.1 ms where connections are kept open; less where wires stand for a part of it).

${summary(compared)}

${tableOf(['case', ...HEAD], body)}

${known(compared)}Measured, and not simulated here:

${tableOf(['experiment', 'why'], Object.entries(suite.leftOut))}`
}

/** Empty where all are near. */
function known(compared: readonly Compared[]): string {
  const why = reasons(compared)
  return why.length === 0 ? '' : `Those that differ, known: ${why.join('; ')}.\n\n`
}

function summary(compared: readonly Compared[]): string {
  const verdicts = compared.flatMap((one) => one.verdicts)
  const kinds = (['between least and most', 'within 3 %', 'within 2 sd', 'differs'] as const).map(
    (kind) => [kind, verdicts.filter(({ nearness }) => nearness === kind).length] as const,
  )
  const told = kinds.filter(([, n]) => n > 0).map(([kind, n]) => `${n} ${kind}`)
  return `${verdicts.length} measured metrics of ${compared.length} ${compared.length === 1 ? 'case' : 'cases'}: ${told.join(', ')}.`
}

function cells({
  metric,
  unit,
  mean,
  least,
  most,
  n,
  simulated,
  nearness,
  differs,
}: MeasuredVerdict): string[] {
  return [
    unit === '' ? metric : `${metric} (${unit})`,
    ...[mean, least, most].map(digits),
    String(n),
    simulated === null ? '–' : digits(simulated),
    nearness === 'differs' && differs !== undefined ? 'differs, known' : nearness,
  ]
}

/** Why some are known to differ, each reason once. */
function reasons(compared: readonly Compared[]): string[] {
  const known = compared.flatMap(({ verdicts }) => verdicts).filter((v) => v.nearness === 'differs')
  return [...new Set(known.flatMap(({ differs = [] }) => differs))]
}

/** Four significant digits: more than a few repeats give. */
const digits = (x: number): string => String(+x.toPrecision(4))
