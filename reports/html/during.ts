import type { FaultResult, Result } from '../../sim/experiments/result.js'
import type { Scenario } from '../../sim/scenario/scenario.js'
import { drawing } from '../drawing/drawing.js'
import { html, type Markup, type Part, raw } from '../drawing/markup.js'
import { whileStruck } from '../drawing/while-struck.js'
import { costs } from '../words/costs.js'
import { scrolling } from './architecture.js'
import { time } from './figures.js'
import { faultsTable } from './tables.js'

/** Faults that are drawn at most. */
const MOST = 4

/** What each fault did: in words, as a drawing of the architecture while it lasted, and in numbers. */
export function duringFaults(result: Result, scenario: Scenario, name: string, level: 3 | 4): Part {
  const { faults } = result
  if (faults.length === 0) return null
  const told = costs(result)
  const gravest = [...faults].sort((a, b) => harm(b) - harm(a)).filter(({ during }) => during !== undefined)
  const drawn = new Set(gravest.slice(0, MOST))
  return html`${faults.map(
    (fault, i) =>
      html`<h${raw(`${level}`)}>${fault.fault}</h${raw(`${level}`)}>\n<p>${told[i]}</p>\n${drawn.has(fault) && drawingOf(fault, result, scenario, name)}`,
  )}
${told.slice(faults.length).map((sentence) => html`<p>${sentence}</p>\n`)}${gravest.length > MOST && html`<p class="aside">The ${MOST} that cost most are drawn.</p>\n`}${faultsTable(result)}`
}

/** Those that were lost, and those that were late. */
const harm = ({ cost, delayed }: FaultResult): number => Math.max(0, cost?.value ?? 0) + (delayed?.value ?? 0)

function drawingOf(fault: FaultResult, result: Result, scenario: Scenario, name: string): Markup {
  const { from_s, to_s } = fault.during!
  return html`<figure class="architecture">
<figcaption>What passed while it lasted: ${time(from_s)} to ${time(to_s)}, first replication</figcaption>
${scrolling(drawing(scenario, whileStruck(fault, fault.during!, result)), `Drawing of ${name} during the ${fault.fault}`)}
<p class="aside">⚡: what was struck. Red and struck through: answered nobody in all that time, as else it did. Requests a second are means of that time: at users what they sent, with what they tried again; in boxes what was answered. Dashed: no requests were sent this way.</p>
</figure>
`
}
