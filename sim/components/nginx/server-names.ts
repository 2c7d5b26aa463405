import * as z from 'zod'
import { interval, timeout } from '../../options/types.js'
import type { Site } from '../../parts/kind.js'
import type { Naming } from '../../parts/resolvable.js'
import type { Stream } from '../../random/stream.js'
import type { Peer } from './peers.js'

export const resolverOptions = {
  resolver: z
    .strictObject({
      valid: interval()
        .optional()
        .describe(
          'how long an answer is used; default the ttl of a dns, 60s of another component (an assumption)',
        ),
    })
    .optional()
    .meta({ type: 'options' })
    .describe(
      'names of servers are asked for again (proxy_pass with a variable); default: once, when nginx starts or is reloaded',
    ),
  resolver_timeout: timeout()
    .prefault('30s')
    .describe('with resolver, how long a request waits for an answer about a name; then 502'),
} as const

interface Options {
  readonly resolver?: { readonly valid?: number | undefined } | undefined
  readonly resolver_timeout: number
}

/** What of a name is not said otherwise, seconds. */
const USUAL_TTL = 60

/** Seconds after which it asks again who did not answer, for all who wait (`resend_timeout` of ngx_resolver.c). */
const RESEND = 5

/** A name in the configuration, and the servers that it may stand for. */
export interface Named {
  /** Null where it is that of a component, which always has it. */
  readonly naming: Naming | null
  readonly peers: readonly Peer[]
}

/** The components that the server of that name may be. */
export const addressesOf = (site: Site, name: string): readonly string[] =>
  site.component(name).naming?.addresses ?? [name]

/**
 * What nginx knows of the names of its servers. Without a `resolver` they are resolved when it starts or loads a
 * configuration, and for good: every address is a server; where a name is not known it does not start, or goes on as it
 * was. With one, an answer is used as long as it is valid, and the first request after that asks again; its clock has
 * whole seconds.
 *
 * Sources: nginx.org, `server` of the upstream module, `resolver` and `resolver_timeout` of the core module;
 * ngx_resolver.c; measured on nginx 1.22.1. Assumptions: an answer takes no time; workers know the same; no cache stands
 * between it and the name servers.
 */
export class Names {
  /** Seconds that a request waits for an answer; 0: names are asked for once. */
  readonly patience: number
  /** By upstream. */
  private readonly names: readonly (readonly Named[])[]
  /** Seconds; undefined: as the name says. */
  private readonly valid: number | undefined
  /** By upstream, with a resolver: the last second in which what is known of its name is used. */
  private readonly until: number[]
  /** By upstream: when who does not answer is asked again, seconds. */
  private readonly again: number[]

  constructor(upstreams: readonly { readonly named: readonly Named[] }[], options: Options) {
    const { resolver, resolver_timeout } = options
    this.names = upstreams.map(({ named }) => named)
    this.valid = resolver?.valid
    this.patience = resolver === undefined ? 0 : resolver_timeout
    this.until = this.names.map(() => Number.NEGATIVE_INFINITY)
    this.again = this.names.map(() => Number.NEGATIVE_INFINITY)
  }

  /** How old its answers are when a run begins, as a share: it has run for long. */
  ageOf(draws: Stream): number {
    return this.patience > 0 ? draws.next() : 0
  }

  /** Seconds until a question that is under way is put again; 0: it is time to ask. */
  pause(place: number, now: number): number {
    return Math.max(0, this.again[place]! - now)
  }

  /** Nobody answers. @returns seconds until it is asked again */
  wait(place: number, now: number): number {
    if (this.again[place]! <= now) this.again[place] = now + RESEND
    return this.again[place]! - now
  }

  /** Whether all names can be resolved now. */
  get known(): boolean {
    return this.names.every((some) => some.every(({ naming }) => naming === null || isKnown(naming)))
  }

  /** Asks for all. @param age of the answers, as a share of the time for which they are valid */
  lookUp(second: number, age = 0): void {
    for (const [place, some] of this.names.entries()) {
      this.ask(place, second)
      for (const { naming } of some) this.until[place] = second + Math.floor(this.lasts(naming) * (1 - age))
    }
  }

  /** Whether it knows where the servers of an upstream are, at that second of its clock. */
  has(place: number, second: number): boolean {
    return second <= this.until[place]!
  }

  /** Asks for those of an upstream. @returns how many it got; null: nobody answers */
  ask(place: number, second: number): number | null {
    let count = 0
    for (const { naming, peers } of this.names[place]!) {
      const told = naming === null ? null : naming.told()
      if (naming !== null && told === null) return null
      for (const peer of peers) {
        peer.listed = told === null || told.includes(peer.wire.towards)
        if (!peer.listed) continue
        peer.wire.lookUp()
        count++
      }
      if (told === null || told.length > 0) this.until[place] = second + Math.floor(this.lasts(naming))
    }
    return count
  }

  /** Seconds for which an answer is valid. */
  private lasts(naming: Naming | null): number {
    return this.valid ?? naming?.ttl ?? USUAL_TTL
  }
}

const isKnown = (naming: Naming): boolean => (naming.told()?.length ?? 0) > 0
