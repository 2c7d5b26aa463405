import { counting, listed, timeSaid } from '../../options/spell.js'
import type { Telling } from '../telling.js'
import type { nginxStream } from './nginx-stream.js'

/** Which of several a connection has, unless it is in turn. */
const wayOf = (balance: string): string => {
  if (balance.startsWith('hash ')) return 'the one that the visitor’s address is hashed to'
  if (balance === 'least_conn') return 'the one with the fewest connections'
  if (balance === 'round_robin') return 'in turn'
  return balance === 'random' ? 'by chance' : 'of two by chance the one with fewer connections'
}

/** Where connections lead, what becomes of one that can not be made, and for how long one is open. */
export const nginxStreamTold: Telling<typeof nginxStream> = ({ options }) => {
  const { upstream, balance, proxy_timeout, proxy_next_upstream, worker_processes, worker_connections } =
    options
  const used = upstream.filter(({ down }) => !down)
  const [first] = used
  const names = listed(
    used.map(({ name }) => name.name),
    'or',
  )
  const several = used.length > 1
  const alike = used.every(
    (one) => one.max_fails === first!.max_fails && one.fail_timeout === first!.fail_timeout,
  )
  return [
    `passes each connection on to ${names}${several ? ` (${wayOf(balance)})` : ''}, and looks at no request`,
    ...(several && proxy_next_upstream ? ['tries another of them where a connection can not be made'] : []),
    ...(several && alike && first!.max_fails > 0
      ? [
          `leaves one of them out for ${timeSaid(first!.fail_timeout)} when ${counting(first!.max_fails, 'connection')} to it could not be made`,
        ]
      : []),
    ...(proxy_timeout < Number.POSITIVE_INFINITY
      ? [`closes a connection on which nothing passes for ${timeSaid(proxy_timeout)}`]
      : []),
    `has ${counting(worker_processes * worker_connections, 'connection')} at a time, two for each that it passes on`,
  ]
}
