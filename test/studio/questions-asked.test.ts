import { expect, it } from 'vitest'
import { AnsweringPage } from '../../studio/answers/answering-page.js'
import type { FromAnswers, Question, ToAnswers } from '../../studio/messages.js'
import { Asking } from '../../studio/page/asking.js'
import type { Asked } from '../../studio/page/state.js'
import { once, stack, textOf } from './asking.js'

const FAULTY = 'faults: [{ kind: crash, target: one, at: 5s, for: 3s }]\n'
const assets = { script: '', style: '', hashes: { script: '', style: '' } }

/** Questions whose workers are played by hand, and what is shown of each. */
function asking() {
  const shown = new Map<string, Asked | null>()
  const sent: ToAnswers[] = []
  /** Those that are there, in the order in which they began. */
  const ports: { heard(message: FromAnswers): void; broken(why: string): void; ended: boolean }[] = []
  const asking = new Asking(
    (heard, broken) => {
      const port = { heard, broken, ended: false }
      ports.push(port)
      return {
        post: (message) => sent.push(message),
        restart: () => {
          port.ended = true
        },
      }
    },
    1,
    (question, asked) => shown.set(question, asked),
  )
  const answer = (n: number, whole: boolean) => {
    const message = { type: 'answer', id: n + 1, whole, sentence: 'So.' } as FromAnswers
    for (const { heard, ended } of ports) if (!ended) heard(message)
  }
  const ended = () => ports.map((port) => port.ended)
  return { asking, shown, sent, answer, ports, ended }
}

/** Questions that are answered here, and how many replications were simulated for all of them. */
function answered() {
  let jobs = 0
  const waiting = new Map<string, (asked: Asked) => void>()
  const asking = new Asking(
    (heard) => {
      let told: typeof heard = heard
      const page = new AnsweringPage(
        (job) => {
          jobs++
          return once(job)
        },
        (message) => told(message),
        () => 0,
      )
      return {
        post: (message) => void page.ask(message),
        restart: () => {
          told = () => {}
        },
      }
    },
    1,
    (question, asked) => {
      if (asked !== null && asked.state !== 'asking') waiting.get(question)!(asked)
    },
  )
  const ask = (question: Question) =>
    new Promise<Asked>((resolve) => {
      waiting.set(question, resolve)
      asking.ask(question, [textOf(stack(FAULTY))], assets)
    })
  return { asking, ask, jobs: () => jobs }
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

it('simulates once for the run, what the fault cost, and the report, until the text is another', async () => {
  const { asking: all, ask, jobs } = answered()
  expect(await ask('run')).toMatchObject({ state: 'answered', answer: { whole: true } })
  // Four replications, and four without the fault.
  expect(jobs()).toBe(8)
  expect((await ask('cost')).answer!.sentence).toMatch(/^The crash of one .* cost /)
  expect((await ask('report')).answer!.saved).toMatch(/^<!doctype html>/)
  expect((await ask('json')).answer!.saved).toMatch(/^\{\s*"version": 1,/)
  expect(jobs()).toBe(8)
  all.drop()
  await ask('run')
  expect(jobs()).toBe(16)
})

it('ends the workers of a question at its answer, and those that several have as soon as nobody needs them', () => {
  const { asking: all, answer, ended, shown, ports } = asking()
  const text = [textOf('a: 1')]
  all.ask('capacity', text)
  all.ask('run', text)
  all.ask('cost', text)
  expect(ended()).toEqual([false, false])
  answer(0, true)
  // What was simulated is still known.
  answer(1, true)
  expect(ended()).toEqual([true, false])
  all.ask('compare', text)
  all.stop('cost')
  expect(ended()).toEqual([true, false])
  all.forget('compare')
  expect(ended()).toEqual([true, true])
  // Others begin with the next question; if they break, all that were under way have failed.
  for (const question of ['cost', 'report'] as const) all.ask(question, text)
  ports[2]!.broken('out of memory')
  for (const question of ['cost', 'report'])
    expect(shown.get(question)).toMatchObject({ state: 'failed', message: 'out of memory' })
  all.ask('run', text)
  expect(ended()).toEqual([true, true, true, false])
  answer(6, true)
  all.drop()
  expect(ended()).toEqual([true, true, true, true])
})
