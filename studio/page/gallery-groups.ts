import type { Card } from '../shelf.js'

/** Cards under a heading. */
interface Group {
  readonly name: string
  readonly cards: readonly Card[]
}

/** The architectures, then what is tried on each of them, then all else. */
export function groupsOf(cards: readonly Card[]): Group[] {
  const [architectures, experiments] = [cards.filter(isArchitecture), cards.filter((c) => !isArchitecture(c))]
  const groups: Group[] = [{ name: 'Architectures', cards: architectures }]
  const of = (number: string) => experiments.filter(({ id }) => id.startsWith(`experiments/${number}-`))
  for (const number of ['01', '02', '03', '04'])
    groups.push({ name: `Experiments with architecture ${number}`, cards: of(number) })
  const told = new Set(groups.flatMap((group) => group.cards))
  groups.push({ name: 'Other experiments', cards: cards.filter((card) => !told.has(card)) })
  return groups.filter((group) => group.cards.length > 0)
}

const isArchitecture = ({ id }: Card): boolean => !id.includes('/')

/** Cards that have all of the words in title, question or name; where none has, those that have them in their text. */
export function found(cards: readonly Card[], wanted: string): readonly Card[] {
  const words = wanted.toLowerCase().split(/\s+/).filter(Boolean)
  const having = (textOf: (card: Card) => string) =>
    cards.filter((card) => words.every((word) => textOf(card).toLowerCase().includes(word)))
  const told = having(({ id, title, question }) => `${id} ${title} ${question}`)
  return told.length > 0 ? told : having(({ text }) => text)
}
