import { counting, listed, timeSaid } from '../../options/spell.js'
import { ClassNames, type Ref } from '../../options/types.js'
import { coldStartTold } from '../../parts/cold-start.js'
import type { Neighbour } from '../../parts/kind.js'
import type { Distribution } from '../../random/distribution.js'
import type { Telling } from '../telling.js'
import type { app } from './app.js'
import { callsTold } from './calls-told.js'
import type { Spawning } from './children.js'
import { type Finds, findingTold } from './finds-primary.js'
import { spawningOf, spawningTold } from './pm.js'
import { placesOf } from './worker-class.js'

/** How many it works on, and where it asks. */
export const appTold: Telling<typeof app> = ({ options }, { all }) => [
  options.worker_class === 'async'
    ? loopsTold(options)
    : workersTold(options.workers, options.database, spawningOf(options)),
  ...spawningTold(spawningOf(options)),
  ...codelTold(options.codel),
  ...processTold(options),
  ...askingTold(options, all),
  ...callsTold(options),
]

const codelTold = (
  codel: { readonly target_delay: number; readonly interval: number } | undefined,
): string[] =>
  codel === undefined
    ? []
    : [
        `answers 503 to who has waited for one for more than ${timeSaid(2 * codel.target_delay)}, while all do for more than ${timeSaid(codel.target_delay)} (looked at each ${timeSaid(codel.interval)})`,
      ]

/** What the process is, beside its workers. */
const processTold = ({ gc, startup, cold_start: cold }: Process): string[] => [
  ...(gc === undefined
    ? []
    : [
        `stands still for ${timeSaid(gc.pause.mean)}${inTheMean(gc.pause)} each ${counting(gc.every, 'request')}, to collect garbage`,
      ]),
  ...(startup === undefined || startup.mean === 0
    ? []
    : [`listens ${timeSaid(startup.mean)}${inTheMean(startup)} after its process has started`]),
  ...coldStartTold(cold),
]

interface Process {
  readonly gc?: { readonly every: number; readonly pause: Distribution } | undefined
  readonly startup?: Distribution | undefined
  readonly cold_start?: { readonly factor: number; readonly for: number } | undefined
}

const inTheMean = ({ variance }: Distribution): string => (variance > 0 ? ' in the mean' : '')

export const workersTold = (
  workers: number,
  database: readonly Ref[] | undefined,
  spawning: Spawning | null,
): string =>
  `runs the program in ${spawning === null ? '' : 'up to '}${counting(workers, 'worker')}, each of which has one request at a time${database === undefined ? '' : ', also while it waits for the database'}; when all have one, the next waits`

const loopsTold = (said: Parameters<typeof placesOf>[0]): string =>
  `runs the program in ${counting(said.workers, 'event loop')}, each of which does one thing at a time, while all else of it waits, and has ${counting(placesOf(said) / said.workers, 'request')} at most`

interface Asking {
  readonly database?: readonly Ref[] | undefined
  readonly reads: string
  readonly writes?: unknown
  readonly database_selector?: { readonly delay: number } | undefined
  readonly finds_primary?: Finds | undefined
  readonly transaction_attempts: number
}

/** Where its queries go. */
export function askingTold(
  { database = [], reads, writes, database_selector: selector, finds_primary, transaction_attempts }: Asking,
  all: readonly Neighbour[],
): string[] {
  const names = database.map(({ name }) => name)
  if (names.length === 0) return []
  const replicated = all.some(({ name, options }) => names.includes(name) && options.replicas !== undefined)
  const again =
    transaction_attempts > 1
      ? [
          `begins a write that was rolled back for others again, ${counting(transaction_attempts, 'try', 'tries')} in all`,
        ]
      : []
  if (!replicated) return [`asks ${listed(names, 'or')}`, ...again]
  const said = writes instanceof ClassNames ? ` (${listed(writes.names)})` : ''
  const followed = all.some(({ name, options: { replicas } }) => {
    const followers = Array.isArray(replicas) ? replicas.map((one: Ref) => one.name) : []
    return names.includes(name) && followers.some((one) => names.includes(one))
  })
  if (!followed) return [`writes${said} and reads at ${listed(names, 'or')}`, ...again]
  const where = { primary: 'there too', replicas: 'at the replicas', all: 'at all of them' }[reads]
  const own = selector ? `; who has written reads at the primary for ${timeSaid(selector.delay)}` : ''
  return [
    `writes${said} at the primary of ${listed(names)}, and reads ${where}${own}`,
    ...findingTold(finds_primary),
    ...again,
  ]
}
