import { ClassNames } from '../options/types.js'
import type { Neighbour } from '../parts/kind.js'

/** What writes unless a component says otherwise. */
const WRITE = 'write'

/** The names of the request classes that write to a database, by what components say of that: asked for or not. */
export function writersBy(components: readonly Pick<Neighbour, 'options'>[]): readonly string[] {
  const said = components.flatMap(({ options: { writes } }) =>
    writes instanceof ClassNames ? writes.names : [],
  )
  return said.length > 0 ? [...new Set(said)] : [WRITE]
}
