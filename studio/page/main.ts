import type { Shelf } from '../gallery.js'
import { Desk } from './desk.js'
import { commandOf } from './keys.js'
import { engine } from './workers.js'

/** What is shown where the address names nothing else. */
const FIRST = '02-distributed'

async function start(): Promise<void> {
  const [start, shelf] = await Promise.all([
    engine(),
    fetch('shelf.json').then((answer): Promise<Shelf> => answer.json()),
  ])
  const desk = new Desk(start)
  const { text, file, files } = shelf.cards.find(({ id }) => id === FIRST) ?? shelf.cards[0]!
  desk.begin(shelf, { text, file, files })
  document.addEventListener('keydown', (event) => keyed(desk, event))
  document.addEventListener('pointerdown', (event) => {
    const within = (event.target as Element).closest('.menu, [aria-haspopup=menu]')
    if (within === null && desk.state.menu !== null) desk.closeMenu()
  })
  const { mountEditor } = await import('./editor/editor.js')
  desk.setEditor(
    mountEditor(document.getElementById('editor')!, text, {
      catalog: shelf.catalog,
      beside: () => desk.state.scenario,
      changed: (text, by) => desk.changed(text, by),
    }),
  )
}

/** Keys are the page's where nothing is being typed, and where what has the focus does not take them itself. */
function keyed(desk: Desk, event: KeyboardEvent): void {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return
  const target = event.target as HTMLElement
  if (
    target.matches('input:not([type=range]), textarea, select') ||
    target.isContentEditable ||
    target.shadowRoot
  )
    return
  const own = target.closest('button, a, summary, [role=tab]') !== null
  if (own && (event.key === ' ' || event.key === 'Enter')) return
  if (target.matches('[type=range], [role=tab]') && /^(Arrow|Home|End)/.test(event.key)) return
  const command = commandOf(event.key)
  const card = target.closest('.card, .wire-button')
  const focused = card === null ? null : (target.getAttribute('aria-label') ?? target.textContent)
  if (command !== null && desk.command(command, focused)) event.preventDefault()
}

start().catch((error: unknown) => {
  const sentence = document.createElement('p')
  sentence.className = 'alarm'
  sentence.textContent = `The page could not be started: ${error instanceof Error ? error.message : error}`
  document.body.append(sentence)
})
