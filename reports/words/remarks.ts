import type { Result } from '../../sim/experiments/result.js'
import { listed } from '../../sim/options/spell.js'
import { inClear, passedOn } from '../../sim/scenario/readable.js'
import type { Scenario } from '../../sim/scenario/scenario.js'
import { inItsUnit, kindsOf } from './counts.js'
import { counted, percent, whole } from './numbers.js'

/** Sentences on what only some scenarios have: what attackers got, and what the kinds say of their counts. */
export function remarks(result: Result, scenario: Scenario): string[] {
  const kinds = kindsOf(scenario)
  const { replications, faults, recovery } = result
  const ofKinds = Object.entries(result.components).flatMap(([name, { extra = {} }]) => {
    const { counts = {}, remarks } = kinds.get(name)!
    return (
      remarks?.({
        name,
        replications,
        faults: faults.length,
        away: recovery?.recovery_max_s || null,
        value: (count) => extra[count]?.value ?? null,
        shown: (count) => inItsUnit(extra[count]!, counts[count]!),
        digits: counted,
      }) ?? []
    )
  })
  return [...attacks(result), ...ofKinds, ...clear(scenario)]
}

/** So many ways are named. */
const MOST = 4

function clear(scenario: Scenario): string[] {
  const passed = passedOn(scenario).map(
    ({ by, to }) => `TLS passes ${by}: what it carries can be read at ${listed(to)} alone, where it ends.`,
  )
  const ways = inClear(scenario)
  if (ways.length === 0) return passed
  const more = ways.length > MOST ? ` and ${ways.length - MOST} more` : ''
  return [
    ...passed,
    `What passes between machines in clear can be read and changed on its way: ${ways.slice(0, MOST).join(', ')}${more}.`,
  ]
}

function attacks({ users, replications }: Result): string[] {
  return Object.entries(users).flatMap(([name, { malicious, requests, availability }]) => {
    if (!malicious || requests.offered === 0) return []
    const per = replications > 1 ? ' a run' : ''
    const answered = availability.value === null ? 'none' : percent(availability.value)
    return [
      `${name} sent ${whole(requests.offered / replications)} malicious requests${per}; ${answered} of them were answered.`,
    ]
  })
}
