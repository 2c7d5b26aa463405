import { counting, grouped, listed, timeSaid } from '../../options/spell.js'
import { askingTold, workersTold } from '../app/app-told.js'
import { callsTold } from '../app/calls-told.js'
import { spawningTold } from '../app/pm.js'
import type { Telling } from '../telling.js'
import type { apache } from './apache.js'
import { ASYNC_REQUEST_WORKER_FACTOR } from './event-options.js'
import { sparesOf } from './spares.js'

/** With prefork web server and application in one, where who keeps a connection has a worker. */
export const apacheTold: Telling<typeof apache> = (self, stack) => {
  const { options } = self
  if (options.mpm === 'event') return eventTold(self, stack)
  return [
    workersTold(options.max_request_workers, options.database, sparesOf(options)),
    ...spawningTold(sparesOf(options)),
    ...(options.keep_alive
      ? [`keeps a worker for a visitor who may ask again, for ${timeSaid(options.keep_alive_timeout)}`]
      : []),
    ...askingTold(options, stack.all),
    ...callsTold(options),
  ]
}

const eventTold: Telling<typeof apache> = ({ options }, { asked }) => {
  const { upstream, max_request_workers: threads, keep_alive, keep_alive_timeout } = options
  const { async_request_worker_factor: factor = ASYNC_REQUEST_WORKER_FACTOR } = options
  const own = (options.static?.names ?? ['static']).filter((name) => asked.includes(name))
  return [
    ...(upstream === undefined
      ? ['answers everything itself']
      : [
          ...(own.length > 0 ? [`answers ${listed(own)} itself`] : []),
          `passes ${own.length > 0 ? 'the rest' : 'everything'} on to ${upstream.name} (mod_proxy_fcgi)`,
        ]),
    `has ${counting(threads, 'thread')}, each of which has one request at a time${upstream === undefined ? '' : `, also while ${upstream.name} works on it`}`,
    `takes up to ${grouped(Math.floor(threads * (1 + factor)))} connections at a time, fewer while threads are busy`,
    ...(keep_alive
      ? [
          `keeps connections open for ${timeSaid(keep_alive_timeout)} after an answer, without a thread, as long as some thread is idle`,
        ]
      : []),
  ]
}
