import * as z from 'zod'
import { count, interval, oneOf, timeout } from '../../options/types.js'
import type { Context } from '../../parts/context.js'
import { KeptConnections } from '../../parts/kept.js'
import type { Limit } from '../../parts/limit.js'
import type { Ports } from '../../parts/ports.js'
import type { Request } from '../../parts/request.js'
import type { Wire } from '../../parts/wire.js'

export const ways = ['request', 'query', 'persistent'] as const
type Way = (typeof ways)[number]

export const poolOptions = z.strictObject({
  size: count(1, 100_000).describe('connections to each database at most'),
  acquire_timeout: timeout().prefault('30s').describe('longest wait for a free one'),
  idle_timeout: interval().prefault('10min').describe('an idle one is closed after so long'),
  held: oneOf('request', 'query')
    .prefault('request')
    .describe('a request gives its connection back at its end, or after each query'),
})

/** Round trips of the question whether a persistent connection is alive, before the first query (measured, PHP 8.2). */
const alive = { pdo: 1, mysqli: 2 } as const
export const drivers = ['pdo', 'mysqli'] as const

/** wait_timeout of MySQL: it closes connections that slept for eight hours. */
const WAIT_TIMEOUT = 28_800

/** Of a longer list of databases each query to those beyond opens a connection of its own: a bit for each that is held. */
export const MOST = 31

/**
 * An application's connections to its databases.
 *
 * - `request`, as PHP has it: opened with the first query, held until the request ends, also while it does other
 *   work (measured: sleeping scripts count in Threads_connected), and closed by the application;
 * - `query`: one for each query;
 * - `persistent`: kept by the worker that had it opened, and asked before each request's first query whether it lives;
 * - a pool: as many as its size, shared by all workers.
 */
export class Connections {
  private readonly kept: readonly KeptConnections[] | null
  private readonly check: number
  /** Of those that requests hold: by which number what leads on from there knows them (`Port.pins`); null: by none. */
  private readonly routes: readonly (Map<Request, number> | null)[] | null
  /** Whether one that was kept is asked first whether it lives, and whether there may be no port for a new one. */
  readonly asks: boolean
  readonly scarce: boolean

  constructor(
    private readonly context: Context,
    private readonly wires: readonly Wire[],
    private readonly way: Way,
    private readonly ports: readonly (Ports | null)[],
    pool: z.output<typeof poolOptions> | undefined,
    workers: number,
    driver: (typeof drivers)[number],
  ) {
    this.check = pool === undefined ? alive[driver] : 0
    this.asks = this.check > 0 && way === 'persistent'
    this.scarce = ports.some((one) => one !== null)
    const pins = wires.some(({ to }) => to.pins)
    this.routes = pins ? wires.map(({ to }) => (to.pins ? new Map() : null)) : null
    const keeps = { most: pool?.size ?? workers, idle: pool?.idle_timeout ?? WAIT_TIMEOUT }
    this.kept =
      pool !== undefined || way === 'persistent'
        ? wires.map(
            (wire, place) =>
              new KeptConnections(context.kernel, wire, keeps, (first) => this.over(place, first)),
          )
        : null
  }

  /**
   * Gives `query`, which goes to the database at `place`, its connection: one of `held`, a bit for each database, or
   * another. Returns what is held then.
   */
  provide(query: Request, place: number, held: number): number {
    const bit = bitOf(place)
    if (isHeld(place, held)) {
      query.ride(false, this.routes?.[place]?.get(query.parent!))
      query.keeps = true
      return held
    }
    const kept = bit !== 0 ? this.kept?.[place] : undefined
    if (kept === undefined || kept.take() === 0) query.open()
    else query.ride(kept.stale, kept.route)
    query.keeps = bit !== 0 && (this.kept !== null || this.way === 'request')
    return query.keeps ? held | bit : held
  }

  /** The connection to `place`, which `holder` holds, has brought `answer`. Returns whether it is open still. */
  answered(holder: Request, place: number, answer: Request): boolean {
    if (this.routes !== null && answer.keeps) this.routes[place]?.set(holder, answer.route)
    return answer.keeps
  }

  /** Seconds for the question whether the connection still lives that the next query to `place` would ride on. */
  asking(place: number, held: number): number {
    const rides = this.kept !== null && !isHeld(place, held) && this.kept[place]!.has(1)
    return rides ? this.check * 2 * this.wires[place]!.latency.value : 0
  }

  /** Whether the next query to `place` finds a connection, or a port for a new one. */
  possible(place: number, held: number): boolean {
    const ports = this.ports[place]!
    const idle = this.kept !== null && this.kept[place]!.has(1)
    if (ports === null || isHeld(place, held) || idle) return true
    return ports.take(this.context.kernel.now)
  }

  /** Whether there is no port for a new one to some database. */
  get exhausted(): boolean {
    return this.scarce && this.ports.some((ports) => ports?.exhausted)
  }

  /** `holder` has no more use for the one to `place`: where it is not kept, the application closes it (measured). */
  giveBack(holder: Request, place: number): void {
    const route = this.routes === null ? 0 : this.forget(holder, place, this.routes)
    if (this.kept !== null) this.kept[place]!.give(1, route)
    else {
      this.wires[place]!.to.connectionClosed(route)
      this.over(place, true)
    }
  }

  /** The connection of `holder` to `place` is over. @param first whether this side ends it, which was made */
  lost(holder: Request, place: number, first: boolean): void {
    if (this.routes !== null) this.forget(holder, place, this.routes)
    this.over(place, first)
  }

  private over(place: number, first: boolean): void {
    if (this.scarce) this.ports[place]?.give(this.context.kernel.now, first)
  }

  /** `holder` does not hold the one to `place` any more. Its number. */
  private forget(holder: Request, place: number, routes: NonNullable<Connections['routes']>): number {
    const route = routes[place]?.get(holder) ?? 0
    routes[place]?.delete(holder)
    return route
  }

  /**
   * The process died: its machine closes what was idle, of what is kept and of what its requests hold.
   * @param idle of a request: to which databases it holds one that nothing is under way on
   */
  crashed(holders: readonly Request[], idle: (holder: Request) => number): void {
    for (const holder of holders)
      for (let bits = idle(holder); bits !== 0; bits = without(firstOf(bits), bits)) {
        const place = firstOf(bits)
        this.wires[place]!.to.connectionClosed(this.routes?.[place]?.get(holder))
      }
    for (const routes of this.routes ?? []) routes?.clear()
    for (const kept of this.kept ?? []) kept.close(true)
    for (const ports of this.ports) ports?.giveAll(this.context.kernel.now)
  }

  get limits(): readonly Limit[] {
    return this.ports.flatMap((ports) => (ports === null ? [] : [ports.limit]))
  }

  restart(now: number): void {
    for (const ports of this.ports) ports?.restart(now)
  }
}

/** 0: too far down the list. */
const bitOf = (place: number): number => (place < MOST ? 1 << place : 0)

export const isHeld = (place: number, held: number): boolean => (held & bitOf(place)) !== 0

/** What is held once the connection to `place` is not. */
export const without = (place: number, held: number): number => held & ~bitOf(place)

/** The first of the databases to which connections are held. */
export const firstOf = (held: number): number => 31 - Math.clz32(held & -held)
