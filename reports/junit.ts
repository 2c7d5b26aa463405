import { labelsOf } from '../sim/experiments/compare.js'
import type { Judgement, Result } from '../sim/experiments/result.js'
import { judgement } from './words/objectives.js'

/** What has expectations: a run, or an answer of another command, of which these are told as well as they are known. */
export type Judged = Pick<Result, 'scenario' | 'file' | 'seed' | 'expectations'> &
  Partial<Pick<Result, 'replications' | 'simulated_s'>>

/**
 * Expectations as the XML that servers for continuous integration read (JUnit's, as Jenkins, GitLab and others take
 * it): a suite for each scenario, a test for each expectation. What is undecided has failed, too.
 *
 * @param labels names of the suites; default: those of the scenarios
 */
export function toJunit(results: readonly Judged[], labels: readonly string[] = labelsOf(results)): string {
  const judged = results.flatMap((r) => r.expectations ?? [])
  const suites = results.map((result, i) => suite(result, labels[i]!))
  return `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="nines" ${counts(judged)}>
${suites.join('')}</testsuites>
`
}

function suite({ expectations = [], file, seed, replications, simulated_s }: Judged, label: string): string {
  const properties = { file, seed, replications, simulated_s }
  return `  <testsuite name="${escaped(label)}" ${counts(expectations)}>
    <properties>
${Object.entries(properties)
  .filter(([, value]) => value !== undefined)
  .map(([name, value]) => `      <property name="${name}" value="${escaped(String(value))}"/>\n`)
  .join('')}    </properties>
${expectations.map((one) => test(one, label)).join('')}  </testsuite>
`
}

function test(one: Judgement, label: string): string {
  const open = `    <testcase name="${escaped(one.text)}" classname="${escaped(label)}"`
  const says = escaped(judgement(one))
  return one.verdict === 'met'
    ? `${open}>\n      <system-out>${says}</system-out>\n    </testcase>\n`
    : `${open}>\n      <failure type="${one.verdict}" message="${says}">${says}</failure>\n    </testcase>\n`
}

function counts(judgements: readonly Judgement[]): string {
  const failures = judgements.filter(({ verdict }) => verdict !== 'met').length
  return `tests="${judgements.length}" failures="${failures}" errors="0" skipped="0"`
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/** Control characters and halves of characters: XML 1.0 has no way at all to say them. */
const NEVER = /[\p{Cs}\ufffe\uffff]|[^\P{Cc}\t\n\r]/gu

/** For text and attributes. */
function escaped(text: string): string {
  return text
    .replace(NEVER, '\ufffd')
    .replace(/[&<>"]/g, (c) => ENTITIES[c]!)
    .replace(/[\t\n\r]/g, (c) => `&#${c.charCodeAt(0)};`)
}
