import { grouped, listed } from '../../options/spell.js'
import type { Telling } from '../telling.js'
import type { cache } from './cache.js'

/** What it answers itself. */
export const cacheTold: Telling<typeof cache> = ({ options }, { asked }) => {
  const { hit_ratio, origin, uncached, keys, size = keys } = options
  const past = uncached.names.filter((name) => asked.includes(name))
  return [
    hit_ratio === undefined
      ? `keeps ${kept(size, keys)} that were asked for, and asks ${origin.name} for the others`
      : `has ${+(hit_ratio * 100).toPrecision(3)}% of what is looked for, and asks ${origin.name} for the rest`,
    ...(past.length > 0 ? [`lets ${listed(past)} go past it`] : []),
  ]
}

function kept(size: number | 'visitors' | undefined, keys: number | 'visitors' | undefined): string {
  if (size === keys || typeof size !== 'number') return 'the objects'
  return typeof keys === 'number'
    ? `${grouped(size)} of ${grouped(keys)} objects`
    : `${grouped(size)} objects`
}
