import { asksOf } from '../../sim/experiments/capacity/ask.js'
import { capacities, searchesOf, stepsReplications } from '../../sim/experiments/capacity/capacity.js'
import { explain, runsFor } from '../../sim/experiments/explain/explained.js'
import { plan } from '../../sim/experiments/nines/nines.js'
import { planOf, runsOf } from '../../sim/experiments/spof/plan.js'
import { spofsOf } from '../../sim/experiments/spof/spof.js'
import { PRECISELY, TRIED, trialOf, tryingOf, WISHES, YEARS } from '../../sim/experiments/usual.js'
import type { Question } from '../messages.js'
import { type Asked, bounded, type Told, Unanswerable } from './asked.js'
import { toldCapacity, toldExplanation, toldLosses, toldYears } from './told-findings.js'

/** How each question is answered that is about one scenario and asks for runs of its own. */
export const questions = { capacity, spof, availability, explain: explained } satisfies Partial<
  Record<Question, (asked: Asked) => Promise<Told>>
>

async function capacity({ scenarios, pool, plans }: Asked): Promise<Told> {
  const asks = asksOf(scenarios.slice(0, 1), null, true)
  bounded(searchesOf(asks, PRECISELY))
  plans(stepsReplications(asks, PRECISELY))
  const [found] = await capacities(asks, PRECISELY, pool)
  return toldCapacity(found!, scenarios[0]!)
}

async function spof({ scenarios: [scenario], pool, plans }: Asked): Promise<Told> {
  const planned = planOf(scenario!, trialOf(scenario!))
  const all = runsOf(planned)
  bounded(all)
  plans(all.reduce((sum, { replications }) => sum + replications, 0))
  const [found] = await spofsOf([planned], WISHES, pool)
  return toldLosses(found!.spofs, scenario!)
}

async function availability({ scenarios: [scenario], pool, plans }: Asked): Promise<Told> {
  if (scenario!.users.every(({ malicious }) => malicious)) throw new Unanswerable('nobody asks but attackers')
  const planned = plan(scenario!, YEARS)
  bounded([planned.most])
  plans(Math.max(1, planned.replications))
  return toldYears(await planned.run(pool), scenario!)
}

async function explained({ scenarios: [scenario], pool, plans }: Asked): Promise<Told> {
  const trying = tryingOf(trialOf(scenario!))
  bounded(runsFor(scenario!, trying))
  plans(TRIED)
  return toldExplanation(await explain(scenario!, trying, pool), scenario!)
}
