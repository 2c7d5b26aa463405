import { counting, grouped, listed, timeSaid } from '../../options/spell.js'
import { Ref } from '../../options/types.js'
import type { Telling } from '../telling.js'
import type { redis } from './redis.js'
import type { sentinel } from './sentinel.js'

/** What it holds, how it is asked, and what is left of that after a crash. */
export const redisTold: Telling<typeof redis> = ({ options }) => [
  ...(options.replicas === undefined
    ? []
    : [
        `is the primary: ${listed(options.replicas.map(({ name }) => name))} copy what is written here, after the answer`,
      ]),
  'does one command at a time: a long one stops all others',
  ...(typeof options.keys === 'number' ? [holds(options.keys, options.size ?? options.keys)] : []),
  ...(options.ttl === undefined || !Number.isFinite(options.ttl)
    ? []
    : [`forgets an object ${timeSaid(options.ttl)} after it was stored`]),
  after(options),
]

const holds = (keys: number, size: number): string =>
  size >= keys
    ? `has room for all ${grouped(keys)} objects`
    : `has room for ${grouped(size)} of ${grouped(keys)} objects`

type Options = Parameters<Telling<typeof redis>>[0]['options']

function after({ appendonly, appendfsync = 'everysec', save }: Options): string {
  if (!appendonly)
    return save.length === 0
      ? 'is empty after a crash'
      : 'writes a file of all now and then, and has what was in the last one after a crash'
  const power = {
    always: 'also after a loss of power',
    everysec: 'after a loss of power but for the last second or two',
    no: 'after a loss of power but for up to half a minute',
  }[appendfsync]
  return `writes down each write, and has all of them after a crash, ${power}`
}

/** What it agrees on with the others, and when. */
export const sentinelTold: Telling<typeof sentinel> = ({ name, options }, { all }) => {
  const { monitor, quorum, down_after_milliseconds: patience } = options
  const watches = ({ options: { monitor: other } }: (typeof all)[number]) =>
    other instanceof Ref && other.name === monitor.name
  const others = all.filter((one) => one.kind === 'sentinel' && one.name !== name && watches(one))
  const most = Math.max(quorum, Math.floor((others.length + 1) / 2) + 1)
  return [
    `pings ${monitor.name} and its replicas, and takes one for down that has not answered for ${timeSaid(patience)}`,
    `puts a replica in the place of the primary when ${counting(quorum, 'sentinel')} of ${others.length + 1} ${quorum === 1 ? 'takes' : 'take'} that for down, and ${most} vote for one of them`,
  ]
}
