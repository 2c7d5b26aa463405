import {
  type Completion,
  type CompletionContext,
  type CompletionResult,
  startCompletion,
} from '@codemirror/autocomplete'
import { type EditorView, hoverTooltip } from '@codemirror/view'
import type { Catalog } from '../../../sim/scenario/catalog.js'
import type { Text } from '../../messages.js'
import { toldAt } from './hovered.js'
import { anchorsIn, namingOptions, type Offer, offersAt } from './offers.js'
import type { Known } from './option-at.js'
import { spotAt } from './spot.js'
import { type Written, writtenIn } from './written.js'

const NOTHING: Written = {
  components: new Map(),
  placed: new Map(),
  hosts: [],
  zones: [],
  users: [],
  classes: [],
  wires: [],
}

/** What is offered while one types, and told of what the pointer rests on. */
export class Helping {
  private read = ''
  /** Of the last text that could be read. */
  private written = NOTHING
  private readonly names: ReadonlySet<string>

  constructor(
    private readonly catalog: Catalog,
    private readonly beside: () => Pick<Text, 'file' | 'files'>,
  ) {
    this.names = namingOptions(catalog)
  }

  readonly complete = (context: CompletionContext): CompletionResult | null => {
    const text = context.state.sliceDoc()
    const spot = spotAt(text, context.pos)
    if (spot === null || (spot.word === '' && !context.explicit && !this.isInvited(text, context.pos)))
      return null
    const options = offersAt(spot, this.known(text)).map(completionOf)
    return options.length === 0 ? null : { from: spot.from, options, validFor: /^[\w.*<-]*$/ }
  }

  readonly hover = hoverTooltip(({ state }, pos) => {
    const text = state.sliceDoc()
    const told = toldAt(text, pos, this.known(text))
    if (told === null) return null
    const { label, detail, says } = told.offer
    return { pos: told.from, end: told.to, above: true, create: () => ({ dom: toldOf(label, detail, says) }) }
  })

  private known(text: string): Known {
    if (text !== this.read) {
      this.written = writtenIn({ text, ...this.beside() }, this.names) ?? this.written
      this.read = text
    }
    return { catalog: this.catalog, written: this.written, anchors: anchorsIn(text) }
  }

  /** After `key: `, and in braces and lists, where it is clear that something comes. */
  private isInvited(text: string, at: number): boolean {
    return /(: |[[{,] ?|- )$/.test(text.slice(Math.max(0, at - 2), at))
  }
}

function completionOf({ label, type, detail, says, apply }: Offer): Completion {
  return {
    label,
    type,
    detail,
    info: says,
    apply:
      apply === undefined
        ? undefined
        : (view: EditorView, _: Completion, from: number, to: number) => {
            // What is there already is not written twice.
            const rest = view.state.sliceDoc(to, to + 2)
            const insert = apply.endsWith(': ') && rest.startsWith(':') ? apply.slice(0, -2) : apply
            view.dispatch({
              changes: { from, to, insert },
              selection: { anchor: from + insert.length },
              userEvent: 'input.complete',
            })
            if (insert.endsWith(': ') || insert.endsWith('*')) startCompletion(view)
          },
  }
}

function toldOf(label: string, detail = '', says = ''): HTMLElement {
  const box = document.createElement('div')
  box.className = 'cm-told'
  const name = document.createElement('b')
  name.textContent = label
  const what = document.createElement('span')
  what.textContent = detail
  const sentence = document.createElement('p')
  sentence.textContent = says
  box.append(name, what, sentence)
  return box
}
