import { parse } from 'yaml'
import * as z from 'zod'
import { type Aim, type FaultKind, struckClasses, struckDaemon, type TargetType } from '../../faults/fault.js'
import { faultKinds } from '../../faults/registry.js'
import { hint } from '../../options/nearest.js'
import { law, moment, oneOrList, period } from '../../options/types.js'
import { daemonsBeside } from '../daemons.js'
import type { Document, Path } from '../document.js'
import { LONGEST } from '../length.js'
import { leadsElsewhere, unstruck } from '../made-of.js'
import type { ComponentSpec, FaultSpec, HostSpec } from '../scenario.js'
import { zonesOf } from './hosts-section.js'
import { ofKind } from './kinds.js'
import type { Known } from './known.js'
import type { Made } from './made.js'
import { checkClasses } from './names.js'
import { parseNaming } from './naming.js'
import { type Given, name } from './top.js'
import { callsOf, mayBeWire } from './wires-section.js'

/** What every fault can say beside the options of its kind. */
export const faultOptions = z.strictObject({
  kind: name,
  target: oneOrList(name, name, 'expected a name or a list of names', 'expected at least one name')
    .meta({ type: 'name or names' })
    .describe('what it strikes'),
  at: moment()
    .optional()
    .describe('when it strikes, from the start of the measured span; in the warm-up with a minus, -30s'),
  for: period()
    .optional()
    .describe('how long; default to the end of the run, and of a crash of what is started again: no time'),
  mtbf: law().optional().describe('time from repair to the next failure'),
  mttr: law().optional().describe('time to repair'),
})
type FaultOptions = z.output<typeof faultOptions>

/** Names that a fault may strike, sound or broken, by what they are the names of. */
type Strikable = Readonly<Record<TargetType, readonly string[]>>

/**
 * Gives the faults that are sound in themselves, in the order of the file: of a known kind, either timed or random,
 * with targets of a type that the kind strikes. Their number is that of the file unless a problem was noted.
 * @param classes that some users ask for; null if that is not known
 */
export function checkFaults(
  document: Document,
  given: Given,
  known: Known,
  made: Made,
  classes: readonly string[] | null,
): FaultSpec[] {
  const strikable = strikableOf(given, known, made)
  const aims = aimsOf(known, made)
  return given.faults.flatMap((value, i): FaultSpec[] => {
    const at: Path = ['faults', i]
    const found = checkFault(document, value, at, known, strikable)
    if (found === null) return []
    const fault = whileAlone(found, aims)
    if (classes !== null) checkClasses(document, fault.options, at, classes)
    const aimed = fault.targets.flatMap((target) => {
      const aim = aims.get(target)
      return aim !== undefined && fault.kind.targets.includes(aim.type) ? [aim] : []
    })
    for (const [place, target] of fault.targets.entries()) {
      const { targets, strikesNames } = fault.kind
      const struck = targets.includes('component') && strikesNames !== true
      const why = struck ? unstruck(target, made.components) : null
      if (why !== null) document.complain(document.said([...at, 'target', place]), why)
    }
    // Of a target that it cannot strike enough has been said.
    if (aimed.length === fault.targets.length) {
      const misfit = fault.kind.fits?.(aimed, fault.options, fault.timed?.lasts ?? null)
      if (misfit) document.complain([...at, misfit[0]], misfit[1])
    }
    if (fault.timed && fault.timed.at >= (given.lasts ?? LONGEST))
      document.complain([...at, 'at'], 'is after the end of the run (lasts:)')
    if (fault.timed && fault.timed.at < -(given.warmup === 'auto' ? 0 : (given.warmup ?? 0)))
      document.complain([...at, 'at'], 'is before the start of the run (warmup:)')
    return [fault]
  })
}

/** The fault with the time that its kind has for it on these targets, if it has none of its own. */
function whileAlone(fault: FaultSpec, aims: ReadonlyMap<string, Aim>): FaultSpec {
  const { kind, targets, timed, options } = fault
  const aimed = targets.flatMap((target) => aims.get(target) ?? [])
  if (timed?.lasts !== Number.POSITIVE_INFINITY || aimed.length < targets.length) return fault
  return { ...fault, timed: { ...timed, lasts: kind.alone?.(aimed, options) ?? timed.lasts } }
}

function checkFault(
  document: Document,
  value: unknown,
  at: Path,
  known: Known,
  strikable: Strikable,
): FaultSpec | null {
  const found = ofKind<FaultKind>(document, value, at, faultKinds, 'fault')
  if (found === null) return null
  const { kind } = found
  const shape = faultOptions.extend(kind.options.shape)
  const options = parseNaming(document, shape, value, at, known, { example: ownOf(kind) }) as
    | (FaultOptions & Record<string, unknown>)
    | null
  if (options === null) return null
  const { target, at: when, for: lasts, mtbf, mttr, kind: _, ...own } = options
  checkTargets(document, kind, target, [...at, 'target'], strikable)
  checkTiming(document, options, at)
  return {
    kind,
    targets: target,
    options: own,
    timed: when !== undefined ? { at: when, lasts: lasts ?? Number.POSITIVE_INFINITY } : null,
    random: mtbf && mttr ? { mtbf, mttr } : null,
    says: `${kind.called?.(own) ?? kind.kind} of ${daemonIn(own)}${target.join(', ')}${classesIn(own)}`,
  }
}

/** `keepalived on `: before the targets of what strikes that alone. */
function daemonIn(options: Record<string, unknown>): string {
  const name = struckDaemon(options)
  return name === null ? '' : `${name} on `
}

/** ` (class home)`, ` (classes home, cart)`: after the targets of what strikes some classes only. */
function classesIn(options: Record<string, unknown>): string {
  const names = struckClasses(options)
  return names === null ? '' : ` (class${names.length > 1 ? 'es' : ''} ${names.join(', ')})`
}

/** What the example of a kind has of its own options: whom it strikes and when is a matter of the scenario. */
function ownOf({ example, options }: FaultKind): Record<string, unknown> {
  const all = Object.entries(parse(example) as Record<string, unknown>)
  return Object.fromEntries(all.filter(([name]) => Object.hasOwn(options.shape, name)))
}

function checkTargets(
  document: Document,
  kind: FaultKind,
  targets: readonly string[],
  at: Path,
  strikable: Strikable,
): void {
  const fitting = kind.targets.flatMap((type) => strikable[type])
  const all = Object.values(strikable).flat()
  for (const [i, one] of targets.entries()) {
    const where = document.said([...at, i])
    if (!all.includes(one)) document.complain(where, `there is nothing named "${one}"${hint(one, fitting)}`)
    else if (!fitting.includes(one))
      document.complain(
        where,
        `${kind.kind} strikes ${kind.targets.join(', ')}, and "${one}" is none of these`,
      )
  }
}

function checkTiming(document: Document, options: FaultOptions, at: Path): void {
  const { at: when, for: lasts, mtbf, mttr } = options
  const random = mtbf !== undefined || mttr !== undefined
  if ((when !== undefined) === random)
    document.complain(at, 'expected either at: (and for:), or mtbf: and mttr:')
  else if (random && (mtbf === undefined || mttr === undefined))
    document.complain(at, `${mtbf ? 'mttr' : 'mtbf'}: is missing`)
  else if (random && lasts !== undefined)
    document.complain([...at, 'for'], 'a random fault lasts as long as mttr: says')
  else if (random && !(mtbf!.mean > 0)) document.complain([...at, 'mtbf'], 'expected a time above 0')
}

function strikableOf(given: Given, known: Known, made: Made): Strikable {
  const named = [
    ...Object.keys(given.wires),
    ...given.faults.flatMap((fault) => (fault as { target?: unknown } | null)?.target ?? []),
  ]
  return {
    component: known.components,
    host: known.hosts,
    zone: zonesOf(made.hosts),
    wire: [...callsOf(made), ...named.filter((wire) => mayBeWire(wire, known, made))],
    users: known.users,
  }
}

const haveDisks = (hosts: readonly HostSpec[]): boolean =>
  hosts.every(({ disk_size }) => disk_size !== undefined)

/** What a fault on it would strike, by name: of what is sound. */
function aimsOf(known: Known, made: Made): ReadonlyMap<string, Aim> {
  const { hosts, users, components } = made
  const on = (hosted: readonly string[]) =>
    components.filter(({ host }) => host !== null && hosted.includes(host))
  const inZone = (zone: string) => hosts.filter((host) => host.zone === zone).map((host) => host.name)
  const aim = (name: string, type: TargetType, struck: ComponentSpec[] = [], more: Partial<Aim> = {}) => {
    const daemons = daemonsBeside(struck, components)
    const rest = { disks: false, closed: false, leadsElsewhere: false, ...more }
    return [name, { name, type, components: struck, daemons, ...rest }] as const
  }
  return new Map<string, Aim>([
    ...components.map((spec) =>
      aim(spec.name, 'component', [spec], { leadsElsewhere: leadsElsewhere(spec.name, components) }),
    ),
    ...known.hosts.map((name) =>
      aim(name, 'host', on([name]), { disks: haveDisks(hosts.filter((host) => host.name === name)) }),
    ),
    ...zonesOf(hosts).map((name) =>
      aim(name, 'zone', on(inZone(name)), { disks: haveDisks(hosts.filter(({ zone }) => zone === name)) }),
    ),
    ...callsOf(made).map((name) => aim(name, 'wire')),
    ...users.map(({ name, arrive }) => aim(name, 'users', [], { closed: 'users' in arrive })),
  ])
}
