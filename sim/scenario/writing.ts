import { ClassNames } from '../options/types.js'
import type { Scenario } from './scenario.js'

/** What writes unless a component says otherwise. */
const WRITE = 'write'

/** The names of the request classes that write to a database, asked for or not. */
export function writingIn({ components }: Pick<Scenario, 'components'>): readonly string[] {
  const said = components.flatMap(({ options }) =>
    options.writes instanceof ClassNames ? options.writes.names : [],
  )
  return said.length > 0 ? [...new Set(said)] : [WRITE]
}
