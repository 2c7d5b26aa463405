import * as z from 'zod'
import { count, flag, oneOf, timeout } from '../../options/types.js'
import { kind } from '../../parts/kind.js'
import {
  App,
  askingMisfits,
  lagChecks,
  QUERIES_NOBODY,
  queriesNobody,
  RESTARTED,
  STICKY_READS,
  WORKERS_THERE,
  workOptions,
} from '../app/app.js'
import { CACHE_COUNTS, cacheMisfits } from '../app/cache-aside.js'
import { CALL_COUNTS, callMisfits, callsBelow } from '../app/call-options.js'
import { looksOf } from '../app/children.js'
import { apacheDirectives } from './apache-directives.js'
import { ApacheEvent } from './apache-event.js'
import { eventOptions, mpmMisfits } from './event-options.js'
import { spareOptions, sparesOf } from './spares.js'

const apacheOptions = z
  .strictObject({
    mpm: oneOf('prefork', 'event')
      .prefault('prefork')
      .describe(
        'prefork: a process for each connection, idle or not, with mod_php; event: a thread for each request, before PHP-FPM (upstream)',
      ),
    max_request_workers: count(1, 100_000)
      .prefault(150)
      .describe(
        'MaxRequestWorkers: processes, each of which has one connection at a time; with mpm: event threads',
      ),
    ...eventOptions,
    ...spareOptions,
    listen_backlog: count(0, 1_000_000)
      .prefault(511)
      .describe('ListenBacklog: connections that wait for a worker'),
    keep_alive: flag()
      .prefault('on')
      .describe('KeepAlive: a connection stays open after an answer, with prefork its worker with it'),
    keep_alive_timeout: timeout().prefault('5s').describe('KeepAliveTimeout: for so long'),
    ...workOptions,
  })
  .refine((o) => o.mpm === 'event' || !queriesNobody(o), { path: ['queries'], error: QUERIES_NOBODY })

/**
 * Apache httpd. With MPM event it is `ApacheEvent`; with MPM prefork and mod_php the process that takes a connection runs
 * the script, reads from and writes to the visitor himself, and waits for his next request until KeepAliveTimeout: an
 * idle visitor costs a worker.
 *
 * Sources: httpd.apache.org, core and prefork (MaxRequestWorkers 256, of Debian 150; ListenBacklog 511; KeepAlive On;
 * KeepAliveTimeout 5); measured on Apache 2.4 (idle clients, slow readers and senders, closed loops, processes that are
 * started under load). As long as StartServers, MinSpareServers and MaxSpareServers are not said, all processes are there
 * from the start. Not simulated: the up to 2 s for which it waits for a client who does not close (lingering close), since
 * visitors do when the server does; and that it lets the kernel hold connections back until data comes (TCP_DEFER_ACCEPT),
 * so that with a full ListenBacklog no SYN is lost.
 */
export const apache = kind({
  kind: 'apache',
  composes: ({ mpm }) => mpm === 'prefork',
  says: 'Apache: workers with mod_php, each with one connection, idle or not (MPM prefork); or MPM event before PHP-FPM',
  known: apacheDirectives,
  aliases: ['httpd', 'apache2', 'lamp', 'mod_php'],
  icon: 'M4 14c6-2 9-6 10-12M5 10c3 1 5 0 6-2M7 13c3 1 5 0 6-2',
  example: `
    apache: { kind: apache, max_request_workers: 8, service: 10ms, database: store, read_timeout: 5s }
    store: { kind: service, servers: 8, service: exponential(20ms) }`,
  options: apacheOptions,
  counts: {
    workers: { ...WORKERS_THERE, when: ({ options }) => sparesOf(options) !== null },
    sticky_read_share: STICKY_READS,
    transactions_restarted: RESTARTED,
    connections: {
      unit: 'count',
      says: 'connections of clients in the mean',
      when: ({ options }) => options.mpm === 'event',
    },
    keep_alive_closed: {
      unit: 'count',
      says: 'idle connections closed since all threads were busy',
      when: ({ options }) => options.mpm === 'event',
    },
    ...CACHE_COUNTS,
    ...CALL_COUNTS,
  },
  periodic: (options) => lagChecks(options) + looksOf(sparesOf(options)),
  misfits: ({ options }, all) => [
    ...mpmMisfits(options),
    ...askingMisfits(options, all),
    ...cacheMisfits(options, all),
    ...callMisfits(options),
  ],
  calls: ({ upstream, database, cache, calls }) =>
    callsBelow({ cache, calls, database: upstream ? [upstream] : database }),
  build: (site, options) =>
    options.mpm === 'event'
      ? new ApacheEvent(site, options)
      : new App(
          site,
          {
            ...options,
            workers: options.max_request_workers,
            backlog: options.listen_backlog,
            listen: 'tcp',
            keepalive_timeout: options.keep_alive ? options.keep_alive_timeout : 0,
            worker_class: 'sync',
            request_terminate_timeout: Number.POSITIVE_INFINITY,
            timeout: Number.POSITIVE_INFINITY,
          },
          sparesOf(options),
          true,
        ),
})
