import { refsIn } from '../../options/walk.js'
import type { Scenario } from '../../scenario/scenario.js'

/** Components that users reach by asking, from the front to the back, each once. */
export function servingOf({ users, components }: Scenario): string[] {
  const found = new Set<string>()
  const waiting = users.filter(({ malicious }) => !malicious).map(({ to }) => to)
  for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
    if (found.has(name)) continue
    found.add(name)
    waiting.push(...servedBy(name, components).flat())
  }
  return [...found]
}

/** Whom a component asks: the names of each option that has some. */
export function servedBy(name: string, components: Scenario['components']): string[][] {
  const { options } = components.find((one) => one.name === name)!
  return Object.values(options)
    .map((option) => refsIn(option).filter(({ role }) => role === 'serves'))
    .filter((refs) => refs.length > 0)
    .map((refs) => refs.map((ref) => ref.name))
}

/** The first component on the way that has a choice among several that keep no data, and those. */
export function choiceIn(scenario: Scenario): { chooser: string; among: string[] } | null {
  const { components } = scenario
  const keepsData = (name: string) => components.find((one) => one.name === name)!.kind.keepsData === true
  for (const chooser of servingOf(scenario)) {
    const among = servedBy(chooser, components).find((names) => names.length > 1 && !names.some(keepsData))
    if (among !== undefined) return { chooser, among }
  }
  return null
}

/** A component with all that nobody calls but what belongs to it: a server, whole. Without what keeps data. */
export function serverOf({ users, components }: Scenario, name: string): string[] {
  const own = [name]
  const calls = new Map(components.map((one) => [one.name, servedBy(one.name, components).flat()]))
  for (const one of own) {
    for (const below of calls.get(one)!) {
      const { kind } = components.find((spec) => spec.name === below)!
      const others = components.filter(
        (spec) => !own.includes(spec.name) && calls.get(spec.name)!.includes(below),
      )
      const asked = users.some(({ to }) => to === below)
      if (!own.includes(below) && kind.keepsData !== true && others.length === 0 && !asked) own.push(below)
    }
  }
  return own
}
