import { count } from '../../options/types.js'
import type { Spawning } from '../app/children.js'

/** How MPM prefork starts and ends processes. */
export const spareOptions = {
  start_servers: count(1, 100_000)
    .optional()
    .describe('StartServers: processes at first; default 5 where one of these three is said, else all'),
  min_spare_servers: count(1, 100_000)
    .optional()
    .describe('MinSpareServers: with fewer idle ones more are started, once a second; default 5'),
  max_spare_servers: count(1, 100_000)
    .optional()
    .describe(
      'MaxSpareServers: with more idle ones one is ended, once a second; default 10, and at least MinSpareServers + 1',
    ),
} as const

interface Spares {
  readonly max_request_workers: number
  readonly start_servers?: number | undefined
  readonly min_spare_servers?: number | undefined
  readonly max_spare_servers?: number | undefined
}

/** By what rule processes are started; null: all are there, as none of the three is said. */
export function sparesOf(options: Spares): Spawning | null {
  const { max_request_workers: all, start_servers, min_spare_servers, max_spare_servers } = options
  if (start_servers === undefined && min_spare_servers === undefined && max_spare_servers === undefined)
    return null
  const least = min_spare_servers ?? 5
  return {
    by: 'spare',
    start: Math.min(start_servers ?? 5, all),
    least,
    most: Math.max(max_spare_servers ?? 10, least + 1),
    frugal: false,
  }
}
