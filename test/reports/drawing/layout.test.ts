import { expect, test } from 'vitest'
import { layOut } from '../../../reports/drawing/layout.js'

test('a frame stands where the first box in it would, left of one that comes before its last', () => {
  const box = (name: string, ...frames: string[]) => ({ name, width: 100, frames, from: 1 })
  const { boxes, frames } = layOut([box('a', 'f'), box('b'), box('c', 'f')], new Map([['f', 50]]), [])
  expect([...frames, ...boxes].map(([name, { x, width }]) => [name, x, x + width])).toEqual([
    ['f', 10, 264],
    ['a', 24, 124],
    ['b', 290, 390],
    ['c', 150, 250],
  ])
})
