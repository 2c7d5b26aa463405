import { createHash } from 'node:crypto'
import * as z from 'zod'
import type { Job } from '../../sim/experiments/jobs.js'
import type { Source } from '../../sim/scenario/scenario.js'
import type { Identity } from '../identity.js'
import { errandShape, hash, identityShape, sourceShape } from '../shapes.js'

/**
 * What lies in Redis: BullMQ's queue of replications, one for each program; beside it the scenarios, each once, with
 * the texts of all files that they name; and the records that workers have made, until somebody takes them. All of it
 * ends by itself when nobody asks for it any more.
 */
export const PREFIX = 'nines'
export const sourceKey = (hash: string): string => `${PREFIX}:source:${hash}`
export const recordKey = (id: string): string => `${PREFIX}:record:${id}`

/** The queue of a program: jobs of others, whose records could differ, are not seen. */
export const queueOf = ({ version, code }: Identity): string => `replications-${version}-${code}`

/** Whose queue it is; null if it is none. */
export function programOf(queue: string): Identity | null {
  const [, version, code] = /^replications-([\w.+-]{1,100})-([\w-]{22})$/.exec(queue) ?? []
  return version === undefined || code === undefined ? null : { version, code }
}

/** Seconds that anything stays there if nobody asks for it. */
export const KEPT = 7 * 24 * 3600

/** Seconds that a record stays when it has been taken: for a job that was asked for again just then. */
export const TAKEN = 10

/** Characters of a scenario with its files; of a record. What is longer is not even fetched. */
export const MOST_OF_SOURCE = 200_000_000
export const MOST_OF_RECORD = 64_000_000

/** What came from the queue is not what it should be: whoever put it there is no program of this kind. */
export class Refused extends Error {}

const ticketShape = z.strictObject({ identity: identityShape, source: hash, job: errandShape })

/** A job in the queue; its id is the key of its content. */
export interface Ticket {
  readonly identity: Identity
  readonly source: string
  readonly job: Omit<Job, 'source'>
}

export const readTicket = (data: unknown): Ticket => fitting(ticketShape, data, 'job')

/** @param name what it is kept by */
export function readSource(text: string, name: string): Source {
  if (hashOf(text) !== name) throw new Refused('its scenario is not the one that it was')
  return fitting(sourceShape, JSON.parse(text), 'scenario')
}

/** `value` as it came, if it has the shape. */
function fitting<T>(shape: z.ZodType<T>, value: unknown, what: string): T {
  const { error } = shape.safeParse(value)
  if (error === undefined) return value as T
  const { path, message } = error.issues[0]!
  throw new Refused(`${[what, ...path].join('.')}: ${message}`)
}

export const hashOf = (text: string): string =>
  createHash('sha256').update(text).digest('base64url').slice(0, 22)

const failureShape = z.object({ kind: z.enum(['died', 'defect', 'problems', 'refused']), says: z.string() })

/**
 * Why a job failed. `died`: those who took it; `defect`: the simulator threw; `problems`: of the scenario, as JSON;
 * `refused`: what came from the queue was not what it should be, and may be there the next time.
 */
export type Failure = z.infer<typeof failureShape>

export function readFailure(reason: string): Failure {
  try {
    return failureShape.parse(JSON.parse(reason))
  } catch {
    // BullMQ's own words, when those who took it died too often.
    return { kind: 'died', says: reason }
  }
}

/** Milliseconds that a worker may be silent, its machine gone, before its jobs are taken for lost. */
export const SILENCE = 10_000
/** Milliseconds between two looks for lost jobs. */
export const LOOK = 5000
/** Workers that one job may lose before it is given up. */
export const MOST_LOST = 5
/** Times that one job is done because what came of it was of no use. */
export const MOST_TRIES = 3
