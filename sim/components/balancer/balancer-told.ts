import { listed } from '../../options/spell.js'
import type { Telling } from '../telling.js'
import type { balancer } from './balancer.js'

const WAYS = {
  roundrobin: 'in turn',
  random: 'by chance',
  leastconn: 'the one with the fewest requests',
  random2: 'the better of two drawn',
  jsq: 'the one with the shortest queue',
} as const

/** Whom it chooses. */
export const balancerTold: Telling<typeof balancer> = ({ options: { servers, policy } }) => {
  const names = servers.map(({ name }) => name.name)
  return [
    names.length > 1
      ? `sends each request to one of ${listed(names, 'or')} (${WAYS[policy]})`
      : `passes each request on to ${names[0]}`,
    'checks nobody: a dead server is sent its share',
  ]
}
