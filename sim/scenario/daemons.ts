import type { ComponentSpec } from './scenario.js'

/** Names of the programs that run beside these components on their machines, and are none themselves. */
export function daemonsBeside(
  some: readonly Pick<ComponentSpec, 'name' | 'host'>[],
  all: readonly ComponentSpec[],
): string[] {
  const there = new Set(some.map(({ name }) => name))
  const machines = new Set(some.map(({ host }) => host))
  const isThere = ({ name, host }: ComponentSpec) => there.has(name) || (host !== null && machines.has(host))
  const names = all.filter(isThere).map(({ name }) => name)
  return all
    .flatMap(({ kind, options }) => kind.daemons?.(options) ?? [])
    .filter(({ at }) => at.some((name) => names.includes(name)))
    .map(({ name }) => name)
}
