import { html } from 'lit-html'
import type { Extra, Studio } from './editor-contract.js'
import { galleryOver } from './gallery-dialog.js'
import { textOf } from './opening.js'

/** Chooses a second scenario, which is seen beside the first under the same clock. */
export const compare: Extra = { name: 'Compare', side: 'right', open: (studio) => choose(studio) }

function choose(studio: Studio): void {
  const pasted = (event: SubmitEvent) => {
    event.preventDefault()
    const text = String(new FormData(event.target as HTMLFormElement).get('text'))
    over.close()
    studio.compare({ text, file: 'pasted.yaml', files: studio.opened().files }, 'pasted')
  }
  const before = () => {
    over.close()
    studio.compare(studio.opened(), 'as it was opened')
  }
  const over = galleryOver(studio, {
    name: 'Compare',
    title: 'What is to be seen beside it?',
    chosen: (card) => studio.compare(textOf(card), card.id),
    offers: html`<div class="own">
      <button type="button" @click=${before}>The text as it was opened</button>
      <details>
        <summary>Another text</summary>
        <form @submit=${pasted}>
          <textarea name="text" required rows="8" aria-label="Text of the scenario" spellcheck="false"></textarea>
          <button type="submit" class="main">Compare with this text</button>
        </form>
      </details>
    </div>`,
  })
  over.open()
}
