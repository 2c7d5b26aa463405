import type { AccountResult, Result } from '../../sim/experiments/result.js'
import type { Scenario } from '../../sim/scenario/scenario.js'

/** The classes that visitors ask for, where there are several of them: what only attackers ask for is told of these. */
export function classRows(
  { classes }: Result,
  { users }: Scenario,
): [name: string, account: AccountResult][] {
  const asked = (name: string) => users.some(({ malicious, mix }) => !malicious && (mix.get(name) ?? 0) > 0)
  const rows = Object.entries(classes).filter(([name]) => asked(name))
  return rows.length > 1 ? rows : []
}
