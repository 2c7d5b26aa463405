import { type Offer, offersAt } from './offers.js'
import type { Known } from './option-at.js'
import { spotAt } from './spot.js'

const NAME = /[\w.<-]/

/** A word of the text, and what is said of it. */
interface Told {
  readonly from: number
  readonly to: number
  readonly offer: Offer
}

/** What is known of the word that stands at a place: an option, a kind, a law, or a name. */
export function toldAt(text: string, at: number, known: Known): Told | null {
  let [from, to] = [at, at]
  while (from > 0 && NAME.test(text[from - 1]!)) from--
  while (to < text.length && NAME.test(text[to]!)) to++
  const word = text.slice(from, to)
  if (word === '') return null
  const spot = spotAt(text, to)
  if (spot === null) return null
  const isIt = ({ label }: Offer) => label === word || label.startsWith(`${word}(`)
  const offer = spot.word === word ? offersAt(spot, known).find(isIt) : undefined
  const said = offer ?? namedAt(spot.path, word, known)
  return said?.says || said?.detail ? { from, to, offer: said } : null
}

/** Of a component that is named: its kind. */
function namedAt(path: readonly string[], word: string, { catalog, written }: Known): Offer | undefined {
  const kind = path.length === 1 && path[0] === 'components' ? written.components.get(word) : undefined
  const says = catalog.components.find(({ name }) => name === kind)?.says
  return says === undefined ? undefined : { label: word, type: 'name', detail: kind, says }
}
