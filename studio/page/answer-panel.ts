import { html, nothing, type TemplateResult } from 'lit-html'
import type { Answer, Question } from '../messages.js'
import type { View } from './actions.js'
import { nodesOf } from './adopted.js'
import type { Tab } from './state.js'

interface Told {
  readonly question: Question
  /** What is asked, and what the button says. */
  readonly asks: string
  readonly button: string
}

const OF: Readonly<Record<Exclude<Tab, 'Live' | 'Answer'>, Told>> = {
  Capacity: {
    question: 'capacity',
    asks: 'What is the largest rate at which the objectives hold, and what limits it?',
    button: 'Find the capacity',
  },
  SPOF: {
    question: 'spof',
    asks: 'What happens when each part is lost, with traffic on?',
    button: 'Lose each part',
  },
  Nines: {
    question: 'availability',
    asks: 'How available is it over years, with what breaks and is repaired?',
    button: 'Count the nines',
  },
  Explain: { question: 'explain', asks: 'What does this stack do, and why?', button: 'Explain it' },
}

export function answerPanel(view: View, tab: Exclude<Tab, 'Live'>): TemplateResult {
  const { loaded } = view.state
  const [first, second] = view.sides
  if (tab !== 'Answer') {
    const told = OF[tab]
    return asking(view, second === undefined ? told : { ...told, asks: `${first!.name}: ${told.asks}` })
  }
  if (second !== undefined)
    return asking(view, {
      question: 'compare',
      asks: `Which of them does better, ${first!.name} or ${second.name}, in all runs of each?`,
      button: 'Compare them',
    })
  const runs = loaded === null ? 'all' : String(loaded.replications)
  const bands = view.bands.length
  return html`${asking(view, {
    question: 'run',
    asks: `What do ${runs} runs say, each with other visitors?`,
    button: 'Ask again',
  })}
  ${
    bands === 0
      ? nothing
      : asking(view, {
          question: 'cost',
          asks: bands === 1 ? 'What did this fault cost?' : 'What did these faults cost?',
          button: 'Compare with runs without',
        })
  }`
}

function asking(view: View, { question, asks, button }: Told): TemplateResult {
  const { state, actions } = view
  const asked = state.asked[question]
  const ask = html`<button type="button" class="main" @click=${() => actions.ask(question)}>${button}</button>`
  const answer = asked?.answer ?? null
  const going = asked?.state === 'asking'
  return html`<div class="asking">
    <p class="asks">${asks}</p>
    ${asked === undefined ? ask : nothing}
    ${going ? progress(asked.done, asked.planned, () => actions.stop(question)) : nothing}
    ${asked?.state === 'stopped' ? html`<p class="hint">Stopped.</p>` : nothing}
    ${asked?.state === 'failed' ? html`<p class="alarm">${asked.message}</p>` : nothing}
    ${answer === null ? nothing : told(view, answer, going)}
    ${asked !== undefined && !going && asked.state !== 'answered' ? ask : nothing}
  </div>`
}

function progress(done: number, planned: number, stop: () => void): TemplateResult {
  const said = planned > 0 ? `${done} of ${planned}` : 'begins …'
  return html`<div class="progress">
    <progress aria-label="Runs" max=${Math.max(1, planned)} .value=${done}></progress>
    <span class="number">${said}</span>
    <button type="button" @click=${stop}>Stop</button>
  </div>`
}

/** Made once for each answer: it is shown as long as the page is drawn anew. */
const sections = new WeakMap<Answer, Node[]>()

function told({ state, actions }: View, answer: Answer, going: boolean): TemplateResult {
  let section = sections.get(answer)
  if (section === undefined) sections.set(answer, (section = nodesOf(answer.section)))
  const shown = state.shown === answer.question
  return html`<p class="sentence-of">${going ? 'So far: ' : ''}${answer.sentence}</p>
    ${
      answer.drawing === null
        ? nothing
        : html`<button type="button" aria-pressed=${shown} @click=${() => actions.show(shown ? null : answer.question)}>
          Colour the drawing by this</button>`
    }
    ${
      answer.rows.length === 0
        ? nothing
        : html`<table class="rows"><tbody>
          ${answer.rows.map(
            ([name, ...cells]) =>
              html`<tr><th scope="row">${name}</th>${cells.map((cell) => html`<td class="number">${cell}</td>`)}</tr>`,
          )}
        </tbody></table>`
    }
    <div class="section-of">${section}</div>`
}
