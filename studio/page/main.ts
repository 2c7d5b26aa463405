import { sentenceOf } from '../sentence-of.js'
import type { Shelf } from '../shelf.js'
import { Desk } from './desk.js'
import { followFile } from './following.js'
import { openGallery } from './gallery-dialog.js'
import { commandOf } from './keys.js'
import { obey } from './obeying.js'
import { openingOf, served } from './opening.js'
import { engine } from './workers.js'
import { readerThere } from './yaml-reader.js'

/** What tells the second of two scenarios of an address from the first. */
const BESIDE = 'the second'

async function start(): Promise<void> {
  const [start, shelf, given] = await Promise.all([
    engine(),
    fetch('shelf.json').then((answer): Promise<Shelf> => answer.json()),
    served(),
  ])
  const desk = new Desk(start)
  const opening = await openingOf(shelf, location.hash, given?.scenario ?? null)
  desk.begin(shelf, opening.scenario)
  if (opening.sentence !== '') desk.say(opening.sentence)
  if (opening.gallery) openGallery(desk.studio)
  if (opening.beside !== null) await desk.compare(opening.beside, BESIDE)
  if (given?.followed) followFile(desk.studio, given.scenario)
  window.addEventListener('hashchange', () => goTo(desk))
  document.addEventListener('keydown', (event) => keyed(desk, event))
  document.addEventListener('pointerdown', (event) => {
    const within = (event.target as Element).closest('.menu, [aria-haspopup=menu]')
    if (within === null && desk.state.menu !== null) desk.closeMenu()
  })
  await desk.drawn
  await painted()
  await readerThere()
  const { mountEditor } = await import('./editor/editor.js')
  desk.setEditor(
    mountEditor(document.getElementById('editor')!, desk.scenario().text, {
      catalog: shelf.catalog,
      beside: () => desk.state.scenario,
      changed: (by) => desk.changed(by),
    }),
  )
}

/** Once what has been drawn is on the screen; and soon, where nobody looks at that. */
const painted = () =>
  new Promise<void>((resolve) => {
    requestAnimationFrame(() => setTimeout(resolve))
    setTimeout(resolve, 500)
  })

/** Another address in the same page. */
async function goTo(desk: Desk): Promise<void> {
  const { scenario, beside, gallery, sentence } = await openingOf(desk.state.shelf!, location.hash, null)
  if (gallery) openGallery(desk.studio)
  else if (sentence === '') {
    desk.endComparison()
    desk.open(scenario)
    if (beside !== null) await desk.compare(beside, BESIDE)
  }
  if (sentence !== '') desk.say(sentence)
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
  const side = desk.sides.find(({ stage }) => stage?.holds(target))
  const name = target.getAttribute('aria-label') ?? target.textContent
  const focused = card === null || side === undefined ? null : { side, name }
  if (command !== null && obey(desk, command, focused)) event.preventDefault()
}

start().catch((error: unknown) => {
  const sentence = document.createElement('p')
  sentence.className = 'alarm'
  sentence.textContent = `The page could not be started: ${sentenceOf(error)}`
  document.body.append(sentence)
})
