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
}

/** What the page fetches when it has been drawn: made when the program is built. */
export interface Shelf {
  readonly cards: readonly Card[]
  /** SVG, each once: many scenarios are of one architecture. */
  readonly pictures: readonly string[]
  /** Of each card, which of the pictures. */
  readonly pictured: readonly number[]
  readonly catalog: Catalog
}

interface Drawn {
  readonly card: Card
  readonly picture: string
}

/** @param read gives the text of a file that the scenario names */
export function drawnOf(id: string, text: string, read: (file: string) => string): Drawn {
  const files: Record<string, string> = {}
  const file = `${id.replace(/^.*\//, '')}.yaml`
  const scenario = parseScenario(text, file, {}, (path) => (files[path] ??= read(path)))
  const { question } = readPreface(scenario.preface)
  return {
    card: { id, file, text, files, title: scenario.name, question },
    picture: pictureOf(String(drawn(scenario, bare).svg)),
  }
}

/** A drawing that nobody points at and that is not read out: without what that is for. */
const pictureOf = (svg: string): string =>
  svg
    .replace(/<title>[^<]*<\/title>/g, '')
    .replace(/ (?:role|aria-label|data-[a-z]+)="[^"]*"/g, '')
    .replace(/\n\s*\n/g, '\n')

export function shelfOf(all: readonly Drawn[]): Shelf {
  const pictures = [...new Set(all.map(({ picture }) => picture))]
  return {
    cards: all.map(({ card }) => card),
    pictures,
    pictured: all.map(({ picture }) => pictures.indexOf(picture)),
    catalog: catalog(),
  }
}
