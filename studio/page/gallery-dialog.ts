import { html, nothing, type TemplateResult } from 'lit-html'
import type { Card, Shelf } from '../shelf.js'
import { svgOf } from './adopted.js'
import type { Extra, Studio } from './editor-contract.js'
import { found, groupsOf } from './gallery-groups.js'
import { shortHash, textOf } from './opening.js'
import { Over } from './over.js'

/** All scenarios that come with the program: the first thing that a newcomer sees. */
export const gallery: Extra = { name: 'Gallery', side: 'left', open: (studio) => openGallery(studio) }

export function openGallery(studio: Studio): void {
  galleryOver(studio, {
    name: 'Gallery',
    title: 'What do you want to see break?',
    offers: nothing,
    chosen: (card) => {
      studio.open(textOf(card))
      // Who loads the page again sees the same.
      history.replaceState(null, '', shortHash(card.id))
    },
  }).open()
}

interface Wanted {
  readonly name: string
  readonly title: string
  /** What can be chosen but the scenarios that come with the program. */
  readonly offers: TemplateResult | typeof nothing
  chosen(card: Card): void
}

/** The scenarios that come with the program, one of which can be chosen. */
export function galleryOver(studio: Studio, { name, title, offers, chosen }: Wanted): Over {
  const drawings = new Map<string, SVGSVGElement>()
  let wanted = ''
  const over = new Over(name, 'gallery', () => page())
  const choose = (card: Card) => {
    over.close()
    chosen(card)
  }
  const page = (): TemplateResult => {
    const cards = found(studio.shelf.cards, wanted)
    return html`<header>
        <h2>${title}</h2>
        <label class="search"><span>Search</span><input
          type="search"
          autofocus
          .value=${wanted}
          @input=${(event: Event) => {
            wanted = (event.target as HTMLInputElement).value
            over.draw()
          }}
        /></label>
        <button type="button" @click=${() => over.close()}>Close</button>
      </header>
      ${offers}
      <div class="shelf" @keydown=${walk}>
        ${groupsOf(cards).map(
          ({ name, cards }) => html`<section aria-label=${name}>
            <h3>${name}</h3>
            <div class="cards">${cards.map((card) => cardFor(card, studio.shelf, drawings, choose))}</div>
          </section>`,
        )}
        ${cards.length === 0 ? html`<p class="none">No scenario has “${wanted}” in its name, its words or its text.</p>` : nothing}
      </div>`
  }
  return over
}

function cardFor(
  card: Card,
  { cards, pictures, pictured }: Shelf,
  drawings: Map<string, SVGSVGElement>,
  choose: (card: Card) => void,
) {
  const { id, title, question } = card
  if (!drawings.has(id)) drawings.set(id, svgOf(pictures[pictured[cards.indexOf(card)]!]!))
  const asks = `asks-${id.replace(/\W/g, '-')}`
  return html`<article class="scenario-card">
    <div class="picture" aria-hidden="true">${drawings.get(id)}</div>
    <button type="button" aria-describedby=${asks} @click=${() => choose(card)}>${title}</button>
    <p id=${asks}>${question}</p>
    <small>${id.replace(/^.*\//, '')}</small>
  </article>`
}

/** Arrow keys go from card to card. */
function walk(event: KeyboardEvent): void {
  const here = (event.target as Element).closest<HTMLElement>('.scenario-card button')
  if (here === null || !/^(Arrow|Home$|End$)/.test(event.key)) return
  const cards = [...(event.currentTarget as Element).querySelectorAll<HTMLElement>('.scenario-card button')]
  const at = cards.indexOf(here)
  const to =
    { ArrowRight: cards[at + 1], ArrowLeft: cards[at - 1], Home: cards[0], End: cards.at(-1) }[event.key] ??
    rowBeside(cards, here, event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0)
  to?.focus()
  event.preventDefault()
}

/** The card that is nearest in the row below (1) or above (-1). */
function rowBeside(cards: readonly HTMLElement[], here: HTMLElement, way: number): HTMLElement | undefined {
  const { top, left } = here.getBoundingClientRect()
  const far = (card: HTMLElement) => {
    const place = card.getBoundingClientRect()
    return { rows: way * (place.top - top), columns: Math.abs(place.left - left) }
  }
  const others = cards.filter((card) => far(card).rows > 1)
  const nearest = Math.min(...others.map((card) => far(card).rows))
  return others
    .filter((card) => far(card).rows < nearest + 20)
    .sort((a, b) => far(a).columns - far(b).columns)[0]
}
