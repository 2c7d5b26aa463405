import { classNames, count, numberAbove, ref, timeout } from '../../options/types.js'

/** What only MPM event has, and PHP-FPM behind it. */
export const eventOptions = {
  threads_per_child: count(1, 20_000)
    .optional()
    .describe('ThreadsPerChild, with mpm: event: threads of a process; default 25'),
  async_request_worker_factor: numberAbove(0, 1000)
    .optional()
    .describe(
      'AsyncRequestWorkerFactor, with mpm: event: connections for each idle thread, beside one for each thread; default 2',
    ),
  upstream: ref()
    .optional()
    .describe('with mpm: event: PHP-FPM, for what it does not answer itself (SetHandler proxy:fcgi://)'),
  static: classNames()
    .optional()
    .describe(
      'with upstream: request classes that it answers itself; default static. Without upstream it answers all of them',
    ),
  proxy_timeout: timeout()
    .optional()
    .describe('ProxyTimeout, with upstream: for the connection to PHP-FPM, and for its answer; default 60s'),
} as const

/** Options that say nothing with MPM prefork, and those that say nothing with MPM event, unless they are left out. */
const OF_EVENT = Object.keys(eventOptions) as (keyof typeof eventOptions)[]
const OF_PREFORK = ['start_servers', 'min_spare_servers', 'max_spare_servers'] as const
const OF_SCRIPTS = [
  'database',
  'queries',
  'writes',
  'max_replication_lag',
  'database_selector',
  'cache',
  'calls',
] as const
const OF_UPSTREAM = ['static', 'proxy_timeout'] as const

type Said = Readonly<
  Partial<
    Record<
      keyof typeof eventOptions | (typeof OF_PREFORK)[number] | (typeof OF_SCRIPTS)[number],
      unknown | undefined
    >
  >
> & { readonly mpm: 'prefork' | 'event'; readonly max_request_workers: number }

/** What does not go with its MPM. */
export function mpmMisfits(said: Said): { path: string[]; message: string }[] {
  const given = (names: readonly (keyof Said)[], message: string) =>
    names.filter((name) => said[name] !== undefined).map((name) => ({ path: [name], message }))
  if (said.mpm === 'prefork')
    return given(
      OF_EVENT,
      'is about MPM event, and this one has mpm: prefork, where mod_php runs the scripts',
    )
  const threads = said.threads_per_child === undefined ? THREADS_PER_CHILD : Number(said.threads_per_child)
  return [
    ...given(OF_PREFORK, 'is about MPM prefork; with mpm: event all processes are there from the start'),
    ...given(
      OF_SCRIPTS,
      'is about scripts, which run in PHP-FPM with mpm: event: an app in upstream: queries',
    ),
    ...(said.upstream === undefined ? given(OF_UPSTREAM, 'passes nothing on: expected upstream: too') : []),
    ...(said.max_request_workers % threads === 0
      ? []
      : [
          {
            path: ['max_request_workers'],
            message: `expected a multiple of threads_per_child (${threads}): processes are whole`,
          },
        ]),
  ]
}

/** Of Apache itself. */
export const THREADS_PER_CHILD = 25
export const ASYNC_REQUEST_WORKER_FACTOR = 2
export const PROXY_TIMEOUT = 60
