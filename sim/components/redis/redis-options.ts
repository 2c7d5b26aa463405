import * as z from 'zod'
import { text } from '../../options/texts.js'
import {
  classNames,
  count,
  countOr,
  flag,
  law,
  numberAbove,
  oneOf,
  period,
  type Ref,
  refs,
  servicePerClass,
  size,
  timeout,
} from '../../options/types.js'
import type { Neighbour } from '../../parts/count.js'
import { POLICIES } from '../cache/redis-store.js'

/** After so many seconds, if so many keys have changed, a file of all is written. */
export interface SavePoint {
  readonly seconds: number
  readonly changes: number
}

const SAVES = 'none, or seconds and changes, as in 3600 1 300 100'

const savePoints = () =>
  text(`expected ${SAVES}`)
    .transform((given, ctx): readonly SavePoint[] => {
      const said = given.trim()
      if (said === 'none') return []
      const numbers = said.split(/\s+/).map(Number)
      const points: SavePoint[] = []
      for (let i = 0; i + 1 < numbers.length; i += 2)
        points.push({ seconds: numbers[i]!, changes: numbers[i + 1]! })
      if (numbers.length % 2 === 0 && numbers.every((n) => Number.isInteger(n) && n >= 1 && n < 1e9))
        return points
      ctx.addIssue({ code: 'custom', message: `expected ${SAVES}, not ${said}` })
      return z.NEVER
    })
    .meta({ type: 'seconds and changes, or none' })

export const redisOptions = z
  .strictObject({
    service: servicePerClass()
      .prefault('10us')
      .describe('time of the one command thread for a command; default as measured for GET and SET (7.0)'),
    maxclients: count(1, 1_000_000)
      .prefault(10_000)
      .describe('commands at a time, each on a connection of its own; one more gets an error at once'),
    tcp_backlog: count(0, 65_535).prefault(511).describe('connections that wait while the process hangs'),
    writes: classNames()
      .prefault(['write'])
      .describe('request classes that SET, where a request itself comes here; the others GET'),
    keys: countOr('visitors', 1, 10_000_000)
      .optional()
      .describe(
        'objects that are asked for; visitors: those that they ask for (objects: of users); default: nobody looks what is there',
      ),
    zipf: numberAbove(0).optional().describe('exponent of their popularity; default 0.8'),
    size: count(1, 10_000_000)
      .optional()
      .describe('objects that there is room for (maxmemory); default all keys'),
    ttl: timeout()
      .optional()
      .describe('how long an object is good, from when it was stored (SET ... EX); default none'),
    maxmemory_policy: oneOf(...POLICIES)
      .optional()
      .describe(
        'which object goes where there is no room; default noeviction: none, and a SET gets an error (OOM)',
      ),
    maxmemory_samples: count(1, 64)
      .optional()
      .describe('objects that it looks at, at random, for the one to go; default 5'),
    starts: oneOf('warm', 'cold')
      .optional()
      .describe(
        'what it holds when a run begins: what a long time of this load leaves in it, or nothing; default warm',
      ),
    used_memory: size()
      .optional()
      .describe(
        'how much it holds, for what depends on it: a fork takes 10 ms a GB, a save 3 s a GB of a core, loading 3.7 s a GB (measured, 7.0); default: they take no time',
      ),
    fork: law()
      .optional()
      .describe('for how long a fork stops the command thread (latest_fork_usec); default by used_memory'),
    loading: law()
      .optional()
      .describe('from its start until its data are loaded: commands get an error; default by used_memory'),
    save: savePoints()
      .prefault('3600 1 300 100 60 10000')
      .describe('when a file of all is written (RDB): after 3600 s if 1 key has changed, ...; none: never'),
    appendonly: flag()
      .prefault('off')
      .describe('each write goes to a file too (AOF), which is read at a start'),
    appendfsync: oneOf('always', 'everysec', 'no')
      .optional()
      .describe(
        'always: an fsync before the answers of each turn; everysec: one a second beside, for which writes stop if it takes longer than 2 s; no: when the kernel will. Default everysec',
      ),
    replicas: refs({ kind: 'redis', role: 'copies' })
      .optional()
      .describe('servers that copy this one (the primary); a sentinel can put one of them in its place'),
    min_replicas_to_write: count(0, 100)
      .prefault(0)
      .describe('replicas that it must hear of, or a write gets an error (NOREPLICAS)'),
    min_replicas_max_lag: period()
      .prefault('10s')
      .describe('for so long it counts one that it does not hear of'),
    fsync: law().optional().describe('of the append-only file; default: takes no time'),
  })
  .refine((o) => o.appendfsync === undefined || o.appendonly, {
    path: ['appendfsync'],
    error: 'expected appendonly: on too',
  })
  .refine((o) => o.fsync === undefined || o.appendonly, {
    path: ['fsync'],
    error: 'expected appendonly: on too',
  })

export type RedisOptions = z.output<typeof redisOptions>

/** Whether something of it is on a disk. */
export const persists = ({ save, appendonly }: Pick<RedisOptions, 'save' | 'appendonly'>): boolean =>
  appendonly || save.length > 0

type Misfit = { path: string[]; message: string }

/** What is said of the objects, where it knows which. */
const OF_KEYS = ['zipf', 'size', 'ttl', 'maxmemory_policy', 'maxmemory_samples', 'starts'] as const

/** What of the options does not fit together. */
export function misfitsOf(options: RedisOptions): Misfit[] {
  const { keys, size, ttl = Number.POSITIVE_INFINITY, maxmemory_policy: policy } = options
  const said = (name: string, message: string) => [{ path: [name], message }]
  if (keys === undefined)
    return OF_KEYS.filter((name) => options[name] !== undefined).flatMap((name) =>
      said(name, 'is about objects: expected keys: beside it'),
    )
  const looks = policy !== undefined && /lru$|ttl$/.test(policy)
  return [
    ...(['zipf', 'starts'] as const)
      .filter((name) => keys === 'visitors' && options[name] !== undefined && options[name] !== 'cold')
      .flatMap((name) =>
        said(
          name,
          'is for keys: of its own: with keys: visitors it begins cold, and users say what is popular',
        ),
      ),
    ...(options.maxmemory_samples !== undefined && !looks
      ? said('maxmemory_samples', 'nobody looks: expected a maxmemory_policy: of lru or ttl beside it')
      : []),
    ...(policy !== undefined && size === undefined
      ? said('maxmemory_policy', 'there is room for all: expected size: beside it')
      : []),
    ...(policy === 'volatile-ttl' && !Number.isFinite(ttl)
      ? said('maxmemory_policy', 'nothing expires: expected ttl: beside it')
      : []),
  ]
}

/** Replicas that follow somebody else too, have replicas of their own, or other objects. */
export function replicaMisfits(
  name: string,
  { replicas = [], keys, min_replicas_to_write: least }: RedisOptions,
  all: readonly Neighbour[],
) {
  const namesOf = ({ options }: Neighbour) => ((options.replicas ?? []) as Ref[]).map((one) => one.name)
  const servers = all.filter(({ kind }) => kind === 'redis')
  const said = (i: number, message: string) => [{ path: ['replicas', i], message }]
  const taken = replicas.flatMap((replica, i) => {
    const other = servers.find((one) => one.name !== name && namesOf(one).includes(replica.name))
    const self = servers.find((one) => one.name === replica.name)
    if (other !== undefined)
      return said(i, `${replica.name} copies ${other.name} already, and a replica copies one primary`)
    if (self !== undefined && namesOf(self).length > 0)
      return said(i, `${replica.name} has replicas of its own: chains of replicas are not simulated`)
    if (replicas.findIndex((one) => one.name === replica.name) < i)
      return said(i, `${replica.name} is here twice`)
    if (self !== undefined && self.options.keys !== keys)
      return said(i, `expected keys: of ${replica.name} as they are here`)
    return []
  })
  if (least <= replicas.length || servers.some((one) => namesOf(one).includes(name))) return taken
  return [
    ...taken,
    {
      path: ['min_replicas_to_write'],
      message: `expected replicas: too, ${least} or more: else no write is ever taken`,
    },
  ]
}
