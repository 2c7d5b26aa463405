import { refsIn } from '../options/walk.js'
import type { FaultSpec, Scenario, UsersSpec } from './scenario.js'
import { requestsEach, warmupOf } from './scenario.js'

/** What a scenario takes to run, as far as that is known before: of one replication. */
interface Effort {
  /** Requests of visitors. Of closed users that do not think as many as boxes of a millisecond would answer. */
  readonly requests: number
  /** Calls that one of them makes at most, in the mean over the users; the most is `mostCalls`. */
  readonly calls: number
  readonly mostCalls: { readonly name: string; readonly calls: number }
  /** Events that come whether or not anybody asks: checks, adverts, scrapes; and the component with most of them. */
  readonly periodic: number
  readonly mostPeriodic: { readonly name: string; readonly perSecond: number } | null
  /** Closed users. */
  readonly closed: number
}

type Whole = Pick<Scenario, 'lasts' | 'warmup' | 'users' | 'faults' | 'components'>

/** Seconds: whoever asks again at once waits for an answer at least as long as this, or so. */
const ANSWER = 1e-3
/** Calls of one request beyond this are not counted on. */
const MANY = 1e15

export function effortOf(scenario: Whole): Effort {
  const { users, components, lasts } = scenario
  const span = warmupOf(scenario) + lasts
  const below = callsBelow(components)
  const asked = users.map((one) => ({
    requests: rateOf(one) * requestsEach(one) * surgesOn(one.name, scenario.faults, span) * span,
    calls: 1 + (below.get(one.to) ?? 0),
    name: one.to,
  }))
  const requests = asked.reduce((sum, one) => sum + one.requests, 0)
  const calls = asked.reduce((sum, one) => sum + one.requests * one.calls, 0)
  const most = asked.reduce((a, b) => (b.calls > a.calls ? b : a), { calls: 0, name: '' })
  const ticks = components.map(({ name, kind, options }) => ({
    name,
    perSecond: kind.periodic?.(options) ?? 0,
  }))
  return {
    requests,
    calls: requests > 0 ? calls / requests : 0,
    mostCalls: { name: most.name, calls: most.calls },
    periodic: ticks.reduce((sum, { perSecond }) => sum + perSecond, 0) * span,
    mostPeriodic: ticks.reduce<Effort['mostPeriodic']>(
      (a, b) => (b.perSecond > (a?.perSecond ?? 0) ? b : a),
      null,
    ),
    closed: users.reduce((sum, { arrive }) => sum + ('open' in arrive ? 0 : arrive.users), 0),
  }
}

/** Requests a second: of open users those of the peak. */
function rateOf({ arrive, profile }: UsersSpec): number {
  if (!('open' in arrive)) return arrive.users / (arrive.think.mean + ANSWER)
  return arrive.open.rate * Math.max(1, ...(profile?.points ?? []).map(([, factor]) => factor))
}

/** By how much faults multiply what users ask, in the mean over the run. */
function surgesOn(name: string, faults: readonly FaultSpec[], span: number): number {
  return faults
    .filter(({ targets }) => targets.includes(name))
    .reduce((factor, { kind, options, timed, random }) => {
      const more = (kind.load?.(options) ?? 1) - 1
      const share =
        timed !== null
          ? Math.min(1, timed.lasts / span)
          : random!.mttr.mean / (random!.mtbf.mean + random!.mttr.mean)
      return factor * (1 + Math.max(0, more) * share)
    }, 1)
}

/** For each component the calls that a request makes from there on. */
function callsBelow(components: Scenario['components']): Map<string, number> {
  const below = new Map<string, number>()
  // Those that are called come first.
  for (const { name, kind, options } of components) {
    const served = refsIn(options).filter(({ role }) => role === 'serves')
    const calls = kind.calls?.(options) ?? new Map(served.map((ref) => [ref.name, 1 / served.length]))
    const all = [...calls].reduce((sum, [to, times]) => sum + times * (1 + (below.get(to) ?? 0)), 0)
    below.set(name, Math.min(MANY, all))
  }
  return below
}
