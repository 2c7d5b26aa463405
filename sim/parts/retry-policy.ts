import type * as z from 'zod'
import { pow } from '../arithmetic/elementary.js'
import type { Kernel } from '../kernel/kernel.js'
import { count, law, numberAbove } from '../options/types.js'
import type { Distribution } from '../random/distribution.js'
import type { Uniforms } from '../random/stream.js'
import { isFinal, type Outcome } from './outcome.js'
import { RetryBudget, retryBudgetOptions } from './retry-budget.js'

/** What whoever gives up says of trying again. */
export const retryOptions = {
  retries: count(0, 100).prefault(0).describe('further tries after a failure'),
  backoff: law()
    .prefault('0s')
    .describe('pause before a retry; uniform(0s, 100ms) with growth: 2 is “full jitter”'),
  growth: numberAbove(0, 100).prefault(1).describe('factor on the pause from one retry to the next'),
  retry_budget: retryBudgetOptions
    .optional()
    .meta({ type: 'options' })
    .describe(
      'bound on all retries together, of one program that calls, as Finagle and Linkerd have it; default: none',
    ),
} as const

/** Seconds before a retry; the k-th waits `growth ** (k - 1)` times as long. */
export interface RetryOptions {
  readonly retries: number
  readonly backoff: Distribution
  readonly growth: number
  readonly retry_budget?: z.output<typeof retryBudgetOptions> | undefined
}

/** Whether and when whoever gives up tries again: what all who ask in its name share. */
export class RetryPolicy {
  private readonly budget: RetryBudget | null

  constructor(
    private readonly kernel: Kernel,
    private readonly options: RetryOptions,
  ) {
    const { retry_budget } = options
    this.budget = retry_budget === undefined ? null : new RetryBudget(retry_budget)
  }

  /** Something is asked for the first time. */
  asked(): void {
    if (this.budget !== null) this.budget.deposit(this.kernel.now)
  }

  /** Whether it is tried again. @param tries so far, beyond the first */
  again(tries: number, outcome: Outcome): boolean {
    return tries < this.options.retries && !isFinal(outcome) && this.spends()
  }

  /** Takes one more try from the budget; false if that has none. */
  spends(): boolean {
    return this.budget === null || this.budget.withdraw(this.kernel.now)
  }

  /** Seconds until then. @param tries so far, beyond the first */
  pause(tries: number, draws: Uniforms): number {
    const { backoff, growth } = this.options
    return backoff.sample(draws) * pow(growth, tries)
  }

  /** Those that the budget refused in the measured span; null without one. */
  get refused(): number | null {
    return this.budget === null ? null : this.budget.refused
  }

  restart(): void {
    if (this.budget !== null) this.budget.refused = 0
  }
}
