import type { RealOptions } from '../options/real.js'
import '../options/no-eval.js'
import type * as z from 'zod'
import type { PerClass } from '../options/types.js'
import type { Distribution } from '../random/distribution.js'
import type { Aside } from './aside.js'
import type { Component } from './component.js'
import type { Context } from './context.js'
import type { Count, Findings, Neighbour } from './count.js'
import type { Demand } from './demand.js'
import { everyComponent, everyCounts } from './every-component.js'
import type { Host } from './host.js'
import type { Port } from './port.js'
import type { Ports } from './ports.js'
import type { Wire } from './wire.js'

/** Where a component is built: what it may know of the rest. */
export interface Site {
  readonly context: Context
  readonly name: string
  /** Names the component in keyed streams; components that stand for one another share it. */
  readonly role: string
  readonly host: Host
  /** Names of the request classes, in order. */
  readonly classes: readonly string[]
  /** Requests per second of each class that have been coming to it until the run begins, as far as that is known. */
  readonly expected: readonly number[]
  /** The share of these that has a connection to itself, where visitors load pages; else 1. */
  readonly openingShare: number
  /** Laws of the bytes of requests of each class; none without `sizes:`. */
  readonly requestSizes: readonly Distribution[]
  /** The component of that name: built before this one, since references have no cycles. */
  component(name: string): Component
  /**
   * A wire to a component. `connectTimeout` in seconds; Linux gives up after 127 s.
   * @param end what stands at the other end, if it is not the component itself (an agent beside it)
   */
  wire(to: string, connectTimeout?: number, end?: Component): Wire
  /**
   * A wire to a component over which single packets go, as UDP has it: what is lost is not sent again, and whoever
   * asks must have a timer of his own. What is sent over it rides (`Request.ride`): there is no connection to open.
   */
  datagrams(to: string): Wire
  /** The way of what the component `from` tells the component `to` aside (`Kind.asides`). */
  aside(from: string, to: string): Aside
  /** The ports from which its machine connects to `to`; null where that is on the same machine. */
  ports(to: Port): Ports | null
  /** The way of someone called `from`, who stands outside of all hosts, to `to`. */
  outside(from: string, to: Component): Wire
  /** Durations per request class, keyed by visitor, drawn from the stream `role/purpose`. */
  demand(laws: PerClass, purpose: string): Demand
}

export type { Neighbour } from './count.js'

/**
 * A component kind: one file exports one of these, one line of the registry names it. What is shown of it stands here
 * too: reports, drawings, `expect:` and listings know no kind by its name.
 */
export interface Kind<Options extends z.ZodObject = z.ZodObject> {
  /** What `kind:` says in a scenario. */
  readonly kind: string
  /** One line for listings. */
  readonly says: string
  /** What people call it, for whoever writes that instead: `mariadb`. */
  readonly aliases?: readonly string[]
  /** Options of the real software that are not simulated, and what is to be said of each. */
  readonly known?: RealOptions
  /** Lines for the drawing, on 18 by 18: what the `d` of an SVG path takes. Default: a plain box. */
  readonly icon?: string
  /**
   * A small stack with one of it, as the `components:` of a scenario, in YAML: what listings show, and all that tests
   * of every kind need. The one that it is about has the kind's name and is the one to call; where it needs something
   * below, that is a plain `service`. With timeouts that an operator would set, so that it gets over silence below.
   */
  readonly example: string
  /** Name in the real software: the keys; its defaults: `prefault`. */
  readonly options: Options
  /** Cores of the private machine of a component without a `host`; default as many as there are jobs. */
  cores?(options: z.output<Options>): number
  /** Events a second that its components have whether or not anybody asks: checks, adverts, scrapes. */
  periodic?(options: z.output<Options>): number
  /** Calls that a request makes here, by whom it calls, where it is not one call to one of those that serve it. */
  calls?(options: z.output<Options>): ReadonlyMap<string, number>
  /**
   * What does not fit together with the other components of the scenario: each problem with the path of the
   * option that it is about. `all` has this one too, but not those that are broken in themselves.
   */
  misfits?(
    self: Neighbour<z.output<Options>>,
    all: readonly Neighbour[],
  ): { path: readonly (string | number)[]; message: string }[]
  /** Whether its components have what a copy of them would not have: data. */
  readonly keepsData?: boolean
  /** Of one that keeps data: whether it is simulated what it does on a disk that is full (disk_size: of its host). */
  readonly knowsFullDisk?: boolean
  /** Whether requests pass its components as if they were not there while these are dead. */
  survives?(options: z.output<Options>): boolean
  /**
   * From when something that its components watch fails until somebody knows.
   * @param silent nothing answers any more, instead of refusing: it takes a timeout to see it
   */
  alertsAfter?(options: z.output<Options>, silent: boolean): Distribution
  /** Whether its components pass on the connections that come to them: those of visitors end further behind. */
  readonly passesOn?: boolean
  /** Whether its components pass on the packets that come to them, SYNs among them, to those that they name. */
  forwards?(options: z.output<Options>): boolean
  /** Whether packets that come to its components go on to one of several, now this one, now that. */
  readonly scatters?: boolean
  /**
   * Whether its components pass on what comes on connections without a look at it: the TLS of visitors ends further
   * behind, and their connections lead there.
   */
  tunnels?(options: z.output<Options>): boolean
  /** Programs of its own that run on the machines of boxes that its components name, and fail by themselves. */
  daemons?(options: z.output<Options>): readonly { readonly name: string; readonly at: readonly string[] }[]
  /** Between boxes that its components name, ways of what these tell one another aside: from whom, to whom. */
  asides?(options: z.output<Options>): readonly (readonly [from: string, to: string])[]
  /** Of the boxes that its components name, those to which what comes leads on, if not all of them do. */
  leadsTo?(options: z.output<Options>): readonly string[]
  /**
   * Names of the boxes that do all that the process of its components would do, if these have none of their own: then
   * they stand on no machine, and there is nothing of them that could fail.
   */
  madeOf?(options: z.output<Options>): readonly string[] | null
  /** Whether it matters to its components which object a visitor asks for (`objects:` of users). */
  readsObjects?(options: z.output<Options>): boolean
  /** Names of the components that are there only while its components have started them, as these say it. */
  starts?(options: z.output<Options>): readonly string[]
  /** Whether its components load a new configuration while they run (`reloaded`). */
  readonly reloads?: boolean
  /** Whether its components are names, of the boxes to which they lead (`Naming`). */
  readonly names?: boolean
  /** Whether its components call the addresses of names themselves, and ask names where these are. */
  readonly resolves?: boolean
  /** Whether its components send those who come in clear to TLS, at the same address. */
  redirects?(options: z.output<Options>): boolean
  /** Whether its components hand requests on for good: whoever stands behind answers those who called here. */
  hands?(options: z.output<Options>): boolean
  /** Whether its components take in a whole answer before they pass it on: whoever wrote it may go at once. */
  buffers?(options: z.output<Options>): boolean
  /** Whether what its components call for is something else than what they were asked: queries, parts of a page. */
  composes?(options: z.output<Options>): boolean
  /** Whether its components call for one request all that they call at once, and need every answer. */
  readonly joins?: boolean
  /** Whether TLS ends at its components: what comes to them is readable by nobody on the way. */
  encrypts?(options: z.output<Options>): boolean
  /** Requests that a visitor's connection carries in the mean which ends here, where the options say it. */
  requestsPerConnection?(options: z.output<Options>): number | undefined
  /** Whether its components write an access log, which a monitor reads (`logLines`). */
  readonly keepsLog?: boolean
  /** Whether its components tell people of what they notice (`Context.detected`): reports say who did so first. */
  readonly tellsPeople?: boolean
  /** What its components report in `extra`, by name. */
  readonly counts?: Readonly<Record<string, Count<z.output<Options>>>>
  /** What they report beside that of what their options name. */
  ownCounts?(options: z.output<Options>): Readonly<Record<string, Count<z.output<Options>>>>
  /** Sentences on what its counts mean for a reader of the results. */
  remarks?(found: Findings): readonly string[]
  build(site: Site, options: z.output<Options>): Component
}

/** Whether what visitors say to a component, TLS and connections, ends further behind. */
export const leadsFurther = ({ kind, options }: Described): boolean =>
  kind.passesOn === true || kind.tunnels?.(options) === true

/** The boxes to which what comes to a component leads on, if it does. */
export const ledTo = ({ kind, options, refs }: Described & { refs: readonly string[] }): readonly string[] =>
  kind.leadsTo?.(options) ?? refs

/** A component of a scenario, in itself. */
interface Described {
  readonly kind: Kind
  readonly options: Record<string, unknown>
}

/** How others see a component that a scenario describes. */
export const neighbourOf = ({
  name,
  kind: { kind, keepsLog },
  options,
  host,
}: {
  name: string
  kind: Pick<Kind, 'kind' | 'keepsLog'>
  options: Record<string, unknown>
  host?: string | null
}): Neighbour => ({ name, kind, options, keepsLog, host })

/** A kind with what a component of it reports of what its options name among its counts. */
export function withOwnCounts(kind: Kind, options: Record<string, unknown>): Kind {
  const every = Object.keys(everyComponent.shape).some((option) => options[option] !== undefined)
  return kind.ownCounts === undefined && !every
    ? kind
    : { ...kind, counts: { ...kind.counts, ...kind.ownCounts?.(options), ...(every && everyCounts) } }
}

/**
 * The counts that a component has, as the scenario sets it up.
 * @param again whether some visitors ask more than once
 */
export function countsOf(
  kind: Kind,
  self: Neighbour,
  all: readonly Neighbour[],
  again: boolean,
): Record<string, Count> {
  return Object.fromEntries(
    Object.entries(withOwnCounts(kind, self.options).counts ?? {}).filter(
      ([, { when, ofVisitors }]) => (again || !ofVisitors) && (when === undefined || when(self, all)),
    ),
  )
}

export function kind<Options extends z.ZodObject>(definition: Kind<Options>): Kind<Options> {
  return definition
}
