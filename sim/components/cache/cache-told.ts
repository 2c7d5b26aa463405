import { grouped, listed } from '../../options/spell.js'
import type { Telling } from '../telling.js'
import type { cache } from './cache.js'
import type { Policy } from './redis-store.js'

/** What it answers itself. */
export const cacheTold: Telling<typeof cache> = ({ options }, { asked }) => {
  const { hit_ratio, origin, uncached, keys, size = keys, maxmemory_policy: policy } = options
  const past = uncached.names.filter((name) => asked.includes(name))
  return [
    hit_ratio === undefined
      ? `keeps ${kept(size, keys)} that were asked for, and asks ${origin.name} for the others`
      : `has ${+(hit_ratio * 100).toPrecision(3)}% of what is looked for, and asks ${origin.name} for the rest`,
    ...(policy === undefined ? [] : [goes(policy)]),
    ...(past.length > 0 ? [`lets ${listed(past)} go past it`] : []),
  ]
}

const goes = (policy: Policy): string =>
  policy === 'noeviction'
    ? 'stores nothing where it has no room for it (noeviction)'
    : `takes a sample where it has no room, and lets one of that go (${policy})`

function kept(size: number | 'visitors' | undefined, keys: number | 'visitors' | undefined): string {
  if (size === keys || typeof size !== 'number') return 'the objects'
  return typeof keys === 'number'
    ? `${grouped(size)} of ${grouped(keys)} objects`
    : `${grouped(size)} objects`
}
