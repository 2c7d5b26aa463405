import * as z from 'zod'
import { mapOf, text } from '../../options/texts.js'
import { parseDuration, Unreadable } from '../../options/units.js'

/** What an agent says in one line; what it does not speak of stays as it is. */
export interface Words {
  /** Percent of the weight in the configuration, or as much as the CPUs of its machine are idle. */
  readonly weight: number | 'cpu' | null
  readonly maxconn: number | null
  readonly admin: 'ready' | 'drain' | 'maint' | null
  readonly up: boolean | null
}

/** From so many seconds of the measured span on. */
export interface Step {
  readonly from: number
  readonly words: Words
}

const EXPECTED =
  'expected words of an agent: 75%, cpu, maxconn:30, ready, drain, maint, up, down, stopped or fail, or a map such as { 0s: up 100%, 5min: drain }'

/** One line of an agent. */
function wordsOf(line: string): Words {
  const words = { weight: null, maxconn: null, admin: null, up: null } as {
    -readonly [P in keyof Words]: Words[P]
  }
  for (const word of line.split(/[\s,]+/)) {
    const [, percent] = /^(\d{1,5})%$/.exec(word) ?? []
    const [, slots] = /^maxconn:(\d{1,9})$/.exec(word) ?? []
    if (percent !== undefined) words.weight = Number(percent)
    else if (slots !== undefined && Number(slots) > 0) words.maxconn = Number(slots)
    else if (word === 'cpu') words.weight = word
    else if (word === 'ready' || word === 'drain' || word === 'maint') words.admin = word
    else if (word === 'up') words.up = true
    else if (word === 'down' || word === 'stopped' || word === 'fail') words.up = false
    else throw new Unreadable(EXPECTED)
  }
  return words
}

const reads =
  <T, S>(read: (given: T) => S) =>
  (given: T, ctx: z.RefinementCtx): S => {
    try {
      return read(given)
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error
      ctx.addIssue({ code: 'custom', message: EXPECTED })
      return z.NEVER
    }
  }

/** Words, or words by time. */
export const agentSays = () =>
  z
    .union(
      [
        text().transform(reads((line: string): readonly Step[] => [{ from: 0, words: wordsOf(line) }])),
        mapOf(text()).transform(
          reads((lines: Record<string, string>): readonly Step[] =>
            Object.entries(lines)
              .map(([time, line]) => ({ from: parseDuration(time), words: wordsOf(line) }))
              .sort((a, b) => a.from - b.from),
          ),
        ),
      ],
      { error: EXPECTED },
    )
    .meta({ type: 'words, or words by time' })
