import type { FaultResult, Result } from '../../sim/experiments/result.js'
import type { Scenario } from '../../sim/scenario/scenario.js'
import { drawing } from '../drawing/drawing.js'
import { html, type Markup, type Part, raw } from '../drawing/markup.js'
import { whileStruck } from '../drawing/while-struck.js'
import { costs, gravest } from '../words/costs.js'
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
  const counted = faults.filter(({ during }) => during !== undefined)
  const drawn = gravest(counted, MOST)
  return html`${faults.map(
    (fault, i) =>
      html`<h${raw(`${level}`)}>${fault.fault}</h${raw(`${level}`)}>\n<p>${told[i]}</p>\n${drawn.includes(fault) && drawingOf(fault, result, scenario, name)}`,
  )}
${told.slice(faults.length).map((sentence) => html`<p>${sentence}</p>\n`)}${drawn.length > 0 && legend(drawn.length < counted.length)}${faultsTable(result)}`
}

/** @param some whether not all are drawn */
const legend = (some: boolean): Markup =>
  html`<p class="aside">Drawn ${some && html`are the ${MOST} after which most requests were lost or late; each `}is the first strike of the first replication. ⚡: what was struck. Red and struck through: answered nobody in all that time, as else it did. Requests a second are means of that time: at users what they sent, with what they tried again; in boxes what was answered. Dashed: no requests were sent this way.</p>\n`

function drawingOf(fault: FaultResult, result: Result, scenario: Scenario, name: string): Markup {
  const { from_s, to_s } = fault.during!
  return html`<figure class="architecture">
<figcaption>What passed while it lasted: ${time(from_s)} to ${time(to_s)}, first replication</figcaption>
${scrolling(drawing(scenario, whileStruck(fault, fault.during!, result)), `Drawing of ${name} during the ${fault.fault}`)}
</figure>
`
}
