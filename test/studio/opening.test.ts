import { expect, test } from 'vitest'
import { held, parseScenario } from '../../sim/scenario/parse.js'
import { loadedOf } from '../../studio/live/loaded.js'
import type { Loaded, Text } from '../../studio/messages.js'
import { hashOf } from '../../studio/page/address.js'
import { stepFor } from '../../studio/page/following.js'
import { found, groupsOf } from '../../studio/page/gallery-groups.js'
import { cardOf, openingOf, servedIn, shortHash, textOf } from '../../studio/page/opening.js'
import { fileNamed, markdownOf, ofLength } from '../../studio/page/share-texts.js'
import { shelf, shipped } from './shipped.js'

const own: Text = { text: 'users: {}\n', file: 'own.yaml', files: {} }
const second = textOf(cardOf(shelf, '02-distributed')!)

test('the page begins with what the address asks for, else with the file, else with the gallery', async () => {
  const opening = { beside: null, gallery: false, sentence: '' }
  expect(await openingOf(shelf, '', null)).toEqual({ ...opening, scenario: second, gallery: true })
  expect(await openingOf(shelf, '', own)).toEqual({ ...opening, scenario: own })
  expect(await openingOf(shelf, `#${await hashOf(own)}`, second)).toEqual({ ...opening, scenario: own })
  const both = `#${await hashOf(own, second)}`
  expect(await openingOf(shelf, both, null)).toEqual({ ...opening, scenario: own, beside: second })
  const dies = textOf(cardOf(shelf, 'experiments/02-nginx-dies')!)
  expect(await openingOf(shelf, '#@02-nginx-dies', own)).toEqual({ ...opening, scenario: dies })
  expect(await openingOf(shelf, '#@none', null)).toEqual({
    ...opening,
    scenario: second,
    sentence: 'No scenario that comes with the program is called none.',
  })
  expect((await openingOf(shelf, '#1.x', own)).sentence).toMatch(
    /^The scenario in this address cannot be read: /,
  )
})

test('every shipped scenario has a short address of its own', () => {
  for (const card of shipped) expect(cardOf(shelf, shortHash(card.id).slice(2))).toBe(card)
})

test('what the server gives is a scenario, none, or an error', () => {
  expect(servedIn({ scenario: own, followed: true })).toEqual({ scenario: own, followed: true })
  expect(servedIn({ scenario: own, followed: false })).toEqual({ scenario: own, followed: false })
  expect(servedIn({ scenario: null, followed: false })).toBeNull()
  for (const wrong of [{}, { scenario: 3 }, { scenario: { text: 'a' } }])
    expect(() => servedIn(wrong)).toThrow()
})

test('a file that changes is shown; where it was changed here as well, it is asked', () => {
  const [a, b, c] = ['a', 'b', 'c'].map((text) => ({ ...own, text }))
  expect(stepFor(a!, a!, a!)).toBe('nothing')
  expect(stepFor(a!, a!, b!)).toBe('open')
  expect(stepFor(a!, b!, a!)).toBe('nothing')
  expect(stepFor(a!, b!, b!)).toBe('nothing')
  expect(stepFor(a!, b!, c!)).toBe('ask')
  expect(stepFor(a!, a!, { ...a!, files: { 'x.yaml': '' } })).toBe('open')
})

test('the gallery has each scenario once, and finds it by its words', () => {
  const groups = groupsOf(shipped)
  expect(groups[0]!.cards.map(({ id }) => id)).toEqual(
    shipped.filter(({ id }) => !id.includes('/')).map((c) => c.id),
  )
  const all = groups.flatMap(({ cards }) => cards)
  expect(all).toHaveLength(shipped.length)
  expect(new Set(all)).toEqual(new Set(shipped))
  expect(groups.map(({ name }) => name)).toContain('Other experiments')
  expect(found(shipped, '')).toEqual(shipped)
  expect(found(shipped, ' Nginx process DIES ').map(({ id }) => id)).toEqual(['experiments/02-nginx-dies'])
  // In no title, but in texts.
  expect(found(shipped, 'redispatch').map(({ id }) => id)).toContain('04-scale-up')
  expect(found(shipped, 'qwertz')).toEqual([])
  expect(groupsOf([])).toEqual([])
})

const loaded = (id: string): Loaded => {
  const { text, file, files } = cardOf(shelf, id)!
  return loadedOf(1, parseScenario(text, file, {}, held(files)))
}

test('Markdown has title, question, picture, link and text', () => {
  const markdown = markdownOf(loaded('04-scale-up'), textOf(cardOf(shelf, '04-scale-up')!), 'https://a/#1.b')
  expect(markdown).toMatch(/^# Scaled-up web infrastructure\n\n/)
  expect(markdown).toContain('**What did that buy, and what is left that can stop everything?**')
  expect(markdown).toContain('(["visitors"])')
  expect(markdown).toMatch(/subgraph f\d+\["data-1"\]\n {4}n\d+\["mysql-1"\]\n {2}end/)
  expect(markdown).toContain(' -.-> ')
  expect(markdown).toContain('[See it run](https://a/#1.b)')
  expect(markdown).toMatch(/```yaml\n# yaml-language-server: .*\n# {21}visitors\n/)
  const plain = markdownOf(null, { text: 'name: "```"\n', file: 'x/own.yaml', files: {} }, null)
  expect(plain).toBe('# own.yaml\n\n````yaml\nname: "```"\n````\n')
})

test('each box stands in the picture once, on its machine', () => {
  for (const { id } of shipped) {
    const { places } = loaded(id)
    const markdown = markdownOf(loaded(id), textOf(cardOf(shelf, id)!), null)
    const picture = /```mermaid\n(.*?)\n```/s.exec(markdown)![1]!
    const boxes = places.filter(({ type }) => type === 'component' || type === 'users')
    expect([...picture.matchAll(/^ +n\d+[[(]/gm)], id).toHaveLength(boxes.length)
  }
})

test('a long link is given with a warning, a longer one not at all', () => {
  expect(ofLength(2000)).toEqual({ given: true, says: '' })
  expect(ofLength(2001).given).toBe(true)
  expect(ofLength(2001).says).toContain('2,001 characters')
  expect(ofLength(8000).given).toBe(true)
  expect(ofLength(8001).given).toBe(false)
  expect(fileNamed({ file: '../a/b.yml' }, 'svg')).toBe('b.svg')
  expect(fileNamed({ file: '' }, 'svg')).toBe('scenario.svg')
})

test('the gallery has a picture of each scenario, each once, without what nobody sees', () => {
  const pictureOf = (id: string) =>
    shelf.pictures[shelf.pictured[shipped.findIndex((card) => card.id === id)]!]!
  expect(shelf.pictured).toHaveLength(shipped.length)
  expect(new Set(shelf.pictures).size).toBe(shelf.pictures.length)
  expect(pictureOf('02-distributed')).toBe(pictureOf('experiments/02-nginx-dies'))
  expect(pictureOf('02-distributed')).not.toBe(pictureOf('01-simple-web-stack'))
  expect(pictureOf('02-distributed')).toMatch(/^<svg class="drawing"[\s\S]*>haproxy<[\s\S]*<\/svg>$/)
  for (const picture of shelf.pictures) expect(picture).not.toMatch(/<title|aria-|role=|data-\w+=/)
})
