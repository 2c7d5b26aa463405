import { PerClass } from '../options/types.js'
import { refsIn } from '../options/walk.js'
import type { Neighbour } from '../parts/kind.js'
import { Recorded } from '../random/distribution.js'

/**
 * What stands behind the component `from` and takes as long for the class `name` as is recorded of each visitor: of a
 * check nothing is. There may be circles, of which others tell.
 */
export function unrecorded(from: string, name: string, all: readonly Neighbour[]): string[] {
  const behind = new Set([from])
  for (const reached of behind) {
    const options = all.find((one) => one.name === reached)?.options
    for (const { name: next, role } of refsIn(options)) if (role === 'serves') behind.add(next)
  }
  return all.flatMap(({ name: server, options: { service } }) =>
    behind.has(server) && service instanceof PerClass && service.for([name])[0] instanceof Recorded
      ? [server]
      : [],
  )
}
