import type { Text } from '../messages.js'
import type { Studio } from './editor-contract.js'
import { servedIn, textOf } from './opening.js'

/** What is done where a file has changed. */
type Step = 'nothing' | 'open' | 'ask'

/**
 * @param before the file as it was last taken over
 * @param here what is in the editor
 * @param now the file as it is
 */
export function stepFor(before: Text, here: Text, now: Text): Step {
  if (same(now, here)) return 'nothing'
  if (same(now, before)) return 'nothing'
  return same(here, before) ? 'open' : 'ask'
}

const same = (a: Text, b: Text): boolean =>
  a.text === b.text &&
  a.file === b.file &&
  Object.keys(a.files).length === Object.keys(b.files).length &&
  Object.entries(a.files).every(([name, text]) => b.files[name] === text)

/** Shows the file as it is edited elsewhere; where it was changed here as well, asks which of them is to stay. */
export function followFile(studio: Studio, begun: Text): void {
  let before = textOf(begun)
  const source = new EventSource('changes')
  source.addEventListener('changed', (event) => {
    const now = servedIn(JSON.parse((event as MessageEvent<string>).data))?.scenario
    // Another one was opened meanwhile.
    if (now === undefined || studio.scenario().file !== before.file) return
    const step = stepFor(before, studio.scenario(), now)
    before = now
    if (step === 'open') {
      studio.open(now)
      studio.say(`${now.file} has changed: this is the new text.`)
    } else if (step === 'ask') ask(now.file, () => studio.open(now))
  })
}

/** One question at a time: the last one counts. */
function ask(file: string, take: () => void): void {
  document.querySelector('dialog.changed')?.remove()
  const dialog = document.createElement('dialog')
  dialog.className = 'over changed'
  const sentence = document.createElement('p')
  sentence.id = 'changed-text'
  sentence.textContent = `${file} was changed elsewhere, and its text was changed here too. Which of them is to stay?`
  dialog.setAttribute('aria-labelledby', sentence.id)
  const button = (name: string, act: () => void) => {
    const made = document.createElement('button')
    made.type = 'button'
    made.textContent = name
    made.addEventListener('click', () => {
      dialog.close()
      act()
    })
    return made
  }
  const buttons = document.createElement('p')
  buttons.className = 'row'
  buttons.append(
    button('Take the file', take),
    button('Keep what is here', () => {}),
  )
  dialog.append(sentence, buttons)
  dialog.addEventListener('close', () => dialog.remove())
  dialog.addEventListener('keydown', (event) => event.stopPropagation())
  document.body.append(dialog)
  dialog.showModal()
}
