import type * as z from 'zod'
import { count, oneOf, timeout } from '../../options/types.js'

/** Requests that each event loop has at a time (gunicorn: worker_connections). */
const CONNECTIONS = 1000

/** What a worker is, with the names of gunicorn, and how long it may be silent. */
export const classOptions = {
  worker_class: oneOf('sync', 'async')
    .prefault('sync')
    .describe(
      'sync: a worker has one request at a time (gthread: workers is processes times threads); async: it is an event loop, which does one thing at a time and has many requests (gevent, uvicorn, Node)',
    ),
  worker_connections: count(1, 1_000_000)
    .optional()
    .describe(`requests that each event loop has at a time; default ${CONNECTIONS}`),
  timeout: timeout()
    .prefault('none')
    .describe(
      'of gunicorn (there 30s), harakiri of uWSGI: as request_terminate_timeout, with a look once a second',
    ),
} as const

interface ClassOptions {
  readonly workers: number
  readonly worker_class: 'sync' | 'async'
  readonly worker_connections?: number | undefined
}

interface Said extends ClassOptions {
  readonly timeout: number
  readonly request_terminate_timeout: number
  readonly pm: string
  readonly codel?: object | undefined
  readonly connection: string
}

/** Requests that it has at a time. */
export const placesOf = ({
  workers,
  worker_class,
  worker_connections = CONNECTIONS,
}: ClassOptions): number => (worker_class === 'async' ? workers * worker_connections : workers)

/** What event loops have no use for, and what only they have. */
export function classChecked(said: Said, ctx: z.core.$RefinementCtx): void {
  const says = (path: string, message: string) => ctx.addIssue({ code: 'custom', path: [path], message })
  if (Number.isFinite(said.timeout) && Number.isFinite(said.request_terminate_timeout))
    says('timeout', 'expected either timeout: or request_terminate_timeout:')
  if (said.worker_class === 'sync') {
    if (said.worker_connections !== undefined) says('worker_connections', 'expected worker_class: async too')
    return
  }
  for (const path of ['timeout', 'request_terminate_timeout'] as const)
    if (Number.isFinite(said[path]))
      says(path, 'expected worker_class: sync: no event loop is held by a request that waits')
  if (said.pm !== 'static') says('pm', 'expected static: event loops do not come and go')
  if (said.codel !== undefined) says('codel', 'expected worker_class: sync: hardly anybody waits for a place')
  if (said.connection === 'persistent')
    says('connection', 'expected pool: instead, from which all requests of an event loop take theirs')
}
