import type { Losses, LostHost } from '../../sim/experiments/losses.js'
import type { Result } from '../../sim/experiments/result.js'
import { listed } from '../../sim/options/spell.js'
import { digits, moment, percent, replicationsIn } from './numbers.js'

/** What of those who asked was answered well may be less by so much without anybody noticing. */
const UNNOTICED = 0.001
/** Whoever answers fewer answers nobody: those who asked before anything was noticed. */
const NOBODY = 0.01

/** Of a scenario, how it is under load and how without each of its machines. */
export interface Bereft {
  readonly name: string
  readonly result: Result
  /** The worst loss first. */
  readonly lost: readonly LostHost[]
  /** Hosts whose loss nobody notices. */
  readonly unnoticed: readonly string[]
}

export function bereft(
  results: readonly Result[],
  losses: readonly Losses[],
  names: readonly string[],
): Bereft[] {
  return results.map((result, i) => {
    const lost = [...losses[i]!.lost].sort((a, b) => wellOf(a) - wellOf(b))
    const least = (result.good.value ?? 0) - UNNOTICED
    return {
      name: names[i]!,
      result,
      lost,
      unnoticed: lost.filter((one) => wellOf(one) >= least).map(({ host }) => host),
    }
  })
}

/** Share of those who asked that was answered well. */
export const wellOf = ({ good }: LostHost): number => good.value ?? 0

/** For how long nobody was answered; a dash where that is next to nothing. */
export function nobody({ no_answer_s: { value, low } }: LostHost): string {
  if (value === null) return low === null ? '–' : `${digits(low)} s or more`
  return value < 0.5 ? '–' : `${digits(value)} s`
}

/** Whether more than one in a hundred were not answered, so that the slowest of a hundred is one of them. */
export const isBeyond = ({ availability }: LostHost): boolean => (availability.value ?? 1) < 0.99

/** One line for all: who bears the loss of any machine, and who does not. */
export function lossesLine(all: readonly Bereft[]): string {
  const worst = ({ lost }: Bereft) => (lost[0] === undefined ? 1 : wellOf(lost[0]))
  const dead = all.filter((one) => worst(one) < NOBODY)
  const [best] = [...all].sort((a, b) => worst(b) - worst(a))
  const answers = `${best!.name} answers ${percent(worst(best!))} well without the machine that it can spare least`
  if (dead.length === all.length) return 'Each of them answers nobody once the wrong machine is lost.'
  return dead.length === 0
    ? `${answers}; none of the others answers more.`
    : `${answers}; ${listed(
        dead.map(({ name, lost }) => `${name} (${lost[0]!.host})`),
        'and',
      )} ${dead.length === 1 ? 'answers' : 'answer'} nobody.`
}

/** One sentence a scenario: which machines it cannot do without, and which it can. */
export function lossesInWords({ name, lost, unnoticed }: Bereft): string {
  const hard = lost.filter((one) => wellOf(one) < NOBODY).map(({ host }) => host)
  const worse = lost.filter(({ host }) => !hard.includes(host) && !unnoticed.includes(host))
  const parts = [
    hard.length > 0 && `nothing works without ${listed(hard, 'or')}`,
    worse.length > 0 &&
      `it answers ${worse.map((one) => `${percent(wellOf(one))} well without ${one.host}`).join(', ')}`,
    unnoticed.length > 0 && `nobody misses ${listed(unnoticed, 'or')}`,
  ].filter((part) => part !== false)
  return `${name}: ${parts.join('; ')}.`
}

/** How the machines were lost. */
export function lossesHow([first]: readonly Losses[]): string {
  return first === undefined
    ? ''
    : `Each machine in turn dies without a word: what is answered in the ${moment(first.lost_s)} s from then on, ${replicationsIn(first.replications)}.`
}
