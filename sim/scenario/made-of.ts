import { listed } from '../options/spell.js'
import type { ComponentSpec } from './scenario.js'

/** Names of the boxes that do what the process of `spec` would do; null if it has one. */
export const madeOf = ({
  kind,
  options,
}: Pick<ComponentSpec, 'kind' | 'options'>): readonly string[] | null => kind.madeOf?.(options) ?? null

/** Why nothing can strike the component `name`; null if something can, or there is none. */
export function unstruck(name: string, components: readonly ComponentSpec[]): string | null {
  const spec = components.find((one) => one.name === name)
  const others = spec === undefined ? null : madeOf(spec)
  return others === null
    ? null
    : `${name} is neither a process nor a machine, and cannot fail: strike ${listed(others, 'or')}`
}

/** Whether packets that come to the component of that name go on to one of several, there or further behind. */
export function leadsElsewhere(
  name: string,
  components: readonly Pick<ComponentSpec, 'name' | 'kind' | 'options' | 'refs'>[],
): boolean {
  const spec = components.find((one) => one.name === name)
  if (spec === undefined) return false
  const { kind, options, refs } = spec
  return (
    kind.scatters === true ||
    (kind.forwards?.(options) === true && refs.some((ref) => leadsElsewhere(ref, components)))
  )
}
