import type { Text } from '../messages.js'
import type { Card, Shelf } from '../shelf.js'
import { askedIn, textIn } from './address.js'

/** What is shown where nothing is asked for. */
const FIRST = '02-distributed'

/** What the page begins with. */
interface Opening {
  readonly scenario: Text
  /** What it is compared with; null for nothing. */
  readonly beside: Text | null
  /** Nobody has asked for anything: the gallery is the first thing to see. */
  readonly gallery: boolean
  /** What has to be said of it; empty for nothing. */
  readonly sentence: string
}

/**
 * What the address asks for; else the file that the page was started with; else one of those that come with the program.
 * @param hash of the address
 * @param given the file that the page was started with; null for none
 */
export async function openingOf(shelf: Shelf, hash: string, given: Text | null): Promise<Opening> {
  const asked = await askedIn(hash)
  const first = given ?? textOf(cardOf(shelf, FIRST) ?? shelf.cards[0]!)
  const nothing = { scenario: first, beside: null, gallery: false, sentence: '' }
  if (asked.type === 'nothing') return { ...nothing, gallery: given === null }
  if (asked.type === 'unreadable') return { ...nothing, sentence: asked.message }
  if (asked.type === 'scenario') return { ...nothing, scenario: asked.scenario, beside: asked.beside }
  const card = cardOf(shelf, asked.id)
  if (card !== null) return { ...nothing, scenario: textOf(card) }
  return { ...nothing, sentence: `No scenario that comes with the program is called ${asked.id}.` }
}

/** A scenario by its name, with or without its folder. */
export const cardOf = (shelf: Shelf, id: string): Card | null =>
  shelf.cards.find((card) => card.id === id) ?? shelf.cards.find((card) => card.id.endsWith(`/${id}`)) ?? null

export const textOf = ({ text, file, files }: Text): Text => ({ text, file, files })

/** The shortest address of a scenario that comes with the program. */
export const shortHash = (id: string): string => `#@${id.replace(/^.*\//, '')}`

/** What the local server gives: the file it was started with, and whether it tells of its changes. */
interface Served {
  readonly scenario: Text
  readonly followed: boolean
}

/** Null where the page is only files, or was started without one. */
export async function served(): Promise<Served | null> {
  try {
    const answer = await fetch('scenario.json', { cache: 'no-store' })
    return answer.ok ? servedIn(await answer.json()) : null
  } catch {
    return null
  }
}

/** @throws where it is something else */
export function servedIn(value: unknown): Served | null {
  const { scenario, followed } = value as { scenario: unknown; followed: unknown }
  return scenario === null ? null : { scenario: textIn(scenario), followed: followed === true }
}
