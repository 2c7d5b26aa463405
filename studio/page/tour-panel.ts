import { html, render, type TemplateResult } from 'lit-html'
import type { Extra, Studio } from './editor-contract.js'
import { cardOf, shortHash, textOf } from './opening.js'
import type { Sight } from './tour-steps.js'
import { Touring } from './touring.js'

/** Through the four architectures: what breaks, and what the next one repairs. */
export const tour: Extra = { name: 'Tour', side: 'right', open: (studio) => begin(studio) }

let shown: Panel | null = null

function begin(studio: Studio): void {
  shown?.close()
  shown = new Panel(studio)
}

/** Beside the page, which stays the reader's: each step waits for him, and each can be passed over. */
class Panel {
  private readonly touring = new Touring()
  private readonly element = document.createElement('aside')
  private readonly unwatch: () => void
  private drawn = ''

  constructor(private readonly studio: Studio) {
    this.element.className = 'tour'
    this.element.tabIndex = -1
    this.element.setAttribute('aria-label', 'Tour')
    this.element.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') this.close()
      event.stopPropagation()
    })
    document.body.append(this.element)
    this.show()
    this.element.focus()
    this.unwatch = studio.watch(() => this.look())
  }

  close(): void {
    this.unwatch()
    point(null)
    this.element.remove()
    shown = null
  }

  /** Its drawing, at its beginning. */
  private show(): void {
    const card = cardOf(this.studio.shelf, this.touring.chapter.id)!
    this.studio.open(textOf(card))
    history.replaceState(null, '', shortHash(card.id))
    this.draw()
  }

  private get sight(): Sight {
    return {
      now: this.studio.now(),
      windows: this.studio.windows(),
      strikes: this.studio.frame()?.strikes ?? [],
      outcomes: this.studio.loaded()?.outcomes ?? [],
    }
  }

  /** The reader has opened another drawing. */
  private get isElsewhere(): boolean {
    return this.studio.scenario().file !== cardOf(this.studio.shelf, this.touring.chapter.id)!.file
  }

  private look(): void {
    if (this.studio.loaded() !== null && !this.isElsewhere) this.touring.look(this.sight)
    this.draw()
  }

  /** Only where it says something else: it is looked at with each frame. */
  private draw(): void {
    const { touring } = this
    const now = `${touring.place} ${touring.sentence} ${touring.isTold} ${this.isElsewhere}`
    if (now !== this.drawn) render(this.content(), this.element)
    this.drawn = now
    point(this.isElsewhere ? null : touring.points)
  }

  private content(): TemplateResult {
    const { touring } = this
    const elsewhere = this.isElsewhere
    const sentence = elsewhere ? 'The tour waits: another drawing is open.' : touring.sentence
    return html`<header>
        <h2>Tour</h2>
        <small>${touring.place}</small>
        <button type="button" class="quiet" aria-label="End the tour" @click=${() => this.close()}>✕</button>
      </header>
      <p role="status" class=${touring.isTold ? 'told' : ''}>${sentence}</p>
      <p class="row">${elsewhere ? this.button('Back to the tour', () => this.again()) : this.buttons()}</p>`
  }

  private buttons(): TemplateResult {
    const { touring } = this
    if (!touring.atEnd) return this.button(touring.isTold ? 'Next' : 'Skip this step', () => this.next())
    if (touring.isLast) return this.button('End the tour', () => this.close())
    return this.button('Next drawing', () => {
      touring.turn()
      this.show()
    })
  }

  private button(name: string, act: () => void): TemplateResult {
    return html`<button type="button" class=${name === 'Skip this step' ? 'quiet' : 'main'} @click=${act}>${name}</button>`
  }

  private next(): void {
    this.touring.next(this.sight)
    this.draw()
  }

  private again(): void {
    this.touring.again()
    this.show()
  }
}

/** Marks the button of this name, and no other one. */
function point(name: string | null): void {
  const wanted =
    name === null
      ? undefined
      : [...document.querySelectorAll('button')].find(
          (button) => (button.getAttribute('aria-label') ?? button.textContent?.trim()) === name,
        )
  for (const one of document.querySelectorAll('.pointed')) if (one !== wanted) one.classList.remove('pointed')
  wanted?.classList.add('pointed')
}
