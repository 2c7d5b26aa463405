import { drawn } from '../reports/drawing/drawing.js'
import { bare } from '../reports/drawing/view.js'
import { readPreface } from '../reports/html/preface.js'
import { type Catalog, catalog } from '../sim/scenario/catalog.js'
import { parseScenario } from '../sim/scenario/parse.js'
import type { Text } from './messages.js'

/** A scenario that comes with the program, as the gallery shows it. */
export interface Card extends Text {
  /** As the command line takes it, without the @. */
  readonly id: string
  readonly title: string
  readonly question: string
  /** What is said above the question. */
  readonly words: readonly string[]
  /** SVG. */
  readonly drawing: string
}

/** What the page fetches when it has been drawn: made when the program is built. */
export interface Shelf {
  readonly cards: readonly Card[]
  readonly catalog: Catalog
}

/** @param read gives the text of a file that the scenario names */
export function cardOf(id: string, text: string, read: (file: string) => string): Card {
  const files: Record<string, string> = {}
  const file = `${id.replace(/^.*\//, '')}.yaml`
  const scenario = parseScenario(text, file, {}, (path) => (files[path] ??= read(path)))
  const { question, words, answer } = readPreface(scenario.preface)
  return {
    id,
    file,
    text,
    files,
    title: scenario.name,
    question,
    words: [...words, ...answer],
    drawing: String(drawn(scenario, bare).svg),
  }
}

export const shelfOf = (cards: readonly Card[]): Shelf => ({ cards, catalog: catalog() })
