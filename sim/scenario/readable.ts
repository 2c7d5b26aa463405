import { isBeside } from '../options/types.js'
import { refsIn } from '../options/walk.js'
import { leadsFurther, ledTo } from '../parts/kind.js'
import type { ComponentSpec, Scenario } from './scenario.js'

type Stack = Pick<Scenario, 'components' | 'users'>

/**
 * The ways between machines (`from -> to`) on which whoever listens can read and change what passes, where a scenario
 * encrypts some of it; none where it encrypts nothing, and so says nothing of that. Who comes in clear and is sent to
 * TLS has asked for something by then.
 */
export function inClear({ components, users }: Stack): string[] {
  const specs = new Map(components.map((spec) => [spec.name, spec]))
  if (!components.some(encrypts)) return []
  const machine = ({ name, host }: ComponentSpec) => host ?? name
  const ways = [
    ...users.flatMap(({ malicious, name, to, scheme }) =>
      malicious ? [] : [{ from: name, to, secured: scheme !== 'http' && isSecured(specs, to) }],
    ),
    ...components.flatMap((spec) =>
      refsIn(spec.options)
        .filter(({ name, role }) => !isBeside(role) && machine(specs.get(name)!) !== machine(spec))
        .map(({ name }) => ({ from: spec.name, to: name, secured: isSecured(specs, name) })),
    ),
  ]
  return [...new Set(ways.filter(({ secured }) => !secured).map(({ from, to }) => `${from} -> ${to}`))]
}

/** Where TLS passes without an end, and where it ends then: there alone it can be read. */
export function passedOn({ components }: Pick<Scenario, 'components'>): { by: string; to: string[] }[] {
  const specs = new Map(components.map((spec) => [spec.name, spec]))
  return components.flatMap((spec) =>
    spec.kind.tunnels?.(spec.options) === true && isSecured(specs, spec.name)
      ? [{ by: spec.name, to: endsOf(specs, spec.name) }]
      : [],
  )
}

const encrypts = ({ kind, options }: ComponentSpec): boolean => kind.encrypts?.(options) ?? false

/** Whether what is said to `to` is said over TLS, if whoever says it wants that. */
const isSecured = (specs: ReadonlyMap<string, ComponentSpec>, to: string): boolean =>
  endsOf(specs, to).every((end) => encrypts(specs.get(end)!))

/** Where TLS ends, or would, with which somebody comes to `to`; there may be circles, of which others tell. */
function endsOf(specs: ReadonlyMap<string, ComponentSpec>, to: string): string[] {
  const reached = new Set([to])
  for (const name of reached) {
    const spec = specs.get(name)
    if (spec === undefined || encrypts(spec) || !leadsFurther(spec)) continue
    for (const behind of ledTo(spec)) reached.add(behind)
  }
  return [...reached].filter((name) => {
    const spec = specs.get(name)
    return spec !== undefined && (encrypts(spec) || !leadsFurther(spec))
  })
}

/** Whether TLS is spoken somewhere where those end up who come to `to`. */
export function meetsTls({ components }: Pick<Scenario, 'components'>, to: string): boolean {
  const specs = new Map(components.map((spec) => [spec.name, spec]))
  return endsOf(specs, to).some((end) => encrypts(specs.get(end)!))
}

/** Users who say that they come over TLS where none is spoken: which, and where. */
export const unspoken = ({ components, users }: Stack): { name: string; at: string }[] => {
  const specs = new Map(components.map((spec) => [spec.name, spec]))
  return users.flatMap(({ name, to, scheme }) =>
    scheme === 'https' && !isSecured(specs, to)
      ? [{ name, at: endsOf(specs, to).find((end) => !encrypts(specs.get(end)!))! }]
      : [],
  )
}
