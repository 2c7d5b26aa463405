import { html, type TemplateResult } from 'lit-html'
import { KEYS } from './keys.js'

/** What each key does. */
export function keysDialog(close: () => void): TemplateResult {
  return html`<div class="veil" @click=${close}>
    <div class="sheet-of" role="dialog" aria-modal="true" aria-label="Keys" @click=${(event: Event) => event.stopPropagation()}>
      <h2>Keys</h2>
      <dl>
        ${KEYS.map(([, shown, does]) => html`<div><dt><kbd>${shown}</kbd></dt><dd>${does}</dd></div>`)}
        <div><dt><kbd>arrows</kbd></dt><dd>from box to box</dd></div>
        <div><dt><kbd>Enter</kbd></dt><dd>what can strike it</dd></div>
        <div><dt><kbd>1</kbd> to <kbd>6</kbd></dt><dd>the tabs</dd></div>
      </dl>
      <button type="button" class="main" id="close-keys" @click=${close}>Close</button>
    </div>
  </div>`
}
