import { nameOfLimit } from '../model/series.js'
import type { LimitRecord } from '../parts/limit.js'
import { Outcome } from '../parts/outcome.js'
import type { Scenario } from '../scenario/scenario.js'
import { weightOf, weightsOf } from './groups.js'
import type { ComponentRecord, ReplicationRecord } from './replicate.js'

/** Something that can fill, as all replications saw it. */
export interface Limit {
  /** Of the component, host or wire. */
  name: string
  type: 'component' | 'host' | 'wire'
  /** `workers`, `slots of server a`, `CPU`, `line`. */
  place: string
  /** The component that uses it, of several the one that uses most. */
  component: string
  /** All that use it. */
  components: readonly string[]
  /** Replications that each of these is of, since some may be told together. */
  weights: number[]
  /** Share in use, in each replication; never above 1. */
  uses: number[]
  /** What is asked of it over what it can do, by its own count, in each replication; null where it has none. */
  loads: number[] | null
  /** Share of those who came to it that it turned away, in each replication. */
  refused: number[]
  /** Whether what is too much for it waits where no visitor does. */
  aside: boolean
  /** Of its series of windows. */
  series: string
}

/** What of a host its cores are called. */
export const CPU = 'CPU'

/** What can fill: of those that are called before those that call, of a host before what runs on it. */
export function limitsOf({ components, hosts }: Scenario, records: readonly ReplicationRecord[]): Limit[] {
  const used = (name: string) => sum(records.map((r) => r.components[name]!.utilization * weightOf(r)))
  const mostOf = (own: readonly string[]) => own.reduce((most, one) => (used(one) > used(most) ? one : most))
  const machines = hosts.flatMap(({ name }): Limit[] => {
    const own = components.filter((c) => c.host === name).map((c) => c.name)
    if (own.length === 0) return []
    const users = { name, component: mostOf(own), components: own }
    return [
      {
        ...users,
        type: 'host',
        place: CPU,
        weights: weightsOf(records),
        uses: records.map((r) => Math.min(1, r.hosts[name]!.utilization)),
        loads: null,
        refused: records.map(() => 0),
        aside: records.every((r) => r.hosts[name]!.aside),
        series: name,
      },
      ...linesOf(records, (line) => line.type === 'host' && line.name === name, users),
    ]
  })
  return components.flatMap(({ name, host }, i) => {
    const begins = host !== null && components.findIndex((c) => c.host === host) === i
    const itself = { component: name, components: [name] }
    const own = records[0]!.components[name]!.limits.map((_, place) =>
      limitFrom(
        records.map((r) => r.components[name]!.limits[place]!),
        { ...itself, name, type: 'component' },
        weightsOf(records),
      ),
    )
    const ways = linesOf(records, (line) => line.type === 'wire' && line.name.endsWith(` -> ${name}`), itself)
    return [...machines.filter((one) => begins && one.name === host), ...own, ...ways]
  })
}

type Owner = Pick<Limit, 'name' | 'type' | 'component' | 'components'>
type LineRecord = NonNullable<ReplicationRecord['lines']>[number]

function linesOf(
  records: readonly ReplicationRecord[],
  which: (line: LineRecord) => boolean,
  users: Pick<Limit, 'component' | 'components'>,
): Limit[] {
  return (records[0]!.lines ?? []).flatMap((line, place) =>
    which(line)
      ? [
          limitFrom(
            records.map((r) => r.lines![place]!.limit),
            { ...users, name: line.name, type: line.type },
            weightsOf(records),
          ),
        ]
      : [],
  )
}

/** @param each as each replication has it, or each group of `weights` of them */
function limitFrom(each: readonly LimitRecord[], owner: Owner, weights: number[]): Limit {
  const { says, load } = each[0]!
  return {
    ...owner,
    place: says,
    weights,
    uses: each.map((one) => Math.min(1, one.used)),
    loads: load === null ? null : each.map((one) => one.load!),
    refused: each.map((one) => one.refused),
    aside: each.every(({ aside }) => aside),
    series: nameOfLimit(owner.name, { says }),
  }
}

/** Not the cores of a machine that only applies what another wrote: what is too much for them fills the appliers. */
export const matters = ({ aside, loads }: Limit): boolean => !aside || loads !== null

/** Whether what is too much for it waits for it: not where that is turned away, or where no visitor waits. */
export const holdsUp = ({ loads, type }: Limit): boolean => loads === null || type !== 'component'

/** Share of it in use. */
export const useOf = ({ uses, weights }: Limit): number => meanOfAll(uses, weights)

/** What would be in use if it had turned nobody away. */
export const askedOf = ({ uses, refused, weights }: Limit): number =>
  meanOfAll(
    uses.map((use, i) => (refused[i]! < 1 ? use / (1 - refused[i]!) : use)),
    weights,
  )

/** What is asked of it over what it can do, where it counts that itself. */
export const loadOf = ({ loads, weights }: Limit): number | null =>
  loads === null ? null : meanOfAll(loads, weights)

/**
 * Requests of visitors that come over those that a full limit serves. What it served for nobody, since whoever asked
 * had given up, it could have served for somebody.
 *
 * Only classes of which some are lost count: the others go past it.
 */
export function pressureOn(limit: Limit, records: readonly ReplicationRecord[]): number {
  const classes = records[0]!.classes.map((_, i) => ({
    came: sum(records.map((r) => r.classes[i]!.offered)),
    answered: sum(records.map((r) => r.classes[i]!.answered)),
  }))
  const lossy = classes.filter(({ came, answered }) => came > 0 && answered < LOSSLESS * came)
  const those = lossy.length > 0 ? lossy : classes
  const own = records.map((r) => r.components[limit.component]!)
  const served = sum(own.map(({ outcomes }) => outcomes[Outcome.ok]!))
  const heard = served - sum(own.map(({ unheard }) => unheard))
  const answered = sum(those.map((one) => one.answered))
  const came = sum(those.map((one) => one.came))
  const inAll = sum(classes.map((one) => one.answered))
  // Whoever gave up is of a class of which some are lost.
  const wasted = (inAll * (served - heard)) / heard + unheardAbove(limit.component, records)
  const could = heard > 0 && answered > 0 ? answered + wasted : served
  return could > 0 ? came / could : 1
}

/** Answers of those who call `name`, and of those who call them, for which nobody waited any more: they did not notice. */
function unheardAbove(name: string, records: readonly ReplicationRecord[]): number {
  const { components } = records[0]!
  const above = new Set([name])
  for (const one of above)
    for (const [caller, { dispatched }] of Object.entries(components))
      if (one in dispatched) above.add(caller)
  above.delete(name)
  return sum([...above].flatMap((caller) => records.map((r) => r.components[caller]!.unheard)))
}

/** Above this share of answers what comes and what is answered differ by what is under way at the ends of the span. */
const LOSSLESS = 0.995

/** Requests that came in over those that left. */
export function backingUp({ entered, outcomes }: ComponentRecord): number {
  const left = sum(outcomes)
  return left > 0 ? entered / left : 1
}

export const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0)
const meanOfAll = (values: readonly number[], weights: readonly number[]): number =>
  sum(values.map((value, i) => value * weights[i]!)) / sum(weights)
