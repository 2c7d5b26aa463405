import { inline } from '../../sim/experiments/jobs.js'
import { planOf } from '../../sim/experiments/spof/plan.js'
import { spofsOf } from '../../sim/experiments/spof/spof.js'
import type { SpofPart, Spofs } from '../../sim/experiments/spof/spof-result.js'
import { parseScenario } from '../../sim/scenario/parse.js'
import type { Scenario } from '../../sim/scenario/scenario.js'

interface Asked {
  lasts?: string
  warmup?: string
  replications?: number
  gap?: number
  pairs?: boolean
  assume?: boolean
  /** Parts that are lost; default all. */
  only?: readonly string[]
}

/** What is found out of the losses of a scenario. */
export async function spofsIn(scenario: Scenario | string, asked: Asked = {}): Promise<Spofs> {
  const {
    lasts = '60s',
    warmup = '10s',
    replications = 2,
    gap = 5,
    pairs = false,
    assume = true,
    only,
  } = asked
  const whole = typeof scenario === 'string' ? parseScenario(scenario, 'spof.yaml') : scenario
  const plan = planOf(whole, { lasts, warmup, replications })
  const losses = plan.losses.filter(({ losable }) => only?.includes(losable.parts[0]!) ?? true)
  const [found] = await spofsOf([{ ...plan, losses }], { gap, pairs, assume }, inline)
  return found!.spofs
}

export function partOf({ parts }: Pick<Spofs, 'parts'>, name: string): SpofPart {
  const found = parts.find(({ part }) => part === name)
  if (found === undefined) throw new Error(`nothing is told of ${name}`)
  return found
}

/** `{ front: 'hard' }` */
export const severitiesIn = ({ parts }: Spofs): Record<string, string> =>
  Object.fromEntries(parts.map(({ part, severity }) => [part, severity]))
