import { countOf, type Mark, nextOf } from './underlines.js'

const sheet = `
  :host { display: flex; flex-direction: column; min-height: 0; }
  .problems { display: flex; gap: 0.6em; align-items: baseline; padding: 0.3em 0.6em; font-size: 0.8125rem;
    color: var(--bad); background: var(--bad-wash); }
  .problems[hidden] { display: none; }
  .problems button { font: inherit; font-weight: 600; color: inherit; background: none; border: 1px solid currentColor;
    border-radius: 4px; padding: 0.1em 0.6em; white-space: nowrap; cursor: pointer; min-height: 1.9em; }
  .problems button:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; }
  .problems span { overflow: hidden; text-overflow: ellipsis; display: -webkit-box; -webkit-line-clamp: 2;
    -webkit-box-orient: vertical; }
  .below { flex: 1; min-height: 0; }
`

/** How many problems the text has, and what the one at the cursor is: a press leads to the next. */
export class ProblemBar {
  /** Where the text goes. */
  readonly below = document.createElement('div')
  private readonly box = document.createElement('div')
  private readonly button = document.createElement('button')
  private readonly sentence = document.createElement('span')
  private marks: readonly Mark[] = []
  private cursor = 0

  constructor(root: ShadowRoot, show: (mark: Mark) => void) {
    const styles = new CSSStyleSheet()
    styles.replaceSync(sheet)
    root.adoptedStyleSheets = [styles]
    this.box.className = 'problems'
    this.box.hidden = true
    this.below.className = 'below'
    this.button.type = 'button'
    this.button.addEventListener('click', () => {
      const next = nextOf(this.marks, this.cursor)
      if (next !== undefined) show(next)
    })
    this.box.append(this.button, this.sentence)
    root.append(this.box, this.below)
  }

  tell(marks: readonly Mark[], cursor: number): void {
    this.marks = marks
    this.cursor = cursor
    this.box.hidden = marks.length === 0
    this.button.textContent = countOf(marks)
    const here = marks.find(({ from, to }) => from <= cursor && cursor <= to) ?? marks[0]
    this.sentence.textContent = here?.message ?? ''
  }
}
