import { html, nothing, svg, type TemplateResult } from 'lit-html'
import { digits, milliseconds } from '../../reports/words/numbers.js'
import { DOINGS } from '../../reports/words/stretches.js'
import type { TracedRequest } from '../../sim/model/tracing.js'
import type { SideView, View } from './actions.js'
import { type Row, waterfall } from './request-bars.js'
import { at, figureTexts } from './sentences.js'
import { roundClock } from './timing.js'

/** The figures at a glance. Not live regions: they never rest. */
export function figures({ sides: [first, second] }: View): TemplateResult {
  const beside = second === undefined ? null : figureTexts(second.figures)
  return html`<div class="figures-row" role="group" aria-label="Figures of the last second">
    ${figureTexts(first!.figures).map(
      ([name, text], i) =>
        html`<div class="figure">
          <span aria-hidden="true">${name}</span
          ><output class=${ill(name, first!)} aria-label=${name} aria-live="off">${text}</output>
          ${
            beside === null
              ? nothing
              : html`<output
                  class=${`beside ${ill(name, second!)}`}
                  aria-label=${`${name} of ${second!.name}`}
                  aria-live="off"
                >${beside[i]![1]}</output>`
          }
        </div>`,
    )}
  </div>`
}

const ill = (name: string, { figures }: SideView): string =>
  name === 'Failed' && (figures.failed ?? 0) > 0 ? 'bad' : ''

/** What strikes now, and the requests of a moment. */
export function livePanel(view: View): TemplateResult {
  const { state } = view
  if (state.ways !== null) return html`${state.ways.chosen === null ? striking(view) : nothing}${ways(view)}`
  return html`<p class="hint">
      ${view.sides.length > 1 ? 'This is one run of each' : 'This is one run'}. Click a box, a host or a wire to break it, and a point in a chart to see what was asked then.
    </p>
    ${striking(view)}`
}

function striking({ sides, actions }: View): TemplateResult | typeof nothing {
  const all = sides.flatMap(({ name, strikes }) =>
    strikes.map((strike) => ({ strike, whose: sides.length > 1 ? ` of ${name}` : '' })),
  )
  if (all.length === 0) return nothing
  return html`<ul class="striking">
    ${all.map(
      ({ strike, whose }) => html`<li>
        <span><strong>${strike.blow.kind}</strong> ${strike.blow.target}${whose} <small>since ${at(strike.at)}</small></span>
        <button type="button" aria-label=${`Heal ${strike.blow.target}${whose}`} @click=${() => actions.heal([strike])}>Heal</button>
      </li>`,
    )}
  </ul>`
}

function ways({ state, sides, actions }: View): TemplateResult {
  const { from, to, until, list, chosen } = state.ways!
  const whose = sides.length > 1 ? ` of ${sides[0]!.name}` : ''
  const title = html`<div class="title-row">
    <h3>Requests${whose} from ${at(from)} to ${at(to)}</h3>
    <button type="button" class="quiet" @click=${() => actions.lookAway()}>Close</button>
  </div>`
  if (list === null) return html`${title}<p class="hint">Playing it again, with an eye on each …</p>`
  if (list.length === 0) return html`${title}<p class="hint">Nobody asked anything then.</p>`
  const followed = list.find(({ id }) => id === chosen)
  if (followed !== undefined)
    return html`<button type="button" class="quiet back" @click=${() => actions.follow(null)}>
        All ${list.length} requests from ${at(from)} to ${at(to)}</button>
      ${way(followed, until)}`
  const inOrder = [...list].sort((a, b) => worth(b) - worth(a))
  return html`${title}
    <ul class="ways">
      ${inOrder.map(
        (one) => html`<li>
          <button type="button" @click=${() => actions.follow(one.id)}>
            <span class=${`chip ${one.outcome === 'ok' ? 'better' : 'worse'}`}>${one.outcome ?? 'not ended'}</span>
            <span class="class">${one.class}</span>
            <span class="number">${took(one)}</span>
          </button>
        </li>`,
      )}
    </ul>`
}

/** Those that failed first, and the slowest of the others. */
const worth = ({ outcome, latency_ms }: TracedRequest): number =>
  (outcome === 'ok' ? 0 : 1e12) + (latency_ms ?? 1e9)

const took = ({ latency_ms }: TracedRequest): string => (latency_ms === null ? '–' : milliseconds(latency_ms))

const ROW = 22
const NAMES = 118

/** Where one request went, line by line, and what happened there. */
function way(traced: TracedRequest, until: number): TemplateResult {
  const { rows, ends } = waterfall(traced, until)
  return html`<p class="outcome">
      <strong>${traced.class}</strong> at ${roundClock(traced.arrived_s)}:
      ${traced.outcome === null ? 'had not ended' : html`${traced.outcome} after ${took(traced)}`}
    </p>
    <svg class="waterfall" role="img" aria-label=${inWords(rows)} viewBox=${`0 0 340 ${rows.length * ROW + 4}`}>
      ${rows.map((row, n) => bars(row, n, ends))}
    </svg>
    <ul class="key">
      ${Object.entries(DOINGS).map(([doing, says]) => html`<li><i class=${doing}></i>${says}</li>`)}
    </ul>
    <p class="hint">The whole width is ${milliseconds(ends * 1000)}.</p>`
}

function bars({ name, depth, stretches, outcome }: Row, n: number, ends: number): TemplateResult {
  const x = (time: number) => NAMES + (time / ends) * (340 - NAMES - 4)
  const failed = outcome !== 'ok'
  return svg`<g class=${failed ? 'failed' : ''}>
    <text x=${4 + Math.min(depth, 6) * 7} y=${n * ROW + 15}>${short(name, 15 - Math.min(depth, 6))}</text>
    ${stretches.map(
      ({ doing, from, to }) =>
        svg`<rect class=${doing} x=${x(from)} y=${n * ROW + 5} width=${Math.max(1, x(to) - x(from))} height="13" rx="2"><title>${`${name}: ${DOINGS[doing]} ${milliseconds((to - from) * 1000)}`}</title></rect>`,
    )}
    ${failed ? svg`<text class="how" x="336" y=${n * ROW + 15} text-anchor="end">${outcome ?? 'not ended'}</text>` : ''}
  </g>` as TemplateResult
}

const short = (name: string, letters: number): string =>
  name.length <= letters ? name : `${name.slice(0, letters - 1)}…`

/** The same for those who do not see it. */
const inWords = (rows: readonly Row[]): string =>
  rows
    .map(({ name, stretches, outcome }) => {
      const told = stretches.map(({ doing, from, to }) => `${DOINGS[doing]} ${digits((to - from) * 1000)} ms`)
      return `${name}: ${[...told, outcome ?? 'not ended'].join(', ')}`
    })
    .join('; ')
