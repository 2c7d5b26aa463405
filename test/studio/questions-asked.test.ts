import { expect, it } from 'vitest'
import type { FromAnswers, ToAnswers } from '../../studio/messages.js'
import { Asking } from '../../studio/page/asking.js'
import type { Asked } from '../../studio/page/state.js'
import { textOf } from './asking.js'

/** Questions whose workers are played by hand, and what is shown of each. */
function asking() {
  const shown = new Map<string, Asked | null>()
  const sent: ToAnswers[] = []
  const heard: ((message: FromAnswers) => void)[] = []
  const asking = new Asking(
    (hears) => {
      heard.push(hears)
      return { post: (message) => sent.push(message), restart: () => {} }
    },
    1,
    (question, asked) => shown.set(question, asked),
  )
  const answer = (n: number, whole: boolean) =>
    heard[n]!({ type: 'answer', id: n + 1, whole, sentence: 'So.' } as FromAnswers)
  return { asking, shown, sent, answer }
}

it('drops with the text what was answered, what was stopped and what is being asked', () => {
  const { asking: all, shown, answer } = asking()
  for (const question of ['capacity', 'spof', 'run'] as const) all.ask(question, [textOf('a: 1')])
  answer(0, true)
  all.stop('spof')
  answer(2, false)
  expect(shown.get('capacity')).toMatchObject({ state: 'answered', answer: { sentence: 'So.' } })
  all.drop()
  expect([...shown]).toEqual([
    ['capacity', null],
    ['spof', null],
    ['run', null],
  ])
  // What comes too late is of the text before.
  answer(2, true)
  expect(shown.get('run')).toBeNull()
})

it('forgets one question and leaves the others', () => {
  const { asking: all, shown } = asking()
  for (const question of ['run', 'compare'] as const) all.ask(question, [textOf('a: 1'), textOf('b: 1')])
  all.forget('compare')
  expect(shown.get('compare')).toBeNull()
  expect(shown.get('run')).toMatchObject({ state: 'asking' })
})
