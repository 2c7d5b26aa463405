import { capital } from '../../reports/words/capital.js'
import type { Frame, Window } from '../messages.js'
import { requests } from './sentences.js'

/** What a step of the tour sees of the run. */
export interface Sight {
  /** Seconds. */
  readonly now: number
  readonly windows: readonly Window[]
  /** What strikes now. */
  readonly strikes: Frame['strikes']
  /** In the order of `Window.outcomes`. */
  readonly outcomes: readonly string[]
}

/** What the reader is asked to do or to look at. */
export interface Step {
  readonly asks: string
  /** What it is about: the name of a button, which is pointed at. */
  readonly points?: string
  /** @param since when the last thing was done, seconds */
  done(sight: Sight, since: number): boolean
  /** What has come of it, in the numbers of this run; without it the tour goes on at once. */
  told?(sight: Sight, since: number): string
  /** Of what the reader does: when it was done, seconds. What comes of it is counted from then on. */
  acts?(sight: Sight): number
}

// ---- What is seen ---------------------------------------------------------------------------------------------------

const windowsFrom = ({ windows }: Sight, since: number): readonly Window[] =>
  windows.filter(({ from }) => from >= since - 1e-6)

const failedIn = ({ outcomes, ok }: Window): number => outcomes.reduce((sum, n) => sum + n, 0) - ok

export const okSince = (sight: Sight, since: number): number =>
  windowsFrom(sight, since).reduce((sum, { ok }) => sum + ok, 0)

export const failedSince = (sight: Sight, since: number): number =>
  windowsFrom(sight, since).reduce((sum, window) => sum + failedIn(window), 0)

/** Seconds from `since` until the window ended in which something failed for the first or the last time. */
function failing(sight: Sight, since: number): { first: number; last: number } | null {
  const some = windowsFrom(sight, since).filter((window) => failedIn(window) > 0)
  return some.length === 0 ? null : { first: some[0]!.to - since, last: some.at(-1)!.to - since }
}

/** Something failed, and for so many seconds nothing has any more. */
const isOver = (sight: Sight, since: number, quiet: number): boolean => {
  const told = failing(sight, since)
  return told !== null && sight.now >= since + told.last + quiet
}

const seconds = (time: number): string => `${Math.round(time)} s`

/** `Nobody was answered, and 712 requests failed`, as it was. */
export const lost = (sight: Sight, since: number): string => {
  const ok = okSince(sight, since)
  return `${ok === 0 ? 'Nobody was answered' : `${capital(requests(ok))} got an answer`}, and ${requests(failedSince(sight, since))} failed`
}

// ---- What is asked --------------------------------------------------------------------------------------------------

export const plays = (asks: string): Step => ({
  asks: `${asks} Press Play.`,
  points: 'Play',
  acts: ({ now }) => now,
  done: ({ now }, since) => now > since,
})

const crashOf = (target: string, { strikes }: Sight) =>
  strikes.find(({ kind, targets }) => kind === 'crash' && targets.includes(target))

export const kills = (target: string, asks: string): Step => ({
  asks,
  points: target,
  acts: (sight) => crashOf(target, sight)?.from ?? sight.now,
  done: (sight) => crashOf(target, sight) !== undefined,
})

export const heals = (target: string): Step => ({
  asks: `Now heal it: click ${target} and choose Heal.`,
  points: target,
  acts: ({ now }) => now,
  done: ({ strikes }) => !strikes.some(({ targets }) => targets.includes(target)),
})

/** So many simulated seconds. */
export const watches = (time: number, asks: string, told: NonNullable<Step['told']>): Step => ({
  asks,
  done: ({ now }, since) => now >= since + time,
  told,
})

/** Until something has failed, or for so many seconds. */
export const waitsFor = (time: number, asks: string, told: NonNullable<Step['told']>): Step => ({
  asks,
  done: (sight, since) => failing(sight, since) !== null || sight.now >= since + time,
  told,
})

/** Until nothing fails any more, or for so many seconds. */
export const outlasts = (time: number, asks: string, told: NonNullable<Step['told']>): Step => ({
  asks,
  done: (sight, since) => isOver(sight, since, 2) || sight.now >= since + time,
  told,
})

export const came = (
  sight: Sight,
  since: number,
  says: (times: { first: string; last: string }) => string,
): string => {
  const times = failing(sight, since)
  return times === null
    ? 'Nothing has failed so far.'
    : says({ first: seconds(times.first), last: seconds(times.last) })
}
