import { expect, test } from 'vitest'
import { catalog } from '../../sim/scenario/catalog.js'
import { parseScenario } from '../../sim/scenario/parse.js'
import { ScenarioError } from '../../sim/scenario/problem.js'
import { toldAt } from '../../studio/page/editor/hovered.js'
import { anchorsIn, namingOptions } from '../../studio/page/editor/offers.js'
import { countOf, marksOf, nextOf } from '../../studio/page/editor/underlines.js'
import { writtenIn } from '../../studio/page/editor/written.js'
import { shipped } from './shipped.js'

const scaled = shipped.find(({ id }) => id === '04-scale-up')!

/** What `check` says of a text. */
function mistakesOf(text: string) {
  try {
    parseScenario(text, scaled.file)
    return []
  } catch (error) {
    if (!(error instanceof ScenarioError)) throw error
    return error.problems
  }
}

test('a mistake is underlined where check sees it, once under an anchor that is used twice', () => {
  const text = scaled.text
    .replace('balance: roundrobin', 'balanse: roundrobin')
    .replace('host: watch', 'host: wach')
  const mistakes = mistakesOf(text)
  expect(mistakes.length).toBeGreaterThan(2)
  const marks = marksOf(text, scaled.file, mistakes)
  expect(marks.map(({ from, to }) => text.slice(from, to))).toEqual(['balanse', 'host'])
  expect(marks[0]!.message).toContain('did you mean "balance"?')
  expect(countOf(marks)).toBe('2 problems')
  expect(countOf(marks.slice(1))).toBe('1 problem')
  expect(nextOf(marks, 0)).toBe(marks[0])
  expect(nextOf(marks, marks[0]!.from)).toBe(marks[1])
  expect(nextOf(marks, marks[1]!.from)).toBe(marks[0])
  expect(nextOf([], 0)).toBeUndefined()
})

test('what is wrong in another file is told where it is named, and what is nowhere at the top', () => {
  const text = 'name: a\nextends: ../base.yaml\n'
  const at = { path: '', message: 'is missing' }
  const marks = marksOf(text, 'own.yaml', [
    { ...at, file: '../base.yaml', line: 3, column: 1 },
    { ...at, file: 'own.yaml', line: 0, column: 0 },
    { ...at, file: 'own.yaml', line: 99, column: 9 },
    { ...at, file: 'own.yaml', line: 1, column: 99 },
  ])
  expect(marks.map(({ from, to, message }) => [text.slice(from, to), message])).toEqual([
    ['name', 'is missing'],
    ['', 'is missing'],
    ['../base.yaml', '../base.yaml, line 3: is missing'],
    ['', 'is missing'],
  ])
})

test('what there are besides is told after what is at the same place', () => {
  const at = { file: 'own.yaml', path: '', column: 1 }
  const marks = marksOf('name: a\n', 'own.yaml', [
    { ...at, line: 0, message: 'and 35 further problems' },
    { ...at, line: 1, message: 'is wrong' },
  ])
  expect(marks.map(({ message }) => message)).toEqual(['is wrong', 'and 35 further problems'])
})

test('whatever is wrong, marks lie in the text', () => {
  for (const text of ['', 'a', '\n', 'users: [', scaled.text.slice(0, 900)])
    for (const { from, to } of marksOf(text, scaled.file, mistakesOf(text))) {
      expect(from).toBeLessThanOrEqual(to)
      expect(to).toBeLessThanOrEqual(text.length)
    }
})

test('options, kinds, laws and names are told of what the pointer is on', () => {
  const all = catalog()
  const { text } = scaled
  const known = { catalog: all, written: writtenIn(scaled, namingOptions(all))!, anchors: anchorsIn(text) }
  const told = (words: string, word: string) => {
    const at = text.indexOf(words) + words.indexOf(word)
    const found = toldAt(text, at + 1, known)
    if (found !== null) expect(text.slice(found.from, found.to)).toBe(word)
    return found && `${found.offer.label} | ${found.offer.detail ?? ''} | ${found.offer.says}`
  }
  expect(told('redispatch: on', 'redispatch')).toMatch(
    /^redispatch \| on, off or interval, default off \| option redispatch: a retry may go to another server: /,
  )
  expect(told('kind: vip', 'vip')).toMatch(/^vip \| {2}\| a virtual address/)
  expect(told('write: exponential(2ms)', 'exponential')).toBe('exponential(mean) |  | memoryless; cv 1')
  expect(told('servers: [nginx-1, nginx-2]', 'nginx-2')).toBe('nginx-2 |  | nginx on web-2')
  expect(told('host: lb-1', 'lb-1')).toBe('lb-1 |  | host')
  expect(told('\n  monitor:', 'monitor')).toMatch(/^monitor \| monitor \| agents that are scraped/)
  expect(told('components:', 'components')).toMatch(/^components \| options, must be there \| the boxes/)
  expect(told('# Two HAProxy', 'HAProxy')).toBeNull()
  expect(told('name: Scaled-up', 'Scaled-up')).toBeNull()
})
