import { ClassNames } from '../../options/types.js'
import { refsIn } from '../../options/walk.js'
import { listed, type Remark, reached } from './remark.js'

/** What writes unless a component says otherwise. */
const WRITE = 'write'

/** A primary with replicas to which nobody writes: users without a `mix:` only read. */
export const readonly: Remark = (scenario) => {
  const { components, users } = scenario
  const said = components.flatMap(({ options }) =>
    options.writes instanceof ClassNames ? options.writes.names : [],
  )
  const writing = said.length > 0 ? said : [WRITE]
  if (users.some(({ mix }) => writing.some((name) => (mix.get(name) ?? 0) > 0))) return []
  const called = reached(scenario)
  const primaries = components.filter(
    ({ name, options }) => called.has(name) && refsIn(options).some(({ role }) => role === 'copies'),
  )
  return primaries.map(
    ({ name, options }) =>
      `nobody writes: no users ask for the class ${[...new Set(writing)].join(' or ')} (mix:), so ${name} has nothing for ${listed(copies(options))} to copy`,
  )
}

const copies = (options: Record<string, unknown>): string[] =>
  refsIn(options)
    .filter(({ role }) => role === 'copies')
    .map(({ name }) => name)
