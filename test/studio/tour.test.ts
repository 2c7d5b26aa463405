import { describe, expect, test } from 'vitest'
import { held, parseScenario } from '../../sim/scenario/parse.js'
import { loadedOf } from '../../studio/live/loaded.js'
import { SeenRun } from '../../studio/live/seen-run.js'
import type { Window } from '../../studio/messages.js'
import { chapters } from '../../studio/page/tour-chapters.js'
import type { Sight } from '../../studio/page/tour-steps.js'
import { Touring } from '../../studio/page/touring.js'
import { shipped } from './shipped.js'

/** Seconds of simulated time. */
const WINDOW = 0.5

/** The run as a reader of the tour sees it who does what he is asked to. */
class Reader {
  private readonly run: SeenRun
  private readonly outcomes: readonly string[]
  private readonly windows: Window[] = []
  private readonly struck = new Map<string, number>()

  constructor(id: string) {
    const card = shipped.find((one) => one.id === id)!
    const scenario = parseScenario(card.text, card.file, {}, held(card.files))
    const loaded = loadedOf(1, scenario)
    this.run = new SeenRun(scenario, loaded.places, loaded.arrows, () => 0)
    this.outcomes = loaded.outcomes
    this.names = new Set(loaded.places.map(({ name }) => name))
  }

  /** What can be clicked. */
  readonly names: ReadonlySet<string>

  goes(seconds: number): Sight {
    const { now } = this.run
    const to = Math.max(0, now) + seconds
    const { strikes, windows } = this.run.step({ to, budget: 1e12, every: 0, window: WINDOW })
    this.windows.push(...windows)
    return { now: this.run.now, windows: this.windows, strikes, outcomes: this.outcomes }
  }

  does(asks: string): void {
    const killed = /\b[Kk]ill (?:the )?([\w-]+\w)|click (?:the box )?([\w-]+),?[^.]* and choose Crash/.exec(
      asks,
    )
    const healed = /click ([\w-]+) and choose Heal/.exec(asks)
    if (healed !== null) this.run.heal(this.struck.get(healed[1]!)!, this.run.now)
    else if (killed !== null) {
      const target = killed[1] ?? killed[2]!
      this.struck.set(target, this.struck.size)
      this.run.strike(this.struck.get(target)!, { kind: 'crash', target }, this.run.now)
    }
  }
}

/** All that one reads in a drawing, and the run at its end. */
function read(touring: Touring): { texts: string[]; sight: Sight } {
  const reader = new Reader(touring.chapter.id)
  const texts: string[] = []
  let sight = reader.goes(0)
  while (!touring.atEnd) {
    if (touring.points !== null && touring.points !== 'Play') expect(reader.names).toContain(touring.points)
    const { sentence } = touring
    texts.push(sentence)
    reader.does(sentence)
    const began = sight.now
    while (!touring.isTold && touring.sentence === sentence) {
      sight = reader.goes(WINDOW)
      touring.look(sight)
      expect(sight.now, sentence).toBeLessThan(began + 45)
      if (touring.atEnd) break
    }
    if (!touring.isTold) continue
    texts.push(touring.sentence)
    touring.next(sight)
  }
  texts.push(touring.sentence)
  return { texts, sight }
}

const number = (text: string | undefined, form: RegExp) =>
  Number(form.exec(text ?? '')?.[1]?.replace(',', '') ?? Number.NaN)

describe('who does what the tour asks sees what it tells', () => {
  const touring = new Touring()
  const told = chapters.map(() => {
    const { texts } = read(touring)
    touring.turn()
    return texts
  })

  test('six to eight things are asked in each drawing, none more than once', () => {
    for (const { steps } of chapters) {
      expect(steps.length).toBeGreaterThanOrEqual(6)
      expect(steps.length).toBeLessThanOrEqual(8)
    }
    expect(chapters.map(({ id }) => id)).toEqual(
      shipped.filter(({ id }) => !id.includes('/')).map(({ id }) => id),
    )
    for (const texts of told)
      expect(
        texts.every((text) => /[.?]$/.test(text)),
        texts.join('\n'),
      ).toBe(true)
  })

  test('01: all is lost with one process at once, with the machine after the timeout', () => {
    const [texts] = told
    expect(texts!.join('\n')).toMatch(
      /^\d,\d{3} requests got an answer, and no request failed\. Nothing is wrong yet\.$/m,
    )
    expect(texts!.join('\n')).toMatch(/^Nobody was answered, and \d{3} requests failed, each at once/m)
    expect(number(texts!.at(-2), /first request failed (\d+) s after the crash/)).toBe(10)
  })

  test('02: the check takes a dead server out; the load balancer is alone', () => {
    const texts = told[1]!.join('\n')
    expect([3, 4]).toContain(number(texts, /first request failed after (\d+) s: HAProxy had tried/))
    expect([7, 8, 9]).toContain(number(texts, /fell to nothing (\d+) s after the crash: HAProxy/))
    expect(texts).toMatch(
      /^Nobody was answered, and \d{3} requests failed, with two sound servers behind it\.$/m,
    )
  })

  test('03: nobody misses the monitor; dead firewalls are silent', () => {
    const texts = told[2]!.join('\n')
    expect(texts).toContain('In five seconds no request failed: the monitor only watches.')
    expect([4, 5]).toContain(
      number(texts, /first request failed after (\d+) s, the last after \d+ s\. A dead fire/),
    )
    expect([14, 15, 16]).toContain(number(texts, /the last after (\d+) s\. A dead fire/))
    expect(number(texts, /first request failed after (\d+) s: nobody comes in/)).toBe(10)
  })

  test('04: three machines are lost, and the site goes on', () => {
    const texts = told[3]!.join('\n')
    expect(texts).toMatch(/^In six seconds (no request|1 request) failed: with redispatch/m)
    expect([2, 3, 4]).toContain(number(texts, /fell to nothing (\d+) s after the crash: the address/))
    expect([13, 14, 15]).toContain(
      number(texts, /last request failed (\d+) s after the crash: by then mysql-2/),
    )
    expect(number(texts, /takes the writes\. ([\d,]+) requests got an answer/)).toBeGreaterThan(2000)
  })

  test('after the last one it is over', () => {
    expect(touring.isLast).toBe(true)
    touring.turn()
    expect(touring.chapter).toBe(chapters.at(-1))
  })
})

test('every step can be passed over, and who goes back in time begins from there', () => {
  const touring = new Touring()
  const nothing: Sight = { now: 0, windows: [], strikes: [], outcomes: ['ok'] }
  const { length } = touring.chapter.steps
  for (let i = 0; i < length; i++) {
    expect(touring.place).toBe(`Drawing 1 of 4, step ${i + 1} of ${length}`)
    touring.next(nothing)
  }
  expect(touring.atEnd).toBe(true)
  touring.next(nothing)
  expect(touring.sentence).toBe(touring.chapter.ends)
  touring.again()
  // The warm-up is not the reader's doing.
  touring.look({ ...nothing, now: -150 })
  touring.look({ ...nothing, now: -140 })
  expect(touring.place).toMatch(/step 1 of/)
  touring.next({ ...nothing, now: 100 })
  // Five seconds from where it is now, not from 100 s.
  touring.look({ ...nothing, now: 3 })
  expect(touring.isTold).toBe(false)
  touring.look({ ...nothing, now: 8 })
  expect(touring.isTold).toBe(true)
})
