import type { ComponentSpec, UsersSpec } from './scenario.js'

/** Components that are there only while another has started them, and what stands on their hosts; and by whom. */
export function sparesOf(components: readonly ComponentSpec[]): ReadonlyMap<string, string> {
  const hostOf = new Map(components.map(({ name, host }) => [name, host]))
  const found = components.flatMap(({ name: by, kind, options }) =>
    (kind.starts?.(options) ?? []).flatMap((started) => {
      const host = hostOf.get(started) ?? null
      const along = components.filter((one) => one.name === started || (host !== null && one.host === host))
      return along.map(({ name }) => [name, by] as const)
    }),
  )
  return new Map(found)
}

/** Users who come to such a component themselves: which, where, and who starts it. */
export function unstarted(stack: {
  components: readonly ComponentSpec[]
  users: readonly UsersSpec[]
}): { name: string; at: string; by: string }[] {
  const spares = sparesOf(stack.components)
  return stack.users.flatMap(({ name, to }) =>
    spares.has(to) ? [{ name, at: to, by: spares.get(to)! }] : [],
  )
}
