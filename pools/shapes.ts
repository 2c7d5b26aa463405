import * as z from 'zod'
import { type CausesRecord, What, Why } from '../sim/experiments/causes/spent.js'
import type { Job } from '../sim/experiments/jobs.js'
import type { ReplicationRecord } from '../sim/experiments/replicate.js'
import type { Problem } from '../sim/scenario/problem.js'
import type { Source } from '../sim/scenario/scenario.js'
import type { Identity } from './identity.js'

/*
 * What jobs and records look like, for those who take them from others. What fits is taken as it came: nothing is left
 * out or put in another order, since keys are made of it.
 */

/** Entries of a list: one that is longer comes from no simulation, and would take for ever to go through. */
const MOST_ENTRIES = 2_000_000
/** Seconds: 10,000 years, as in scenarios. */
const LONGEST = 10_000 * 365 * 86400
const MOST_REPLICATIONS = 100_000
const MOST_FAULTS = 100_000

/** A key, or a hash: 22 letters of base64. */
export const hash = z.string().regex(/^[\w-]{22}$/, 'expected 22 letters')

export const identityShape = z.object({
  version: z.string().max(100),
  code: hash,
}) satisfies z.ZodType<Identity>

/** A job without its scenario. */
export const errandShape = z.strictObject({
  without: z
    .int()
    .min(0)
    .max(MOST_FAULTS)
    .or(z.enum(['all']))
    .nullable(),
  warmup: z.number().min(0).max(LONGEST).nullable(),
  replication: z
    .int()
    .min(0)
    .max(MOST_REPLICATIONS - 1),
  count: z.int().min(2).max(MOST_REPLICATIONS).optional(),
}) satisfies z.ZodType<Omit<Job, 'source'>>

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const sourceShape = z.strictObject({
  text: z.string(),
  file: z.string(),
  overrides: z.strictObject({
    seed: z.string().optional(),
    lasts: z.string().optional(),
    warmup: z.string().optional(),
    replications: z.number().optional(),
    set: z.array(z.string()).optional(),
    load: z.number().positive().optional(),
    lost: z.array(z.string()).optional(),
  }),
  // A file may be called `__proto__`, which a record of zod passes over.
  files: z.custom<Source['files']>(
    (value) => isMap(value) && Object.values(value).every((text) => typeof text === 'string'),
    'expected a map of texts',
  ),
}) satisfies z.ZodType<Source>

export const problemsShape = z.array(
  z.object({
    file: z.string(),
    line: z.number(),
    column: z.number(),
    path: z.string(),
    message: z.string(),
  }),
) satisfies z.ZodType<Problem[]>

/** NaN and infinity too. */
const number = z.custom<number>((value) => typeof value === 'number', 'expected a number')

const short = z.custom<unknown[]>(
  (value) => Array.isArray(value) && value.length <= MOST_ENTRIES,
  'expected a list that is not too long',
)
const list = <T>(item: z.ZodType<T>) => short.pipe(z.array(item))
const map = <T>(item: z.ZodType<T>) => z.record(z.string(), item)

/** The same as a list of numbers, and quicker: most of a record is numbers. */
const numbers = z.custom<number[]>(
  (value) =>
    Array.isArray(value) && value.length <= MOST_ENTRIES && value.every((one) => typeof one === 'number'),
  'expected a list of numbers',
)

const histogram = z.object({ buckets: numbers, counts: numbers, max: number })

const account = z.object({
  offered: number,
  answered: number,
  good: number,
  outcomes: numbers,
  underWay: number,
  latencySum: number,
  latency: histogram,
  failures: map(z.object({ sum: number, latency: histogram })),
})

const limit = z.object({
  says: z.string(),
  capacity: number,
  used: number,
  load: number.nullable(),
  refused: number,
  aside: z.boolean(),
})

const component = z.object({
  utilization: number,
  queue: number,
  inService: number,
  inside: number,
  throughput: number,
  queues: z.boolean(),
  waits: number,
  waitSum: number,
  joined: number,
  delayed: number,
  refused: number,
  entered: number,
  outcomes: numbers,
  unheard: number,
  limits: list(limit),
  dispatched: map(number),
  extra: map(number),
})

const window = z.object({
  start: number,
  offered: number,
  ok: number,
  asks: numbers,
  oks: numbers,
  good: number,
  failed: number,
  p50: number,
  p99: number,
  allP50: number,
  allP99: number,
})

const strike = z.object({
  fault: number,
  from: number,
  to: number,
  forever: z.boolean(),
  noAnswer: number,
  noAnswerTotal: number,
  silent: z.boolean(),
  goodBack: number,
  back: z.boolean(),
  stuck: z.boolean(),
  late: number,
  away: numbers,
  restored: list(z.boolean()),
  detected: list(z.object({ component: z.string(), says: z.string(), after: number })),
  lostWrites: number,
  lostSeconds: number,
})

const away = z.object({ seconds: number, most: number, unrestored: number, endless: number })

const recovery = z.object({
  struck: number,
  longest: away,
  classes: list(away),
  noAnswer: number,
  noAnswerTotal: number,
  goodBack: number,
  goodUnrestored: number,
  stuck: number,
  lostSeconds: number,
  lostWrites: number,
  late: number,
  detected: list(
    z.object({ component: z.string(), says: z.string(), seconds: number, replications: number }),
  ),
  first: list(
    z.object({ component: z.string(), says: z.literal(''), seconds: number, replications: number }),
  ),
})

const tries = z.object({ offered: number, entered: map(number) })

const group = z.object({
  replications: z.int().min(2).max(MOST_REPLICATIONS),
  recovery,
  faults: map(recovery),
  tries: z.object({ outage: tries, usual: tries }),
  told: map(map(number)),
})

const spent = z.object({
  box: z.string(),
  what: z.custom<CausesRecord['times'][number]['spent'][number]['what']>((value) => isOneOf(What, value)),
  to: z.string().nullable(),
  why: z.custom<CausesRecord['times'][number]['spent'][number]['why']>((value) => isOneOf(Why, value)),
  seconds: number,
})
const isOneOf = (known: Readonly<Record<string, unknown>>, value: unknown): boolean =>
  Object.values(known).includes(value)

const spendings = z.object({
  requests: number,
  direct: list(spent),
  held: list(spent.extend({ full: z.string() })),
})
const badTime = spendings.extend({ failures: spendings })

/** Every field has its shape: one that is not there in all records would else be lost on the way. */
const recordFields = {
  replication: number,
  all: account,
  classes: list(account),
  users: map(account),
  pages: map(account).optional(),
  components: map(component),
  hosts: map(z.object({ utilization: number, aside: z.boolean() })),
  lines: list(z.object({ name: z.string(), type: z.enum(['wire', 'host']), limit })).optional(),
  timeline: list(window),
  inside: map(numbers),
  warmBins: number,
  used: map(numbers),
  entered: map(numbers),
  flows: z.object({ sent: map(numbers), answered: map(numbers) }).optional(),
  events: number,
  strikes: list(strike),
  causes: z
    .object({
      times: list(
        z.object({
          class: number,
          group: z.enum(['ok', 'slow', 'failed']),
          requests: number,
          spent: list(spent),
        }),
      ),
      classes: list(badTime),
      faults: list(badTime),
    })
    .optional(),
  group: group.optional(),
} satisfies Record<keyof ReplicationRecord, z.ZodType>

export const recordShape = z.object(recordFields) satisfies z.ZodType<ReplicationRecord>
