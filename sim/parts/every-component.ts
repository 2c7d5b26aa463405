import * as z from 'zod'
import '../options/no-eval.js'
import { count, size } from '../options/types.js'
import type { Count } from './count.js'
import { restartOptions } from './restart-policies.js'

/** What every component can say, whatever its kind, beside `kind:` and `host:`. */
export const everyComponent = z.strictObject({
  restart: restartOptions
    .optional()
    .describe('who starts its process again when it died; default: nobody, a crash lasts as long as it says'),
  memory: size().optional().describe('that its process has from its start on, on a host with memory:'),
  memory_per_request: size()
    .optional()
    .describe(
      'for each request inside, waiting ones too; of an app or apache for each worker that has work, or is there (pm:), of a database for each connection',
    ),
  disk_per_request: size()
    .optional()
    .describe(
      'that it writes to the disk of its host (disk_size:) for each request that leaves it, to its log; of mysql and postgresql for each write, to its log or as a replica',
    ),
  oom_score_adj: count(-1000, 1000)
    .optional()
    .describe('OOMScoreAdjust: thousandths of memory and swap that count as its own; -1000: never killed'),
})

export type EveryComponent = z.output<typeof everyComponent>

const restarts = ({ options }: { options: Record<string, unknown> }) => options.restart !== undefined
const remembers = ({ options }: { options: Record<string, unknown> }) =>
  options.memory !== undefined || options.memory_per_request !== undefined

/** What is counted of those that say so, whatever their kind. */
export const everyCounts: Readonly<Record<string, Count>> = {
  restarts: { unit: 'count', says: 'starts of its process after a death', when: restarts },
  failed_starts: { unit: 'count', says: 'starts of it that failed', when: restarts },
  gave_up: {
    unit: 'count',
    says: 'times that it stayed down since it was started too often',
    when: restarts,
    newsFrom: 0.5,
    happened: 'a process stayed down, started again too often',
  },
  memory_mb: { unit: 'count', says: 'MB of memory and swap that it has in the mean', when: remembers },
  oom_kills: {
    unit: 'count',
    says: 'times that the OOM killer killed it',
    when: remembers,
    newsFrom: 0.5,
    happened: 'the OOM killer struck',
  },
}
