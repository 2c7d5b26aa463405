import { grouped, timeSaid } from '../../options/spell.js'
import type { Telling } from '../telling.js'
import type { redis } from './redis.js'

/** What it holds, how it is asked, and what is left of that after a crash. */
export const redisTold: Telling<typeof redis> = ({ options }) => [
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
