import type { Telling } from '../telling.js'
import type { nameserver } from './nameserver.js'

/** Whose queries it answers. */
export const nameserverTold: Telling<typeof nameserver> = () => [
  'answers the queries of resolvers: where the name that visitors ask for leads',
  'is asked by datagrams, and loses those for which it has no place',
]
