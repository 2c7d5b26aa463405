import { expect, it } from 'vitest'
import { BOX, STATES } from '../../studio/messages.js'
import { conditionOf } from '../../studio/page/cards.js'
import { commandOf } from '../../studio/page/keys.js'
import {
  chartSentences,
  figureTexts,
  healedSentence,
  howItGoes,
  legend,
  nameBeside,
  pairSentences,
  reachedText,
  speedText,
  struckSentence,
} from '../../studio/page/sentences.js'
import { Speaker } from '../../studio/page/speaker.js'
import { jobsOf } from '../../studio/page/workers.js'

it('says figures with their units, and a dash where nothing is known', () => {
  const texts = (figures: Parameters<typeof figureTexts>[0]) => Object.fromEntries(figureTexts(figures))
  expect(texts({ asked: 240, ok: 236.4, good: 0.9713, p99: 212.3, failed: 6.8 })).toEqual({
    QPS: '236',
    Good: '97.1%',
    p99: '212 ms',
    Failed: '6.8/s',
  })
  expect(texts({ asked: 240, ok: 0, good: 0, p99: null, failed: 0 })).toEqual({
    QPS: '0',
    Good: '0%',
    p99: '–',
    Failed: '0/s',
  })
  expect(
    new Set(Object.values(texts({ asked: null, ok: null, good: null, p99: null, failed: null }))),
  ).toEqual(new Set(['–']))
})

it('tells what was struck, and what it did while it lasted', () => {
  const blow = { kind: 'crash', target: 'nginx-1' }
  expect(struckSentence(blow, 30.017)).toBe('Crash of nginx-1 at 30 s.')
  expect(healedSentence(blow, 30, 70.5, 1234)).toBe(
    'Crash of nginx-1 healed at 70.5 s, after 40.5 s: 1,234 requests failed meanwhile.',
  )
  expect(healedSentence(blow, 30, 31, 1)).toContain('1 request failed')
  expect(healedSentence(blow, 30, 31, 0)).toContain('no request failed')
})

it('tells how it goes', () => {
  const figures = { asked: 240, ok: 149, p99: 20 }
  expect(howItGoes({ ...figures, good: 0.62, failed: 91 })).toBe('62.0% good, 91 failed per second.')
  expect(howItGoes({ ...figures, good: 1, failed: 0 })).toBe('100% good, none failed.')
  expect(howItGoes({ ...figures, good: null, failed: null })).toBe('')
})

it('says what the charts show, where something is known', () => {
  const figures = { asked: 240, ok: 236, good: 0.9, p99: 1212, failed: 4 }
  expect(chartSentences(30.5, figures)).toEqual([
    'At 30.5 s: 240 asked, 236 answered ok, 4 failed per second.',
    'At 30.5 s p99 is 1.21 s.',
    'At 30.5 s 4 failed per second.',
  ])
  expect(chartSentences(1, { ...figures, p99: null, failed: 0 })!.slice(1)).toEqual([
    'At 1 s too few were answered for a p99.',
    'At 1 s none failed.',
  ])
  expect(chartSentences(0, { asked: null, ok: null, good: null, p99: null, failed: null })).toBeNull()
})

it('tells the speed, and what comes of it where that is less', () => {
  expect(speedText(1)).toBe('real time')
  expect(speedText(0.1)).toBe('0.1 times')
  expect(speedText(1000)).toBe('1,000 times')
  expect(reachedText(1000, 745.4)).toBe('745 reached')
  expect(reachedText(1000, 990)).toBe('')
  expect(reachedText(1000, null)).toBe('')
  expect(legend(1)).toMatch(/^all shown/)
  expect(legend(9)).toMatch(/^1 in 9 shown/)
})

it('says of a box what is the matter with it, the worst first', () => {
  const box = (state: (typeof STATES)[number], more: Partial<Record<keyof typeof BOX, number>> = {}) => {
    const numbers = new Float32Array(BOX.size)
    const all = { speed: 1, soundness: 1, rotation: 1, ...more, state: STATES.indexOf(state) }
    for (const [name, value] of Object.entries(all)) numbers[BOX[name as keyof typeof BOX]] = value
    return conditionOf(numbers).word
  }
  expect(box('serving')).toBe('')
  expect(box('gone', { speed: 0.5 })).toBe('down')
  expect(box('hanging')).toBe('hangs')
  expect(box('starting')).toBe('starting')
  expect(box('serving', { speed: 0.2 })).toBe('5 times slower')
  expect(box('serving', { speed: 0 })).toBe('stands still')
  expect(box('serving', { soundness: 0.95 })).toBe('5% errors')
  expect(box('serving', { rotation: 0 })).toBe('drains')
})

it('reads aloud at most every five seconds, and then the last', () => {
  let wall = 0
  const heard: string[] = []
  const speaker = new Speaker(
    () => wall,
    (sentence) => heard.push(sentence),
  )
  for (const sentence of ['a', 'b', 'c']) speaker.say(sentence)
  expect(heard).toEqual(['a'])
  wall = 4999
  speaker.look()
  wall = 5000
  speaker.look()
  speaker.look()
  expect(heard).toEqual(['a', 'c'])
})

it('knows what each key means', () => {
  expect(commandOf(' ')).toBe('toggle')
  expect(commandOf('H')).toBe('heal')
  expect(commandOf('3')).toEqual({ tab: 2 })
  expect(commandOf('7')).toBeNull()
  expect(commandOf('ArrowUp')).toEqual({ go: 'up' })
  expect(commandOf('F5')).toBeNull()
})

it('leaves one core to the page, and takes no more than are of use', () => {
  expect([1, 2, 4, 64].map(jobsOf)).toEqual([1, 1, 3, 8])
})

it('says of two runs what is whose', () => {
  const some = { asked: 240, ok: 236.4, good: 0.97, p99: 212.3, failed: 6.8 }
  const none = { asked: null, ok: null, good: null, p99: null, failed: null }
  expect(
    pairSentences(3, [
      ['One', some],
      ['Two', none],
    ]),
  ).toEqual([
    'At 3 s, answered ok per second: One 236; Two unknown.',
    'At 3 s, p99: One 212 ms; Two unknown.',
    'At 3 s, failed per second: One 6.8; Two unknown.',
  ])
  expect(nameBeside('Two', 'One', 'pasted')).toBe('Two')
  expect(nameBeside('One', 'One', 'pasted')).toBe('One (pasted)')
})
