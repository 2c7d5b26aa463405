import { openPool } from '../../sim/experiments/jobs.js'
import { type Ran, run } from '../../sim/experiments/run.js'
import { parseScenario } from '../../sim/scenario/parse.js'

/** Runs scenarios, given as text. */
export function ran(...texts: string[]): Promise<Ran[]> {
  return run(
    texts.map((text, i) => parseScenario(text, `${i}.yaml`)),
    openPool(1),
  )
}

/** The result of one scenario. */
export const resultOf = async (text: string) => (await ran(text))[0]!.result
