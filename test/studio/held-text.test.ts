import { expect, it } from 'vitest'
import { HeldText } from '../../studio/page/held-text.js'
import { stack, textOf } from './asking.js'

it('has what is struck by hand, and what has healed, as lines', () => {
  let changes = 0
  const held = new HeldText(textOf(stack()), () => changes++)
  const line = '{ kind: crash, target: one, at: 3s }'
  expect(held.insertFault(line, [{ option: 'seed', value: '7' }])).toBe(true)
  expect(held.text()).toContain(`faults:\n  - ${line}\n`)
  expect(held.text()).toContain('seed: 7\n')
  held.changeFault(line, '{ kind: crash, target: one, at: 3s, for: 2s }')
  expect(held.text()).toMatch(/faults:\n {2}- .*for: 2s \}\n/)
  expect(changes).toBe(2)
})

it('has no place in what is no scenario', () => {
  const held = new HeldText(textOf('- a list'), () => expect.fail('nothing was written'))
  expect(held.insertFault('{ kind: crash, target: one, at: 3s }', [])).toBe(false)
  expect(held.text()).toBe('- a list')
})
