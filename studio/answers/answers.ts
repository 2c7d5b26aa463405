import type { ToAnswers } from '../messages.js'
import { AnsweringPage } from './answering-page.js'
import { type Hand, Workers } from './replication-workers.js'

/** Takes the page's questions; replications run in workers of the same script. */
export function answers(): void {
  const start = () => new Worker(self.location.href, { type: 'module', name: 'replications' }) as Hand
  const workers = new Workers(start)
  const page = new AnsweringPage(
    (job, stop) => workers.submit(job, stop),
    (message) => self.postMessage(message),
    () => performance.now(),
    () => workers.sweep(),
  )
  self.onmessage = ({ data }: MessageEvent<ToAnswers>) => {
    if (data.type === 'stop') page.stop()
    else {
      workers.most = Math.max(1, Math.floor(data.jobs))
      void page.ask(data)
    }
  }
}
