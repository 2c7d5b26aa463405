import * as z from 'zod'
import { timeSaid } from '../../options/spell.js'
import { interval } from '../../options/types.js'
import type { Neighbour, Site } from '../../parts/kind.js'
import { promotes } from '../mysql/tools.js'
import type { Finding } from './databases.js'

/**
 * How an application finds out that another server is the primary now. Sources: mysql-monitor_read_only_interval of
 * ProxySQL, 1000 ms (MySQL_Thread.cpp); RFC 1034, 3.6: a resolver may keep an answer for its TTL.
 */
export const findsPrimary = () =>
  z.discriminatedUnion(
    'by',
    [
      // At once: the address moves, and whoever sends there is told by ARP.
      z.strictObject({ by: z.literal('vip') }),
      z.strictObject({
        by: z.literal('dns'),
        ttl: interval().describe(
          'the name of the primary is changed with the promotion, and asked for anew when the answer is so old',
        ),
      }),
      z.strictObject({
        by: z.literal('proxy'),
        interval: interval()
          .prefault('1s')
          .describe(
            'a proxy beside it asks the servers so often which of them is not read_only (ProxySQL: mysql-monitor_read_only_interval)',
          ),
      }),
    ],
    { error: 'expected { by: dns, ttl: 60s }, { by: proxy, interval: 1s } or { by: vip }' },
  )

export type Finds = z.output<ReturnType<typeof findsPrimary>>

const intervalOf = (finds: Exclude<Finds, { by: 'vip' }>): number =>
  finds.by === 'dns' ? finds.ttl : finds.interval

/** Any time of it is as likely when the promotion comes: somebody always asks, so that answers are renewed as they expire. */
export function findingOf(site: Site, finds: Finds | undefined): Finding | null {
  if (finds === undefined || finds.by === 'vip') return null
  const interval = intervalOf(finds)
  const phase = site.context.stream(site.name, 'finds primary').next() * interval
  return { interval, phase, kernel: site.context.kernel }
}

/** Where nobody is promoted. */
export function findingMisfits(database: readonly { readonly name: string }[], all: readonly Neighbour[]) {
  const names = database.map(({ name }) => name)
  const primary = all.find(({ name, options }) => names.includes(name) && options.replicas !== undefined)
  const { mode = 'none' } = (primary?.options.promotion ?? {}) as { mode?: string }
  if (
    primary !== undefined &&
    names.length > 1 &&
    (mode !== 'none' || all.some((one) => promotes(one, primary.name)))
  )
    return []
  const message =
    'is about another primary, and there is none: expected a primary in database:, one of its replicas, and who promotes it'
  return [{ path: ['finds_primary'], message }]
}

/** When it knows of a new primary. */
export function findingTold(finds: Finds | undefined): string[] {
  if (finds === undefined) return []
  if (finds.by === 'vip')
    return ['writes at a new primary as soon as there is one: the address that it knows moves there']
  const why =
    finds.by === 'dns'
      ? 'so long it keeps the answer of its name server'
      : 'so often its proxy looks who takes writes'
  const most = timeSaid(intervalOf(finds))
  return [`writes at the old primary for up to ${most} after another has taken its place: ${why}`]
}
