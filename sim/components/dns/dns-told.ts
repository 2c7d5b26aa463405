import { listed, timeSaid } from '../../options/spell.js'
import type { Telling } from '../telling.js'
import type { dns } from './dns.js'

/** What the name stands for, for how long that is remembered, and whether the dead are left out. */
export const dnsTold: Telling<typeof dns> = ({ options: { addresses, ttl, health_check, try_next } }) => {
  const names = addresses.map(({ name }) => name)
  return [
    `tells visitors where the site is: ${listed(names, 'or')}${names.length > 1 ? ', in turn' : ''}`,
    ttl > 0 ? `is asked again only after ${timeSaid(ttl)}` : 'is asked at every request',
    health_check === undefined
      ? `does not know whether ${names.length > 1 ? 'they are' : 'it is'} there`
      : `checks every ${timeSaid(health_check.interval)}, and leaves out who does not answer`,
    ...(try_next && names.length > 1
      ? ['has visitors who try the next address when one does not answer']
      : []),
  ]
}
