import { outcomeNames } from '../../parts/outcome.js'

export const MS = 1000

/** Counts by outcome, over several rows of them. */
export function addUp(rows: readonly (readonly number[])[]): number[] {
  return outcomeNames.map((_, i) => sum(rows.map((row) => row[i]!)))
}

/** Those that are there, by name. */
export function named(outcomes: readonly number[]): Record<string, number> {
  return Object.fromEntries(
    outcomeNames.map((name, i) => [name, outcomes[i]!] as const).filter(([, n]) => n > 0),
  )
}

export const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0)
