import { byCapacity } from '../../reports/drawing/by-capacity.js'
import { byDowntime } from '../../reports/drawing/by-downtime.js'
import { bySeverity } from '../../reports/drawing/by-severity.js'
import { drawn } from '../../reports/drawing/drawing.js'
import { html, type Markup } from '../../reports/drawing/markup.js'
import { blocksOf } from '../../reports/explanation-blocks.js'
import { table } from '../../reports/html/tables.js'
import { spofLine } from '../../reports/spof-verdict.js'
import type { Block } from '../../reports/words/blocks.js'
import { capacityLine, howLine, leftOf, limitsLine, rateCell } from '../../reports/words/capacity-words.js'
import { nines, percent, plusMinus } from '../../reports/words/numbers.js'
import { judgement } from '../../reports/words/objectives.js'
import { unseenIn } from '../../reports/words/spof-who.js'
import { lossOf, whyOf } from '../../reports/words/spof-why.js'
import { cutSetsIn, fixFirst, howTried, tiersIn } from '../../reports/words/spof-words.js'
import { assumptions, yearsHow, yearsInWords, yearsLine } from '../../reports/words/years-verdict.js'
import type { Capacity } from '../../sim/experiments/capacity/answer.js'
import type { Explanation } from '../../sim/experiments/explain/explained.js'
import type { NinesResult } from '../../sim/experiments/nines/nines-result.js'
import type { Spofs } from '../../sim/experiments/spof/spof-result.js'
import type { Scenario } from '../../sim/scenario/scenario.js'
import type { Told } from './asked.js'
import { paragraphs } from './told-runs.js'

/** What `nines capacity` tells of one scenario. */
export function toldCapacity(found: Capacity, scenario: Scenario): Told {
  const { breaks, without = [], expectations = [], notes, qps } = found
  return {
    sentence: capacityLine(found),
    rows: breaks.map(({ objective, qps }) => [objective, rateCell(qps), '']),
    section: String(
      html`${paragraphs([
        ...[limitsLine(found)].filter((line) => line !== null),
        ...expectations.map((one) => `Expected ${judgement(one)}.`),
        ...notes.map((note) => `Note: ${note}.`),
      ])}${
        without.length > 0 &&
        table(
          'Without each host',
          [
            { head: 'without', words: true },
            { head: 'carries' },
            { head: 'of all' },
            { head: 'breaks first' },
          ],
          without.map((one) => [one.part, rateCell(one.qps), leftOf(one, qps), one.binding ?? '–']),
        )
      }${paragraphs([howLine(found)])}`,
    ),
    drawing: String(drawn(scenario, byCapacity(found)).svg),
  }
}

/** What `nines spof` tells of one scenario. */
export function toldLosses(spofs: Spofs, scenario: Scenario): Told {
  const worth = spofs.parts.filter(({ severity }) => severity !== 'none')
  return {
    sentence: spofLine(spofs),
    rows: worth.map((one) => [one.part, one.severity, nines(one.availability)]),
    section: String(
      paragraphs([
        ...worth.map((one) => `${lossOf([one.part], one)}: ${whyOf(one, spofs)}`),
        cutSetsIn(spofs),
        ...tiersIn(spofs),
        ...fixFirst(spofs),
        howTried(spofs),
        ...unseenIn(spofs),
      ]),
    ),
    drawing: String(drawn(scenario, bySeverity(spofs)).svg),
  }
}

/** What `nines availability` tells of one scenario. */
export function toldYears(result: NinesResult, scenario: Scenario): Told {
  const assumed = assumptions(result)
  return {
    sentence: yearsLine(result),
    rows: result.parts.map((one) => [
      one.part,
      `${plusMinus(one.downtime_min_per_year)} min a year`,
      one.share === null ? '' : percent(one.share),
    ]),
    section: String(
      paragraphs([
        ...yearsInWords(result),
        ...(assumed.length > 0 ? [`Assumed, since the file does not say so: ${assumed.join(' ')}`] : []),
        yearsHow(result),
      ]),
    ),
    drawing: String(drawn(scenario, byDowntime(result)).svg),
  }
}

/** What `nines explain` tells. */
export function toldExplanation(found: Explanation, scenario: Scenario): Told {
  const [answer, ...blocks] = blocksOf(found, scenario)
  return {
    sentence: 'text' in answer! ? answer.text : '',
    rows: [],
    section: String(html`${blocks.map(blockOf)}`),
    drawing: String(drawn(scenario, bySeverity(found.spofs)).svg),
  }
}

/** The diagram is the drawing beside it. */
function blockOf(block: Block): Markup | null {
  if ('heading' in block) return html`<h3>${block.heading}</h3>\n`
  if ('text' in block) return html`<p>${block.text}</p>\n`
  if ('list' in block) return html`<ul>${block.list.map((item) => html`<li>${item}</li>`)}</ul>\n`
  if ('diagram' in block) return null
  return table(
    '',
    block.head.map((head) => ({ head })),
    block.rows,
  )
}
