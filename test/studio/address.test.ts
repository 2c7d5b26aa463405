import { deflateRawSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { askedIn, hashOf } from '../../studio/page/address.js'
import { shipped } from './shipped.js'

const coded = (value: unknown) =>
  `#1.${deflateRawSync(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')}`

test('every shipped scenario comes out of its address as it went in, and is no longer than a link may be', async () => {
  for (const { text, file, files } of shipped) {
    const hash = await hashOf({ text, file, files })
    expect(hash).toMatch(/^1\.[\w-]+$/)
    expect(hash.length, file).toBeLessThan(3000)
    expect(await askedIn(`#${hash}`)).toEqual({
      type: 'scenario',
      scenario: { text, file, files },
      beside: null,
    })
  }
})

test('any text does', async () => {
  const texts = fc.string({ unit: 'grapheme', maxLength: 300 })
  await fc.assert(
    fc.asyncProperty(texts, texts, fc.dictionary(texts, texts, { maxKeys: 4 }), async (text, file, files) => {
      const scenario = { text, file: file.slice(0, 200), files }
      fc.pre(Object.keys(files).every((name) => name.length <= 200))
      expect(await askedIn(await hashOf(scenario))).toEqual({ type: 'scenario', scenario, beside: null })
    }),
  )
})

test('two that are compared come out of one address', async () => {
  const [scenario, beside] = ['a: 1', 'b: 2'].map((text) => ({
    text,
    file: 'a.yaml',
    files: { 'b.yaml': text },
  }))
  expect(await askedIn(await hashOf(scenario!, beside))).toEqual({ type: 'scenario', scenario, beside })
  for (const bad of [null, 3, { text: 1 }])
    expect(await askedIn(coded({ ...scenario, beside: bad }))).toMatchObject({ type: 'unreadable' })
})

test('no address asks for nothing, and a name for what comes with the program', async () => {
  expect(await askedIn('')).toEqual({ type: 'nothing' })
  expect(await askedIn('#')).toEqual({ type: 'nothing' })
  expect(await askedIn('#@02-distributed')).toEqual({ type: 'shipped', id: '02-distributed' })
  expect(await askedIn('#@experiments%2F01-deploy')).toEqual({ type: 'shipped', id: 'experiments/01-deploy' })
  expect(await askedIn('#@%')).toEqual({ type: 'shipped', id: '%' })
})

describe('an address is not read that', () => {
  const good = { text: 'a: 1', file: 'a.yaml', files: {} }
  test.each([
    ['is of another form', '#2.abc', 'it is no scenario of this version of the page'],
    ['is too long', `#1.${'a'.repeat(65_536)}`, 'it is longer than 64 kB'],
    ['was cut', coded(good).slice(0, -6), 'it was cut short or changed on its way'],
    ['has other letters', '#1.%%%', 'it was cut short or changed on its way'],
    ['is empty', '#1.', 'it was cut short or changed on its way'],
    ['holds no JSON', coded('text'), 'it was cut short or changed on its way'],
    ['holds null', coded('null'), 'it holds no scenario'],
    ['holds no text', coded({ ...good, text: 3 }), 'it holds no scenario'],
    ['holds files that are none', coded({ ...good, files: { a: 1 } }), 'it holds no scenario'],
    [
      'holds too many files',
      coded({ ...good, files: Object.fromEntries([...Array(17).keys()].map((i) => [i, ''])) }),
      'it holds more than 16 files',
    ],
    [
      'has a long name',
      coded({ ...good, file: 'a'.repeat(201) }),
      'a name of a file in it is longer than 200 characters',
    ],
    ['grows without end', coded({ ...good, text: 'a'.repeat(50_000_000) }), 'it holds more than 256 kB'],
  ])('%s', async (_, hash, why) => {
    expect(await askedIn(hash)).toEqual({
      type: 'unreadable',
      message: `The scenario in this address cannot be read: ${why}.`,
    })
  })
})
