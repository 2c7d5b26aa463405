import { refsIn } from '../options/walk.js'
import type { ComponentSpec, Scenario } from './scenario.js'

/**
 * The ways between machines (`from -> to`) on which whoever listens can read and change what passes, where a scenario
 * encrypts some of it; none where it encrypts nothing, and so says nothing of that.
 */
export function inClear({ components, users }: Pick<Scenario, 'components' | 'users'>): string[] {
  const specs = new Map(components.map((spec) => [spec.name, spec]))
  const encrypts = ({ kind, options }: ComponentSpec) => kind.encrypts?.(options) ?? false
  if (!components.some(encrypts)) return []
  const secured = (to: string): boolean => {
    const spec = specs.get(to)!
    const [next] = spec.refs
    return encrypts(spec) || (spec.kind.passesOn === true && next !== undefined && secured(next))
  }
  const machine = ({ name, host }: ComponentSpec) => host ?? name
  const ways = [
    ...users.filter(({ malicious }) => !malicious).map(({ name, to }) => [name, to] as const),
    ...components.flatMap((spec) =>
      refsIn(spec.options)
        .filter(({ name, role }) => role !== 'watches' && machine(specs.get(name)!) !== machine(spec))
        .map(({ name }) => [spec.name, name] as const),
    ),
  ]
  return [...new Set(ways.filter(([, to]) => !secured(to)).map(([from, to]) => `${from} -> ${to}`))]
}
