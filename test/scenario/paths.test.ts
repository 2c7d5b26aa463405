import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { baseOf, besideOf, normal } from '../../sim/scenario/paths.js'
import { Dice } from '../invalid/mutate.js'

const { posix, win32 } = path

/** Node's answer with `/` between folders, and without the slash at its end that only folders have. */
const plain = (name: string): string => {
  const slashed = name.replaceAll('\\', '/')
  return /^([A-Za-z]:)?\/$/.test(slashed) ? slashed : slashed.replace(/\/$/, '')
}
const ours = (name: string): string => name.replaceAll('\\', '/')

const names = (separators: readonly string[], roots: readonly string[], seed: number): string[] => {
  const dice = new Dice(seed)
  const parts = ['a', 'b.yaml', '..', '.', 'long name', '...', '.hidden', 'ä']
  return Array.from({ length: 400 }, () => {
    const many = 1 + dice.below(6)
    const steps = Array.from({ length: many }, () => `${dice.of(parts)}${dice.of(separators)}`)
    return `${dice.of(roots)}${steps.join('')}${dice.of(['c.yaml', 'd', '..'])}`
  })
}
const posixNames = names(['/', '/', '//'], ['', '', '/', '../'], 1)
const windowsNames = names(['/', '\\', '\\\\'], ['', '', 'C:\\', 'd:/', '..\\'], 2)

describe('names of files mean what they mean to Node', () => {
  test('posix: 400 names', () => {
    for (const name of posixNames) expect(normal(name), name).toBe(plain(posix.normalize(name)))
  })

  test('Windows: 400 names', () => {
    for (const name of windowsNames) expect(ours(normal(name)), name).toBe(plain(win32.normalize(name)))
  })

  test('the last part of a name', () => {
    for (const name of posixNames) expect(baseOf(name), name).toBe(posix.basename(name))
    for (const name of windowsNames) expect(baseOf(name), name).toBe(win32.basename(name))
  })

  test('a file beside another', () => {
    const beside = (of: typeof posix, from: string, name: string) =>
      plain(of.isAbsolute(name) ? of.normalize(name) : of.join(of.dirname(from), name))
    posixNames.forEach((name, i) => {
      const from = posixNames[posixNames.length - 1 - i]!
      expect(besideOf(from, name), `${name} in ${from}`).toBe(beside(posix, from, name))
    })
    windowsNames.forEach((name, i) => {
      const from = windowsNames[windowsNames.length - 1 - i]!
      expect(ours(besideOf(from, name)), `${name} in ${from}`).toBe(beside(win32, from, name))
    })
  })
})

test.each([
  ['stacks/web.yaml', 'base.yaml', 'stacks/base.yaml'],
  ['web.yaml', '../base.yaml', '../base.yaml'],
  ['../web.yaml', '../base.yaml', '../../base.yaml'],
  ['/etc/web.yaml', '../../../base.yaml', '/base.yaml'],
  ['web.yaml', '/etc/base.yaml', '/etc/base.yaml'],
  ['C:\\stacks\\web.yaml', '..\\base.yaml', 'C:\\base.yaml'],
  ['stacks\\web.yaml', 'C:\\base.yaml', 'C:\\base.yaml'],
  ['web.yaml', './a/..', '.'],
])('in %s, %s is %s', (from, name, expected) => {
  expect(besideOf(from, name)).toBe(expected)
})
