import { listed } from '../../options/spell.js'
import { Ref } from '../../options/types.js'
import { refsIn } from '../../options/walk.js'
import { reached } from '../reached.js'
import { writingIn } from '../writing.js'
import type { Remark } from './remark.js'

/** A primary with replicas to which nobody writes: users without a `mix:` only read, and none stores there what it read. */
export const readonly: Remark = (scenario) => {
  const { components, users } = scenario
  const writing = writingIn(scenario)
  if (users.some(({ mix }) => writing.some((name) => (mix.get(name) ?? 0) > 0))) return []
  const called = reached(scenario)
  const stored = components.flatMap(({ options: { cache } }) => (cache instanceof Ref ? [cache.name] : []))
  const primaries = components.filter(
    ({ name, options }) =>
      called.has(name) && !stored.includes(name) && refsIn(options).some(({ role }) => role === 'copies'),
  )
  return primaries.map(
    ({ name, options }) =>
      `nobody writes: no users ask for the class ${writing.join(' or ')} (mix:), so ${name} has nothing for ${listed(copies(options))} to copy`,
  )
}

const copies = (options: Record<string, unknown>): string[] =>
  refsIn(options)
    .filter(({ role }) => role === 'copies')
    .map(({ name }) => name)
