import { runJob } from './jobs.js'

/** What a worker thread runs: one replication, from the text of the scenario. */
export default runJob
