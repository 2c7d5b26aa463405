import type { ToAnswers } from '../messages.js'
import { AnsweringPage } from './answering-page.js'
import { type Hand, Workers } from './replication-workers.js'

/**
 * Takes the page's questions; replications run in workers of the same script, which end when all is answered. Who does
 * not want to know any more ends this worker, and they end with it.
 */
export function answers(): void {
  const start = () => new Worker(self.location.href, { type: 'module', name: 'replications' }) as Hand
  const workers = new Workers(start)
  const page = new AnsweringPage(
    (job) => workers.submit(job),
    (message) => self.postMessage(message),
    () => performance.now(),
  )
  let asked = 0
  self.onmessage = async ({ data }: MessageEvent<ToAnswers>) => {
    workers.most = Math.max(1, Math.floor(data.jobs))
    asked++
    await page.ask(data)
    if (--asked === 0) workers.close()
  }
}
