import type { Count, Neighbour } from '../../parts/count.js'

type When<Options> = (self: Neighbour<Options>, all: readonly Neighbour[]) => boolean

/** What is counted of a replication at its first primary. */
export const primaryCounts = <Options>(when: When<Options>) =>
  ({
    no_primary_s: { unit: 's', says: 'time without a primary', when },
    promotions: {
      unit: 'count',
      says: 'promotions of a replica',
      happened: 'a replica took the place of the primary',
      when,
    },
    promotion_s: { unit: 's', says: 'time from the failure of the primary to the promotion', when },
  }) as const satisfies Record<string, Count<Options>>

/** How far a replica is behind. */
export const lagCounts = <Options>(when: When<Options>) =>
  ({
    lag_ms: { unit: 'ms', says: 'lag behind the primary', when, steady: true },
    lag_max_ms: { unit: 'ms', says: 'longest lag', when, newsFrom: 1000 },
    lag_p50_ms: {
      unit: 'ms',
      says: 'lag that half of the writes are below',
      when,
      steady: true,
    },
    lag_p90_ms: {
      unit: 'ms',
      says: 'lag that 90 % of the writes are below',
      when,
      steady: true,
    },
    lag_p99_ms: {
      unit: 'ms',
      says: 'lag that 99 % of the writes are below',
      when,
      steady: true,
    },
  }) as const satisfies Record<string, Count<Options>>

/** When it was not there, and what that made of its lag. */
export const deadCounts = <Options>(when: When<Options>) =>
  ({
    dead_s: { unit: 's', says: 'time that it was dead', when },
    lag_back_ms: { unit: 'ms', says: 'lag when it was back from the dead', when },
  }) as const satisfies Record<string, Count<Options>>
