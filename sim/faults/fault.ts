import '../options/no-eval.js'
import type * as z from 'zod'
import { ClassNames, classNames, oneOf } from '../options/types.js'
import type { Aside } from '../parts/aside.js'
import type { Component } from '../parts/component.js'
import type { ClassDials, Dial } from '../parts/dial.js'
import type { Daemon, Host } from '../parts/host.js'

/** What a scenario's `target:` can name. */
export type TargetType = 'component' | 'host' | 'zone' | 'wire' | 'users'

/** A resolved target: all that a fault on it can bend. */
export interface Target {
  readonly name: string
  readonly type: TargetType
  /** The component, or all components on the host or in the zone. */
  readonly components: readonly Component[]
  /** The host, or all hosts of the zone; none for a component. */
  readonly hosts: readonly Host[]
  /** The wire, or all wires that cross the border of the component, host or zone. */
  readonly wires: readonly Pick<Aside, 'latency' | 'delivery' | 'open' | 'back'>[]
  /** The surge dials of the users. */
  readonly surges: readonly Dial[]
}

/** A target as the checker of a scenario knows it. */
export interface Aim {
  readonly name: string
  readonly type: TargetType
  /** The component, or all components on the host or in the zone, as the scenario has them. */
  readonly components: readonly {
    readonly name: string
    readonly options: Record<string, unknown>
    readonly kind: { readonly reloads?: boolean; readonly names?: boolean }
  }[]
  /** Programs on its machines that are no components. */
  readonly daemons: readonly string[]
  /** Something is said of the room on the disk of each of its machines (`disk_size`). */
  readonly disks: boolean
  /** Users that are a fixed number (`closed`). */
  readonly closed: boolean
  /** What comes there goes on to one of several, of which which it is depends. */
  readonly leadsElsewhere: boolean
}

/** One dial, bent by so much (times, or plus for added latency). */
interface Bend {
  readonly dial: Dial
  readonly by: number
}

/** A part of a fault: these bends, for so long, from so long after it began. */
export interface Step {
  readonly after: number
  /** Seconds; `Infinity` for a fault that does not heal. */
  readonly lasts: number
  readonly bends: readonly Bend[]
}

/** A fault kind: one file exports one of these, one line of the registry names it. Faults are data. */
export interface FaultKind<Options extends z.ZodObject = z.ZodObject> {
  readonly kind: string
  readonly says: string
  /** What one with these options is called, where that is not the name of the kind. */
  called?(options: z.output<Options>): string | null
  /** Which targets make sense. */
  readonly targets: readonly TargetType[]
  /**
   * One of it, as an entry of a scenario's `faults:`, in YAML: what listings show, where errors have the value of an
   * option that is missing from, and all that tests of every kind need, which aim it at targets and times of their own.
   */
  readonly example: string
  /** What it strikes is not there until it heals, unless that is a program beside it (`takesAway`). */
  readonly takesAway?: boolean
  /** Whether others remember what it did when it is over (an old address, that there is no name): no load keeps that up. */
  isRemembered?(options: z.output<Options>): boolean
  /** It strikes what is told of a name, which may be no process. */
  readonly strikesNames?: boolean
  /** It changes how many ask, and nothing about what is there: use goes on growing with load. */
  readonly changesLoadOnly?: boolean
  /** The factor on what its users ask, while it lasts. */
  load?(options: z.output<Options>): number
  /** Options beside those that all faults have (target, at, for, mtbf, mttr). */
  readonly options: Options
  /**
   * What speaks against it, before any run: the option that is to blame, and a message; null if nothing does.
   * @param lasts seconds (`Infinity`: to the end); null for a random fault
   */
  fits?(
    aims: readonly Aim[],
    options: z.output<Options>,
    lasts: number | null,
  ): [option: string, message: string] | null
  /** Seconds that it lasts on these targets if nothing is said (no `for:`); default to the end. */
  alone?(aims: readonly Aim[], options: z.output<Options>): number
  /** Whether it takes all of its targets together, as one that goes from one to the next; else each by itself. */
  readonly together?: boolean
  /** What its target can know beforehand of one that will strike at `at`: seconds on the kernel's clock. */
  foretells?(target: Target, at: number): void
  /**
   * What it does when it strikes for `lasts` seconds (`Infinity`: it does not heal), in the order in which the steps
   * begin. Of a generator, each step is asked for when the one before begins: so there may be no end of them, as in
   * what comes again and again for as long as it lasts.
   * @param targets one, if it does not take them together
   */
  steps(targets: readonly Target[], options: z.output<Options>, lasts: number): Iterable<Step>
}

export function faultKind<Options extends z.ZodObject>(definition: FaultKind<Options>): FaultKind<Options> {
  return definition
}

/** The option of kinds that can strike the requests of some classes only. */
export const someClasses = () =>
  classNames('expected at least one request class')
    .optional()
    .describe('strikes only requests of these classes; default: all')

/** The classes that a fault with these options strikes; null for all. */
export const struckClasses = (options: Record<string, unknown>): readonly string[] | null =>
  options.class instanceof ClassNames ? options.class.names : null

/** The dials to bend: of these classes, or the one for all. */
export const dialsFor = (some: ClassNames | undefined, all: Dial, classes: ClassDials): Dial[] =>
  some === undefined ? [all] : some.names.map((name) => classes.get(name))

/** The option of kinds after which a process is started again. */
export const comesBack = () =>
  oneOf('kept', 'new')
    .prefault('kept')
    .describe(
      'where it is afterwards; new: as a container that was replaced, while who asked for its name before goes on calling the old address',
    )

/** Their addresses afterwards: the old one is there until it is over. */
export const addressAfter = (components: readonly Component[], address: 'kept' | 'new'): Bend[] =>
  address === 'kept' ? [] : components.map(({ process }) => ({ dial: process.relocation, by: 1 }))

/** The option of kinds that can strike a program beside components alone. */
export const besideThem = () =>
  oneOf('keepalived')
    .optional()
    .describe('strikes only that program, which a vip has on the machines of its servers')

/** The programs of that name on the machines of a target. */
export const daemonsOf = ({ type, components, hosts }: Target, name: string): Daemon[] =>
  [...new Set(type === 'component' ? components.map(({ host }) => host) : hosts)].map((host) =>
    host.daemon(name),
  )

/** For kinds that can strike such a program: it must run there. */
export function fitsDaemon(aims: readonly Aim[], name: string): [string, string] | null {
  const without = aims.find(({ daemons }) => !daemons.includes(name))
  return without
    ? ['process', `no ${name} runs on ${without.name}: it runs where the servers of a vip do`]
    : null
}

/** The program beside components that a fault with these options strikes; null for the components themselves. */
export const struckDaemon = ({ process }: Record<string, unknown>): string | null =>
  typeof process === 'string' ? process : null

/** Whether what a fault strikes is not there until it heals. */
export const takesAway = ({
  kind,
  options,
}: {
  kind: FaultKind
  options: Record<string, unknown>
}): boolean => kind.takesAway === true && struckDaemon(options) === null

/** For kinds that strike processes: a host or zone must have some. */
export function fitsProcesses(aims: readonly Aim[]): [string, string] | null {
  const empty = aims.find(({ components }) => components.length === 0)
  return empty ? ['target', `no component runs on ${empty.name}`] : null
}
