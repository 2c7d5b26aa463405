import { html, nothing, type TemplateResult } from 'lit-html'
import { digits } from '../../reports/words/numbers.js'
import type { View } from './actions.js'
import { answerPanel } from './answer-panel.js'
import { faultMenu } from './fault-menu.js'
import { head, transport } from './head.js'
import { keysDialog } from './keys-dialog.js'
import { figures, livePanel } from './run-panel.js'
import { legend } from './sentences.js'
import { TABS, type Tab } from './state.js'

/** Times as often as the text says, that users can be made to come. */
const FACTORS = [0.1, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 2, 3, 5, 10] as const

/** The whole page. The places named by an id are filled by what changes with each frame of the screen. */
export function shell(view: View): TemplateResult {
  const { state } = view
  return html`${head(view)} ${transport(view)}
    <main class=${view.sides.length > 1 ? 'columns comparing' : 'columns'}>
      <section class="text" aria-label="Scenario">
        <div class="title"><h2>Scenario</h2>${mistakes(view)}</div>
        <div id="editor"></div>
      </section>
      <section class="architecture" aria-label="Architecture">
        ${dials(view)}
        <div class="room">
          <div class="seen" role="group" aria-label=${view.sides[0]!.name}>
            ${view.sides.length > 1 ? html`<h3 class="whose">${view.sides[0]!.name}</h3>` : nothing}
            <div id="stage" ?hidden=${state.shown !== null}></div>
            <div id="coloured" ?hidden=${state.shown === null}></div>
          </div>
          ${beside(view)} ${faultMenu(view)}
        </div>
        ${caption(view)}
      </section>
      <section class="run" aria-label="The run">
        ${figures(view)} ${tabs(view)}
      </section>
    </main>
    <footer class="status">
      <p class="said">${state.halted !== '' ? state.halted : state.sentence}</p>
      <p class="heard" role="status">${state.aloud}</p>
    </footer>
    ${state.keysShown ? keysDialog(() => view.actions.showKeys(false)) : nothing}`
}

/** The one that it is compared with. */
function beside({ sides: [, second], actions }: View): TemplateResult | typeof nothing {
  if (second === undefined) return nothing
  return html`<div class="seen" role="group" aria-label=${second.name}>
    <div class="whose">
      <h3>${second.name}</h3>
      <button type="button" @click=${() => actions.endComparison()}>End comparison</button>
    </div>
    <div id="beside"></div>
  </div>`
}

/** The text itself says what is wrong with it. */
function mistakes({ state }: View): TemplateResult | typeof nothing {
  if (state.mistakes.length === 0 || state.loaded === null) return nothing
  return html`<p class="count">The run is of the text before.</p>`
}

/** How often each of the open users comes. */
function dials({ sides, actions }: View): TemplateResult | typeof nothing {
  const all = sides.flatMap(({ state, factorOf }) =>
    (state.loaded?.users ?? []).filter(({ open }) => open).map(({ name }) => ({ name, factorOf })),
  )
  if (all.length === 0) return nothing
  const open = all.filter(({ name }, i) => all.findIndex((other) => other.name === name) === i)
  return html`<div class="dials">
    ${open.map(({ name, factorOf }) => {
      const factor = factorOf(name)
      const at = FACTORS.findIndex((one) => one >= factor - 1e-9)
      const said = factor === 1 ? 'as the text says' : `${digits(factor)} times as often`
      return html`<label
        ><span>${name}</span
        ><input
          type="range"
          aria-label=${`How often ${name} come`}
          aria-valuetext=${said}
          min="0"
          max=${FACTORS.length - 1}
          step="1"
          .value=${String(at < 0 ? FACTORS.length - 1 : at)}
          @change=${(event: Event) => actions.rate(name, FACTORS[Number((event.target as HTMLInputElement).value)]!)}
        /><output aria-live="off">×${digits(factor)}</output></label
      >`
    })}
  </div>`
}

function caption({ state, clock, sides, actions }: View): TemplateResult | typeof nothing {
  if (state.loaded === null) return nothing
  if (state.shown !== null)
    return html`<p class="legend">
      Coloured by an answer, not by the run.
      <button type="button" @click=${() => actions.show(null)}>Back to the run</button>
    </p>`
  const { warmup } = state.loaded
  const after = warmup > 0 && sides.length === 1 ? `; ${digits(warmup)} s of warm-up` : ''
  return html`<p class="legend">
    <i class="question"></i>asks <i class="answer"></i>answered <i class="failure"></i>failed
    <span>${legend(clock.every)}${after}</span>
  </p>`
}

function tabs(view: View): TemplateResult {
  const { state, actions } = view
  const go = (event: KeyboardEvent) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
    if (by === undefined) return
    const next = TABS[(TABS.indexOf(state.tab) + by + TABS.length) % TABS.length]!
    actions.select(next)
    ;((event.currentTarget as HTMLElement).children[TABS.indexOf(next)] as HTMLElement).focus()
    event.preventDefault()
  }
  return html`<div class="tabs">
    <div role="tablist" aria-label="Answers" @keydown=${go}>
      ${TABS.map(
        (tab) => html`<button
          type="button"
          role="tab"
          id=${`tab-${tab}`}
          aria-selected=${tab === state.tab}
          aria-controls="panel"
          tabindex=${tab === state.tab ? 0 : -1}
          @click=${() => actions.select(tab)}
        >${tab}${mark(view, tab)}</button>`,
      )}
    </div>
    <div class="panel" id="panel" role="tabpanel" tabindex="0" aria-labelledby=${`tab-${state.tab}`}>
      ${names(view)}
      <div id="charts" ?hidden=${state.tab !== 'Live'}></div>
      <div class="under">${state.tab === 'Live' ? livePanel(view) : answerPanel(view, state.tab)}</div>
    </div>
  </div>`
}

/** Whose line is whose in the charts. */
function names({ state, sides }: View): TemplateResult | typeof nothing {
  if (sides.length === 1 || state.tab !== 'Live') return nothing
  return html`<ul class="names">${sides.map(({ name }) => html`<li><i></i>${name}</li>`)}</ul>`
}

/** How many of the runs are done, as long as some are missing. */
function mark({ state, sides }: View, tab: Tab): string {
  const run = sides.length > 1 ? state.asked.compare : state.asked.run
  return tab === 'Answer' && run?.state === 'asking' && run.planned > 0 ? ` ${run.done}/${run.planned}` : ''
}
