import { parentPort } from 'node:worker_threads'
import type { Job } from '../sim/experiments/jobs.js'
import { answer } from './answering.js'

/** What a worker thread runs: one replication after the other, from the text of the scenario. */
parentPort!.on('message', (job: Job) => answer(job, (told) => parentPort!.postMessage(told)))
