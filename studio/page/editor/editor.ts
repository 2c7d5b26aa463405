import {
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
} from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands'
import { yaml } from '@codemirror/lang-yaml'
import { bracketMatching, indentOnInput, indentUnit, syntaxHighlighting } from '@codemirror/language'
import { lintGutter, lintKeymap, setDiagnostics } from '@codemirror/lint'
import { Annotation, EditorState } from '@codemirror/state'
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
} from '@codemirror/view'
import type { Problem } from '../../../sim/scenario/problem.js'
import type { ChangedBy, Editor, EditorHost, MountEditor, Top } from '../editor-contract.js'
import { difference, withChanged, withFault } from '../text-edits.js'
import { coloured, look } from './colours.js'
import { Helping } from './helping.js'
import { ProblemBar } from './problem-bar.js'
import { type Mark, marksOf } from './underlines.js'

const struck = Annotation.define<ChangedBy>()

/**
 * The text with completion, hover and marks. It stands in a shadow root: there the editor's styles are adopted sheets,
 * which a page may have whose policy forbids style elements.
 */
export const mountEditor: MountEditor = (place, text, host) => new TextEditor(place, text, host)

class TextEditor implements Editor {
  private readonly view: EditorView
  private readonly bar: ProblemBar
  private readonly helping: Helping
  private marks: readonly Mark[] = []

  constructor(
    place: HTMLElement,
    text: string,
    private readonly host: EditorHost,
  ) {
    const root = place.attachShadow({ mode: 'open' })
    this.helping = new Helping(host.catalog, () => host.beside())
    this.bar = new ProblemBar(root, (mark) => this.show(mark))
    this.view = new EditorView({ root, parent: this.bar.below, state: this.stateOf(text) })
    const { scrollDOM } = this.view
    // Who has no pointer scrolls it with the arrow keys.
    scrollDOM.tabIndex = 0
    scrollDOM.setAttribute('role', 'group')
    scrollDOM.setAttribute('aria-label', 'Text of the scenario, to scroll')
    // Keys that are typed are no keys of the page.
    for (const type of ['keydown', 'keyup', 'keypress'])
      root.addEventListener(type, (event) => event.stopPropagation())
  }

  text(): string {
    return this.view.state.sliceDoc()
  }

  open(text: string): void {
    this.view.setState(this.stateOf(text))
    this.setMistakes([])
  }

  setMistakes(mistakes: readonly Problem[]): void {
    this.marks = marksOf(this.text(), this.host.beside().file, mistakes)
    const diagnostics = this.marks.map((mark) => ({ ...mark, severity: 'error' as const }))
    this.view.dispatch(setDiagnostics(this.view.state, diagnostics))
    this.bar.tell(this.marks, this.cursor)
  }

  insertFault(line: string, top: readonly Top[]): boolean {
    const text = withFault({ ...this.host.beside(), text: this.text() }, line, top)
    if (text !== null) this.put(text)
    return text !== null
  }

  changeFault(line: string, anew: string): void {
    this.put(withChanged(this.text(), line, anew))
  }

  focus(): void {
    this.view.focus()
  }

  private get cursor(): number {
    return this.view.state.selection.main.head
  }

  private put(text: string): void {
    const changes = difference(this.text(), text)
    if (changes.from === changes.to && changes.insert === '') return
    const effects = EditorView.scrollIntoView(changes.from, { y: 'center', x: 'nearest' })
    this.view.dispatch({ changes, annotations: struck.of('strike') })
    this.view.dispatch({ effects })
  }

  private show({ from, to }: Mark): void {
    const effects = EditorView.scrollIntoView(from, { y: 'center' })
    this.view.dispatch({ selection: { anchor: from, head: to }, effects })
    this.view.focus()
  }

  private stateOf(doc: string): EditorState {
    return EditorState.create({
      doc,
      extensions: [
        lineNumbers(),
        highlightActiveLineGutter(),
        highlightActiveLine(),
        drawSelection(),
        history(),
        indentUnit.of('  '),
        indentOnInput(),
        bracketMatching(),
        closeBrackets(),
        yaml(),
        syntaxHighlighting(coloured),
        lintGutter(),
        autocompletion({ override: [this.helping.complete], icons: false }),
        this.helping.hover,
        // Tab is left to the page: it leads out of the text.
        keymap.of([
          ...closeBracketsKeymap,
          ...defaultKeymap,
          ...historyKeymap,
          ...completionKeymap,
          ...lintKeymap,
          { key: 'Escape', run: leave },
        ]),
        EditorView.contentAttributes.of({ 'aria-label': 'Text of the scenario', spellcheck: 'false' }),
        EditorView.updateListener.of(({ docChanged, selectionSet, transactions }) => {
          if (selectionSet) this.bar.tell(this.marks, this.cursor)
          if (!docChanged) return
          const by = transactions.some((one) => one.annotation(struck) === 'strike') ? 'strike' : 'hand'
          this.host.changed(by)
        }),
        look,
      ],
    })
  }
}

/** Back to the page, whose keys are its own again. */
function leave({ contentDOM }: EditorView): boolean {
  contentDOM.blur()
  return true
}
