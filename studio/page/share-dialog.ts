import { html, nothing, type TemplateResult } from 'lit-html'
import type { Assets } from '../../reports/html/assets.js'
import { sentenceOf } from '../sentence-of.js'
import { hashOf } from './address.js'
import type { Extra, Studio } from './editor-contract.js'
import { Over } from './over.js'
import { dotsOf, pictureOf, save } from './pictures.js'
import { fileNamed, markdownOf, ofLength } from './share-texts.js'

/** The scenario as a link, as text, as a picture, and what its runs come to as a report and as JSON. */
export const share: Extra = {
  name: 'Share',
  side: 'right',
  open: (studio) => {
    studio.pause()
    void new Sharing(studio).begin()
  },
}

/** What is made of all runs, and what that takes. */
const OF_RUNS = {
  report: {
    name: 'report',
    ending: 'html',
    type: 'text/html',
    carried: () => fetch('report.json').then((answer): Promise<Assets> => answer.json()),
  },
  json: { name: 'JSON', ending: 'json', type: 'application/json', carried: async () => undefined },
} as const

class Sharing {
  private readonly over = new Over('Share', 'share', () => this.content())
  private readonly scenario
  private readonly loaded
  private link: string | null = null
  private length = ''
  private said = ''
  /** What is being made of all runs; null for nothing. */
  private making: keyof typeof OF_RUNS | null = null

  constructor(private readonly studio: Studio) {
    this.scenario = studio.scenario()
    this.loaded = studio.loaded()
  }

  async begin(): Promise<void> {
    const hash = `#${await hashOf(this.scenario, this.studio.beside())}`
    const address = new URL(hash, location.href).href
    const { given, says } = ofLength(address.length)
    this.length = says
    if (given) {
      this.link = address
      // Who loads the page again sees the same.
      history.replaceState(null, '', hash)
    }
    this.over.open()
    if (this.link !== null) await this.copy(this.link, 'The link is copied.')
    this.over.element.querySelector('input')?.select()
  }

  private content(): TemplateResult {
    const { link, length } = this
    return html`<h2>Share</h2>
      <p>The whole scenario stands in the link, with the faults that were struck${this.studio.beside() === null ? '' : ', and the one beside it'}: nothing is sent to any server.</p>
      ${link === null ? nothing : this.linkRow(link)} ${length === '' ? nothing : html`<p class="warns">${length}</p>`}
      <div class="offers" role="group" aria-label="Copy">
        <button type="button" @click=${() => this.copy(this.scenario.text, 'The text is copied.')}>Copy YAML</button>
        <button type="button" @click=${() => this.copy(this.markdown(), 'The Markdown is copied.')}>Copy Markdown</button>
      </div>
      <div class="offers" role="group" aria-label="Save">
        <button type="button" @click=${() => this.saveText()}>Save YAML</button>
        <button type="button" ?disabled=${this.studio.picture() === null} @click=${() => this.saveDrawing()}>Save SVG</button>
        <button type="button" ?disabled=${this.studio.picture() === null} @click=${() => this.savePicture()}>Save PNG</button>
        ${(['report', 'json'] as const).map(
          (what) => html`<button
            type="button"
            ?disabled=${this.making !== null || this.loaded === null}
            @click=${() => this.saveRuns(what)}
          >
            ${this.making === what ? `The ${OF_RUNS[what].name} is being made …` : `Save ${OF_RUNS[what].name}`}
          </button>`,
        )}
      </div>
      <p role="status">${this.said}</p>
      <p class="row"><button type="button" class="main" @click=${() => this.over.close()}>Close</button></p>`
  }

  private linkRow(link: string): TemplateResult {
    return html`<p class="row">
      <input
        type="text"
        readonly
        aria-label="Link"
        .value=${link}
        @focus=${(event: Event) => (event.target as HTMLInputElement).select()}
      /><button type="button" @click=${() => this.copy(link, 'The link is copied.')}>Copy link</button>
    </p>`
  }

  private markdown(): string {
    return markdownOf(this.loaded, this.scenario, this.link)
  }

  private say(sentence: string): void {
    this.said = sentence
    this.over.draw()
  }

  private async copy(text: string, sentence: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(text)
      this.say(sentence)
    } catch {
      this.say('This browser does not let the page copy: mark it and copy it yourself, or save the file.')
    }
  }

  private saveText(): void {
    const name = fileNamed(this.scenario, 'yaml')
    save(new Blob([this.scenario.text], { type: 'application/yaml' }), name)
    const others = Object.keys(this.scenario.files)
    const needed = others.length === 0 ? '' : ` It needs ${others.join(', ')} beside it.`
    this.say(`${name} is saved.${needed}`)
  }

  private saveDrawing(): void {
    save(pictureOf(this.studio.picture()!, 'screen'), fileNamed(this.scenario, 'svg'))
    this.say('The drawing is saved.')
  }

  private async savePicture(): Promise<void> {
    try {
      save(await dotsOf(this.studio.picture()!), fileNamed(this.scenario, 'png'))
      this.say('The picture is saved.')
    } catch (error) {
      this.say(`The picture could not be made: ${sentenceOf(error)}`)
    }
  }

  private async saveRuns(what: keyof typeof OF_RUNS): Promise<void> {
    const { name, ending, type, carried } = OF_RUNS[what]
    this.making = what
    this.say(`All replications are being run for the ${name}.`)
    try {
      const { saved = '' } = await this.studio.ask(what, await carried())
      save(new Blob([saved], { type }), fileNamed(this.scenario, ending))
      this.said = `The ${name} is saved.`
    } catch (error) {
      this.said = `There is no ${name}: ${sentenceOf(error)}`
    }
    this.making = null
    this.over.draw()
  }
}
