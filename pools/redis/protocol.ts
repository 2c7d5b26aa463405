import { createHash } from 'node:crypto'
import type { Job } from '../../sim/experiments/jobs.js'
import type { Identity } from '../identity.js'

/**
 * What lies in Redis: BullMQ's queue of replications; beside it the scenarios, each once, with the texts of all
 * files that they name; and the records that workers have made, until somebody takes them.
 */
export const QUEUE = 'replications'
export const PREFIX = 'nines'
export const sourceKey = (hash: string): string => `${PREFIX}:source:${hash}`
export const recordKey = (id: string): string => `${PREFIX}:record:${id}`

/** Seconds that sources and records stay there if nobody asks for them. */
export const KEPT = 7 * 24 * 3600

/** Seconds that a record stays when it has been taken: for a job that was asked for again just then. */
export const TAKEN = 10

/** A job in the queue; its id is the key of its content. */
export interface Ticket {
  readonly identity: Identity
  readonly source: string
  readonly job: Omit<Job, 'source'>
}

export const hashOf = (text: string): string =>
  createHash('sha256').update(text).digest('base64url').slice(0, 22)

/** Why a job failed for good. */
export interface Failure {
  /** `died`: those who took it; `defect`: the simulator threw; `problems`: of the scenario, as JSON. */
  readonly kind: 'died' | 'defect' | 'problems'
  readonly says: string
}

export function readFailure(reason: string): Failure {
  try {
    return JSON.parse(reason) as Failure
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
