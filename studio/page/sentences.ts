import { capital } from '../../reports/words/capital.js'
import { digits, milliseconds, percent, whole } from '../../reports/words/numbers.js'
import type { Blow } from '../messages.js'
import type { Figures } from './window-series.js'

const NOTHING = '–'

/** Figures as they stand in the page, by their names. */
export const figureTexts = ({ ok, good, p99, failed }: Figures): readonly (readonly [string, string])[] => [
  ['QPS', ok === null ? NOTHING : digits(ok)],
  ['Good', good === null ? NOTHING : percent(good)],
  ['p99', p99 === null ? NOTHING : milliseconds(p99)],
  ['Failed', failed === null ? NOTHING : `${digits(failed)}/s`],
]

/** Seconds as one says them. */
export const at = (seconds: number): string => `${digits(Number(seconds.toFixed(3)))} s`

/** How it goes now, in a sentence; empty where nothing is known. */
export function howItGoes({ good, failed }: Figures): string {
  if (good === null || failed === null) return ''
  return failed === 0
    ? `${percent(good)} good, none failed.`
    : `${percent(good)} good, ${digits(failed)} failed per second.`
}

export const struckSentence = ({ kind, target }: Blow, when: number): string =>
  `${capital(kind)} of ${target} at ${at(when)}.`

/** @param failed requests while it lasted */
export const healedSentence = ({ kind, target }: Blow, from: number, to: number, failed: number): string =>
  `${capital(kind)} of ${target} healed at ${at(to)}, after ${at(to - from)}: ${requests(failed)} failed meanwhile.`

export const requests = (n: number): string =>
  n === 0 ? 'no request' : n === 1 ? '1 request' : `${whole(n)} requests`

/** What the charts show at a moment, one sentence for each; null where nothing is known. */
export function chartSentences(now: number, figures: Figures): readonly string[] | null {
  const { asked, ok, failed, p99 } = figures
  if (asked === null || ok === null || failed === null) return null
  const when = `At ${at(now)}`
  return [
    `${when}: ${digits(asked)} asked, ${digits(ok)} answered ok, ${digits(failed)} failed per second.`,
    p99 === null ? `${when} too few were answered for a p99.` : `${when} p99 is ${milliseconds(p99)}.`,
    failed === 0 ? `${when} none failed.` : `${when} ${digits(failed)} failed per second.`,
  ]
}

/** The same of two runs over one another, each with its name. */
export function pairSentences(
  now: number,
  pair: readonly (readonly [name: string, figures: Figures])[],
): readonly string[] {
  const of = (what: string, say: (figures: Figures) => string) =>
    `At ${at(now)}, ${what}: ${pair.map(([name, figures]) => `${name} ${say(figures)}`).join('; ')}.`
  const rate = (value: number | null) => (value === null ? 'unknown' : digits(value))
  return [
    of('answered ok per second', ({ ok }) => rate(ok)),
    of('p99', ({ p99 }) => (p99 === null ? 'unknown' : milliseconds(p99))),
    of('failed per second', ({ failed }) => rate(failed)),
  ]
}

/**
 * What the second of two scenarios is called, so that it is not taken for the first.
 * @param how what tells it from the first where both have the same name
 */
export const nameBeside = (name: string, first: string, how: string): string =>
  name === first ? `${name} (${how})` : name

/** `10 times`. */
export const speedText = (speed: number): string => (speed === 1 ? 'real time' : `${digits(speed)} times`)

/** What comes of it where the machine is too slow: `945 reached`; empty where it is as fast as it should be. */
export const reachedText = (speed: number, reached: number | null): string =>
  reached !== null && reached < 0.9 * speed ? `${digits(reached)} reached` : ''

/** What the dots of the drawing are. */
export const legend = (every: number): string =>
  `${every === 1 ? 'all' : `1 in ${whole(every)}`} shown, each for half a second`
