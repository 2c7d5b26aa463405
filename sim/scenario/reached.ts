import { isBeside } from '../options/types.js'
import { refsIn } from '../options/walk.js'
import type { ComponentSpec, Scenario } from './scenario.js'

/** Whether it only looks at others, as a monitor does: nobody has to call it. */
export const watches = ({ options }: ComponentSpec): boolean => {
  const refs = refsIn(options)
  return refs.length > 0 && refs.every(({ role }) => isBeside(role))
}

/** Names of what requests of `users` come to, or what follows such a component (a replica). */
export function reached(
  { users, components }: Pick<Scenario, 'users' | 'components'>,
  of: (users: Scenario['users'][number]) => boolean = () => true,
): ReadonlySet<string> {
  const found = new Set(users.filter(of).map(({ to }) => to))
  // Those that call before those that are called.
  for (const { name, options } of [...components].reverse()) {
    if (!found.has(name)) continue
    for (const ref of refsIn(options)) if (!isBeside(ref.role)) found.add(ref.name)
  }
  return found
}
