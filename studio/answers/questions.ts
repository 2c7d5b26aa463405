import { byCapacity } from '../../reports/drawing/by-capacity.js'
import { byDowntime } from '../../reports/drawing/by-downtime.js'
import { bySeverity } from '../../reports/drawing/by-severity.js'
import { drawn } from '../../reports/drawing/drawing.js'
import { html, type Markup } from '../../reports/drawing/markup.js'
import { blocksOf } from '../../reports/explanation-blocks.js'
import { table } from '../../reports/html/tables.js'
import { capacityJson, explanationJson, spofJson, yearsJson } from '../../reports/json.js'
import { spofLine } from '../../reports/spof-verdict.js'
import type { Block } from '../../reports/words/blocks.js'
import { capacityLine, howLine, leftOf, limitsLine, rateCell } from '../../reports/words/capacity-words.js'
import { nines, percent, plusMinus } from '../../reports/words/numbers.js'
import { judgement } from '../../reports/words/objectives.js'
import { unseenIn } from '../../reports/words/spof-who.js'
import { lossOf, whyOf } from '../../reports/words/spof-why.js'
import { cutSetsIn, fixFirst, howTried, tiersIn } from '../../reports/words/spof-words.js'
import { assumptions, yearsHow, yearsInWords, yearsLine } from '../../reports/words/years-verdict.js'
import { asksOf } from '../../sim/experiments/capacity/ask.js'
import {
  capacities,
  capacityReport,
  searchesOf,
  stepsReplications,
} from '../../sim/experiments/capacity/capacity.js'
import { explain, runsFor } from '../../sim/experiments/explain/explained.js'
import { plan } from '../../sim/experiments/nines/nines.js'
import { planOf, scenariosIn } from '../../sim/experiments/spof/plan.js'
import { spofsOf } from '../../sim/experiments/spof/spof.js'
import { PRECISELY, TRIED, trialOf, tryingOf, WISHES, YEARS } from '../../sim/experiments/usual.js'
import type { Question } from '../messages.js'
import { type Asked, bounded, type Told, Unanswerable } from './asked.js'
import { paragraphs } from './told-runs.js'

/** How each question is answered that is about one scenario and asks for runs of its own. */
export const questions = { capacity, spof, availability, explain: explained } satisfies Partial<
  Record<Question, (asked: Asked) => Promise<Told>>
>

async function capacity({ scenarios, pool, plans }: Asked): Promise<Told> {
  const asks = asksOf(scenarios.slice(0, 1), null, true)
  bounded(searchesOf(asks, PRECISELY, pool))
  plans(stepsReplications(asks, PRECISELY))
  const report = capacityReport(await capacities(asks, PRECISELY, pool), asks.length)
  const [found] = report.capacities
  if (found === undefined) throw new Unanswerable('it was stopped before anything was known')
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
    drawing: String(drawn(scenarios[0]!, byCapacity(found)).svg),
    json: capacityJson(report),
  }
}

async function spof({ scenarios: [scenario], pool, plans }: Asked): Promise<Told> {
  const planned = planOf(scenario!, trialOf(scenario!))
  const all = scenariosIn(planned)
  bounded(all.map((one) => ({ scenario: one, replications: one.replications })))
  plans(all.reduce((sum, { replications }) => sum + replications, 0))
  const [found] = await spofsOf([planned], WISHES, pool)
  if (found === undefined) throw new Unanswerable('it was stopped before anything was known')
  const { spofs } = found
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
    drawing: String(drawn(scenario!, bySeverity(spofs)).svg),
    json: spofJson([spofs]),
  }
}

async function availability({ scenarios: [scenario], pool, plans }: Asked): Promise<Told> {
  if (scenario!.users.every(({ malicious }) => malicious)) throw new Unanswerable('nobody asks but attackers')
  const planned = plan(scenario!, YEARS)
  bounded([planned.most])
  plans(Math.max(1, planned.replications))
  const result = await planned.run(pool)
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
    drawing: String(drawn(scenario!, byDowntime(result)).svg),
    json: yearsJson({ version: 1, availabilities: [result] }),
  }
}

async function explained({ scenarios: [scenario], pool, plans }: Asked): Promise<Told> {
  const trying = tryingOf(trialOf(scenario!))
  bounded(runsFor(scenario!, trying, pool))
  plans(TRIED)
  const found = await explain(scenario!, trying, pool)
  const [answer, ...blocks] = blocksOf(found, scenario!)
  return {
    sentence: 'text' in answer! ? answer.text : '',
    rows: [],
    section: String(html`${blocks.map(blockOf)}`),
    drawing: String(drawn(scenario!, bySeverity(found.spofs)).svg),
    json: explanationJson([found]),
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
