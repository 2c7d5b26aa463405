import { inline } from '../../sim/experiments/jobs.js'
import { type Ran, run } from '../../sim/experiments/run.js'
import { parseScenario } from '../../sim/scenario/parse.js'

/** Runs scenarios, given as text. */
export function ran(...texts: string[]): Promise<Ran[]> {
  return run(
    texts.map((text, i) => parseScenario(text, `${i}.yaml`)),
    inline,
  )
}

/** The result of one scenario. */
export const resultOf = async (text: string) => (await ran(text))[0]!.result

/**
 * Visitors every 100 ms at an application on MySQL; its replica is cut off at 20.05 s, the primary dies at 30.05 s,
 * and the replica is promoted: what was written in between is lost.
 */
export const promotion = (mix: string, more = '') => `
name: Promotion with loss
lasts: 2min
warmup: 0s
replications: 3
users: { web: { arrive: constant(10/s), to: app, timeout: 1s, mix: { ${mix} } } }
components:
  app: { kind: app, workers: 100, service: 1ms, connect_timeout: 500ms, database: [a, b] }
  a: { kind: mysql, service: 1ms, replicas: [b], promotion: { mode: automatic, detect: 10s, promote: 3s } }
  b: { kind: mysql, service: 1ms }
faults:
  - { kind: partition, target: a -> b, at: 20.05s }
  - { kind: crash, target: a, at: 30.05s }
${more}`
