import type { FaultResult, Result } from '../../sim/experiments/result.js'
import type { Scenario } from '../../sim/scenario/scenario.js'
import { drawn } from '../drawing/drawing.js'
import { html, type Markup, type Part, raw } from '../drawing/markup.js'
import { whileStruck } from '../drawing/while-struck.js'
import { costs, gravest } from '../words/costs.js'
import { scrolling } from './architecture.js'
import { time } from './figures.js'
import { faultsTable, noticesTable } from './tables.js'

/** Drawings that are open at once, and all of them at most: each is as large as that of the whole run. */
const MOST_OPEN = 4
const MOST_DRAWN = 16

/** What each fault did: in words, as a drawing of the architecture while it lasted, and in numbers. */
export function duringFaults(result: Result, scenario: Scenario, name: string, level: 3 | 4): Part {
  const { faults } = result
  if (faults.length === 0) return null
  const told = costs(result)
  const counted = faults.filter(({ during }) => during !== undefined)
  const shown = gravest(counted, MOST_DRAWN)
  const open = gravest(shown, MOST_OPEN)
  const pictureOf = (fault: FaultResult) => {
    if (!shown.includes(fault)) return null
    const picture = drawingOf(fault, result, scenario, name)
    if (open.includes(fault)) return picture
    return html`<details><summary>What passed while it lasted, as a drawing</summary>${picture}</details>\n`
  }
  return html`${faults.map(
    (fault, i) =>
      html`<h${raw(`${level}`)}>${fault.fault}</h${raw(`${level}`)}>\n<p>${told[i]}</p>\n${pictureOf(fault)}`,
  )}
${told.slice(faults.length).map((sentence) => html`<p>${sentence}</p>\n`)}${shown.length > 0 && legend(counted.length)}${faultsTable(result)}${noticesTable(result)}`
}

/** @param counted faults that could be drawn */
function legend(counted: number): Markup {
  const most = 'after which most requests were lost or late'
  const which = [
    ...(counted > MOST_DRAWN ? [`Drawn are the ${MOST_DRAWN} ${most}. `] : []),
    ...(counted > MOST_OPEN
      ? [`Open are the drawings of the ${MOST_OPEN} ${most}, the others folded up. `]
      : []),
  ]
  return html`<p class="aside">${which}Drawn is${which.length > 0 && ' of each'} the first strike of the first replication. ⚡: what was struck. Red and struck through: answered nobody in all that time, as else it did. Requests a second are means of that time: at users what they sent, with what they tried again; in boxes what was answered. Dashed: no requests were sent this way.</p>\n`
}

function drawingOf(fault: FaultResult, result: Result, scenario: Scenario, name: string): Markup {
  const { from_s, to_s } = fault.during!
  return html`<figure class="architecture">
<figcaption>What passed while it lasted: ${time(from_s)} to ${time(to_s)}, first replication</figcaption>
${scrolling(drawn(scenario, whileStruck(fault, fault.during!, result)), `Drawing of ${name} during the ${fault.fault}`)}
</figure>
`
}
