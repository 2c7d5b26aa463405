import type { Scenario } from '../scenario.js'

/** Gives a sentence for each place of a scenario that it finds odd. */
export type Remark = (scenario: Scenario) => string[]
