import type { ComponentSpec, Scenario } from '../../scenario/scenario.js'

/**
 * Boxes that do the same: of one kind, with the same options on the same machines, called by the same, and calling the
 * same, twins counting as the same. By name, the first of its twins.
 */
export function twinsOf({ components, order, users, hosts }: Scenario): ReadonlyMap<string, string> {
  const names = new Set(order)
  const machines = new Map(hosts.map(({ name, ...machine }) => [name, JSON.stringify(machine)]))
  const callers = (name: string) => [
    ...users.filter(({ to }) => to === name).map((one) => one.name),
    ...components.filter(({ refs }) => refs.includes(name)).map((one) => one.name),
  ]
  const nature = (spec: ComponentSpec) =>
    `${spec.kind.kind} ${machines.get(spec.host ?? '') ?? ''} ${plain(spec.options, names)}`
  let alike = grouped(components, nature, order)
  for (;;) {
    const next = grouped(
      components,
      (spec) => {
        const of = (name: string) => alike.get(name) ?? name
        return JSON.stringify([
          of(spec.name),
          spec.refs.map(of),
          [...new Set(callers(spec.name).map(of))].sort(),
        ])
      },
      order,
    )
    // It only ever gets finer.
    if (new Set(next.values()).size === new Set(alike.values()).size) return next
    alike = next
  }
}

/** The same of machines: alike, and with the same boxes on them. By name, the first of its twins. */
export function machineTwinsOf(
  { components, hosts }: Scenario,
  twins: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  const first = new Map<string, string>()
  return new Map(
    hosts.map(({ name, ...machine }) => {
      const boxes = components.filter(({ host }) => host === name).map((one) => twins.get(one.name))
      const key = JSON.stringify([machine, boxes.sort()])
      if (!first.has(key)) first.set(key, name)
      return [name, first.get(key)!]
    }),
  )
}

/** The first of those with the same key, by the order of the file. */
function grouped(
  components: readonly ComponentSpec[],
  key: (spec: ComponentSpec) => string,
  order: readonly string[],
): Map<string, string> {
  const first = new Map<string, string>()
  const found = new Map<string, string>()
  for (const spec of [...components].sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name))) {
    const own = key(spec)
    if (!first.has(own)) first.set(own, spec.name)
    found.set(spec.name, first.get(own)!)
  }
  return found
}

/** Options as text; which boxes they name is left out. */
function plain(options: unknown, names: ReadonlySet<string>): string {
  return JSON.stringify(options, (_, value) => {
    if (value instanceof Map) return [...value]
    if (value === Number.POSITIVE_INFINITY) return 'Infinity'
    return typeof value === 'string' && names.has(value) ? '' : value
  })
}
