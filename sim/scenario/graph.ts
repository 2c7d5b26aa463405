import type { ComponentSpec } from './scenario.js'

type Node = Pick<ComponentSpec, 'name' | 'refs'>

/** Names, those that are called before those that call; or a circle, if there is one. */
export function orderOf(nodes: readonly Node[]): { order: string[]; cycle: string[] | null } {
  const order: string[] = []
  const done = new Set<string>()
  const path: string[] = []
  let cycle: string[] | null = null
  const visit = (node: Node): void => {
    if (done.has(node.name) || cycle !== null) return
    const at = path.indexOf(node.name)
    if (at >= 0) {
      cycle = path.slice(at)
      return
    }
    path.push(node.name)
    for (const ref of node.refs) {
      const below = nodes.find((n) => n.name === ref)
      if (below !== undefined) visit(below)
    }
    path.pop()
    if (!done.has(node.name)) {
      done.add(node.name)
      order.push(node.name)
    }
  }
  for (const node of nodes) visit(node)
  return { order, cycle }
}

/**
 * The name of each component in keyed streams. `app-1` and `app-2` of one kind share the role `app`, so that a
 * visitor asks the same of whichever serves; unless one lies behind the other, where their draws must differ.
 */
export function rolesOf(specs: readonly ComponentSpec[]): Map<string, string> {
  const groups = new Map<string, ComponentSpec[]>()
  for (const spec of specs) {
    const role = `${spec.kind.kind}:${spec.name.replace(/-?\d+$/, '')}`
    groups.set(role, [...(groups.get(role) ?? []), spec])
  }
  const behind = reachable(specs)
  const roles = new Map<string, string>()
  for (const [role, members] of groups) {
    const inSeries = members.some((a) => members.some((b) => behind.get(a.name)!.has(b.name)))
    for (const { name } of members)
      roles.set(name, inSeries ? name : role.slice(role.indexOf(':') + 1) || name)
  }
  return roles
}

function reachable(specs: readonly Node[]): Map<string, Set<string>> {
  const behind = new Map<string, Set<string>>()
  const of = (name: string): Set<string> => {
    const known = behind.get(name)
    if (known) return known
    const all = new Set<string>()
    behind.set(name, all)
    for (const ref of specs.find((s) => s.name === name)?.refs ?? []) {
      all.add(ref)
      for (const further of of(ref)) all.add(further)
    }
    return all
  }
  for (const { name } of specs) of(name)
  return behind
}
