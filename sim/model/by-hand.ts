import { type Aim, struckClasses } from '../faults/fault.js'
import { faultKinds } from '../faults/registry.js'
import { hint } from '../options/nearest.js'
import { daemonsBeside } from '../scenario/daemons.js'
import { leadsElsewhere, unstruck } from '../scenario/made-of.js'
import { type Blow, targetOf } from './fault-calendar.js'
import type { Model } from './model.js'

/** A fault as somebody strikes it by hand: as in a scenario, without its times. */
export interface HandMade {
  readonly kind: string
  readonly target: string | readonly string[]
  /** What the kind needs beside that, written as in a scenario: `factor: 5`, `add: 20ms`. */
  readonly [option: string]: unknown
}

/** Checks what a fault by hand says as a scenario's is checked. @throws Error that says what is wrong with it */
export function blowOf(model: Model, { kind: name, target, ...given }: HandMade, lasts: number): Blow {
  const kind = faultKinds.find((known) => known.kind === name)
  if (kind === undefined)
    throw new Error(`no fault is named "${name}", but ${faultKinds.map((known) => known.kind).join(', ')}`)
  const targets = typeof target === 'string' ? [target] : target
  for (const one of targets) {
    if (!isThere(model, one)) throw new Error(`there is nothing named "${one}"`)
    if (!kind.targets.includes(targetOf(model, one).type))
      throw new Error(`${name} strikes ${kind.targets.join(', ')}, and "${one}" is none of these`)
    const why = kind.strikesNames === true ? null : unstruck(one, model.scenario.components)
    if (why !== null) throw new Error(why)
  }
  const options = kind.options.safeParse(given)
  if (!options.success)
    throw new Error(
      [
        ...options.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`),
        `one of it in a scenario: ${kind.example}`,
      ].join('\n'),
    )
  const { classes } = model.scenario
  const unknown = struckClasses(options.data)?.find((one) => !classes.includes(one))
  if (unknown !== undefined)
    throw new Error(`class: no users ask for the request class "${unknown}"${hint(unknown, classes)}`)
  const misfit = kind.fits?.(
    targets.map((one) => aimOf(model, one)),
    options.data,
    lasts,
  )
  if (misfit) throw new Error(`${misfit[0]}: ${misfit[1]}`)
  return { kind, targets, options: options.data }
}

/** Seconds for which it lasts in a scenario that has it, if nothing is said of that. */
export const lastsAlone = (model: Model, { kind, targets, options }: Blow): number =>
  kind.alone?.(
    targets.map((one) => aimOf(model, one)),
    options,
  ) ?? Number.POSITIVE_INFINITY

function isThere({ components, hosts, users, wires, asides }: Model, name: string): boolean {
  return (
    components.has(name) ||
    hosts.has(name) ||
    [...hosts.values()].some(({ zone }) => zone === name) ||
    users.some((u) => u.name === name) ||
    asides.has(name) ||
    wires.some((wire) => wire.name === name)
  )
}

function aimOf(model: Model, name: string): Aim {
  const { type, components, hosts } = targetOf(model, name)
  const { scenario } = model
  const struck = scenario.components.filter((spec) => components.some((c) => c.name === spec.name))
  return {
    name,
    type,
    components: struck,
    daemons: daemonsBeside(struck, scenario.components),
    disks: hosts.length > 0 && hosts.every(({ space }) => space !== null),
    closed: scenario.users.some((users) => users.name === name && 'users' in users.arrive),
    leadsElsewhere: leadsElsewhere(name, scenario.components),
  }
}
