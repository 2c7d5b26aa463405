import { refsIn } from '../options/walk.js'
import type { Scenario } from './scenario.js'

/**
 * Names of those on whose calls what visitors ask and get travels, with its size: users, and who passes their requests
 * on. What an application asks of its database, and a fan-out of its parts, is something else.
 */
export function passersOf({
  users,
  components,
}: Pick<Scenario, 'users' | 'components'>): ReadonlySet<string> {
  const passers = new Set(users.map(({ name }) => name))
  const reached = new Set(users.map(({ to }) => to))
  // Those that call before those that are called.
  for (const { name, kind, options } of [...components].reverse()) {
    if (!reached.has(name) || kind.composes?.(options)) continue
    passers.add(name)
    for (const { name: to, role } of refsIn(options)) if (role === 'serves') reached.add(to)
  }
  return passers
}
