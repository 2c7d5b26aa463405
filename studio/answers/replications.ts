import { answer } from '../../pools/answering.js'
import type { Job } from '../../sim/experiments/jobs.js'

/** Runs replications, one at a time, for the worker that answers. */
export function replications(): void {
  self.onmessage = ({ data }: MessageEvent<Job>) => answer(data, (told) => self.postMessage(told))
}
