import { listed } from '../../options/spell.js'
import { PerClass } from '../../options/types.js'
import { walk } from '../../options/walk.js'
import { watches } from '../reached.js'
import type { ComponentSpec, Scenario } from '../scenario.js'
import type { Remark } from './remark.js'

/** A host that carries nothing, or nothing that takes CPU time. */
export const idle: Remark = (scenario) => {
  const on = (host: string) => scenario.components.filter((spec) => spec.host === host)
  const empty = scenario.hosts.filter(({ name }) => on(name).length === 0)
  const unloaded = scenario.hosts.filter(({ name }) => on(name).length > 0 && !worked(on(name), scenario))
  return [
    ...(empty.length > 0 ? [`nothing runs on ${listed(empty.map(({ name }) => name))}`] : []),
    ...unloaded.map(
      ({ name }) =>
        `the cores of ${name} are never used: what runs there (${listed(on(name).map((spec) => spec.name))}) takes no CPU time`,
    ),
  ]
}

/** Whether one of `specs` may take CPU time: it works, or its machine is looked at. */
const worked = (specs: readonly ComponentSpec[], { components }: Scenario): boolean =>
  specs.some((spec) => works(spec) || watches(spec)) ||
  components.some((spec) => watches(spec) && spec.refs.some((ref) => specs.some(({ name }) => name === ref)))

function works({ options }: ComponentSpec): boolean {
  let some = options.tls !== undefined
  walk(options, [], (part) => {
    if (part instanceof PerClass)
      some ||= [...part.byClass.values(), part.otherwise].some((law) => law !== null && law.mean > 0)
  })
  return some
}
