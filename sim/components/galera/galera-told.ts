import { counting, listed, timeSaid } from '../../options/spell.js'
import { coldStartTold } from '../../parts/cold-start.js'
import { clusterOf } from '../cluster/nodes.js'
import type { Telling } from '../telling.js'
import type { galera } from './galera.js'

/** Who else is in its cluster, what a write waits for, and what comes when a node falls silent. */
export const galeraTold: Telling<typeof galera> = ({ name, options }, { all }) => {
  const others = clusterOf(name, all).filter((node) => node !== name)
  const { evs_suspect_timeout, max_connections } = options
  return [
    ...(others.length === 0
      ? ['keeps the data, alone']
      : [
          `takes reads and writes, as ${listed(others)} ${others.length === 1 ? 'does' : 'do'}: a write is answered when all of them have it, and each commits it by itself`,
          `goes on without a node that has been silent for ${timeSaid(evs_suspect_timeout)} and a second more, in which nothing can be written, if those that are left are the majority; else it answers nothing`,
        ]),
    `takes ${counting(max_connections, 'connection')} at a time`,
    ...coldStartTold(options.cold_start),
  ]
}
