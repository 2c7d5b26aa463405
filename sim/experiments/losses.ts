import type { Scenario } from '../scenario/scenario.js'
import { variantOf } from '../scenario/variant.js'
import type { Estimate } from '../stats/estimate.js'
import type { Pool } from './jobs.js'
import type { Result } from './result.js'
import { byTurns, replicationsOf } from './runs.js'
import { LOST, WARMUP } from './usual.js'

/** A scenario from which one host is missing. */
interface Variant {
  readonly host: string
  readonly scenario: Scenario
}

/** What visitors see of the loss of one host, in the first minutes. */
export interface LostHost {
  host: string
  /** What ran on it. */
  components: string[]
  /** Of those who asked in that time: answered ok, and answered well. */
  availability: Estimate
  good: Estimate
  latency_p99_ms: Estimate
  /** Longest time in which nobody was answered. */
  no_answer_s: Estimate
}

/** A scenario with each of its hosts lost in turn. */
export interface Losses {
  scenario: string
  /** Of each run without the host, and the time before that it still ran. */
  lost_s: number
  replications: number
  lost: LostHost[]
}

/**
 * The scenario with each of its hosts lost in turn: the machine dies, without a word, when the measured span begins,
 * and stays dead. Its own faults do not strike. The visitors are those of the scenario.
 */
export function lossesOf(scenario: Scenario, replications: number): Variant[] {
  return scenario.hosts.map(({ name }) => ({
    host: name,
    scenario: variantOf(scenario, {
      lasts: LOST,
      warmup: `${WARMUP}s`,
      replications,
      set: [`faults=[{ kind: crash, target: ${JSON.stringify(name)}, at: 0s }]`, 'expect=null'],
    }),
  }))
}

/** Runs the variants; of a scenario whose pool was told to stop, those hosts of which something is there. */
export async function lose(
  scenarios: readonly Scenario[],
  variants: readonly (readonly Variant[])[],
  pool: Pool,
): Promise<Losses[]> {
  const all = variants.flat()
  const turns = await byTurns(
    all.map(({ scenario }) => scenario),
    (scenario) => replicationsOf(scenario),
    pool,
    () => {},
  )
  const results = new Map<Variant, Result>()
  for (const [i, { runs }] of turns.entries()) if (runs.inARow().length > 0) results.set(all[i]!, runs.result)
  return scenarios.map(({ name }, i) => {
    const lost = variants[i]!.flatMap((variant) => {
      const result = results.get(variant)
      return result === undefined ? [] : [lostHost(variant, result)]
    })
    const first = variants[i]!.map((variant) => results.get(variant)).find((result) => result !== undefined)
    return {
      scenario: name,
      lost_s: first?.simulated_s ?? 0,
      replications: first?.replications ?? 0,
      lost,
    }
  })
}

function lostHost({ host }: Variant, result: Result): LostHost {
  const { availability, good, latency_ms, faults, hosts } = result
  return {
    host,
    components: hosts[host]!.components,
    availability,
    good,
    latency_p99_ms: latency_ms.p99,
    no_answer_s: faults[0]!.no_answer_s,
  }
}
