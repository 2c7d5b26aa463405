import type { FromAnswers, FromLive, ToAnswers, ToLive } from '../messages.js'

/** Most workers that are of use: more are slower than what they bring. */
const MOST_JOBS = 8

/** All cores but one, which the page and the run that is seen need. */
export const jobsOf = (cores: number): number => Math.max(1, Math.min(cores - 1, MOST_JOBS))

/** What gives workers of a role. */
export type Start = (role: 'live' | 'answers') => Worker

/**
 * Fetches the engine once. Its workers come from a blob: so they are under the page's own policy, and reach nothing
 * but themselves. The first that plays a run reads the engine at once, while the page begins.
 */
export async function engine(): Promise<Start> {
  const scripts = await Promise.all(['yaml.js', 'engine.js'].map(bytesOf))
  const url = URL.createObjectURL(new Blob(scripts, { type: 'text/javascript' }))
  const start: Start = (name) => new Worker(url, { type: 'module', name })
  let first: Worker | null = start('live')
  // Whoever needs it starts another, and is told what is wrong.
  first.onerror = () => {
    first = null
  }
  return (role) => {
    const ready = role === 'live' ? first : null
    if (ready !== null) first = null
    return ready ?? start(role)
  }
}

/** A worker that is started when it is first needed, and anew after it was ended. */
class Lazy<To, From> {
  private worker: Worker | null = null

  constructor(
    private readonly start: () => Worker,
    private readonly heard: (message: From) => void,
    private readonly broken: (message: string) => void,
  ) {}

  post(message: To): void {
    this.begun().postMessage(message)
  }

  private begun(): Worker {
    if (this.worker !== null) return this.worker
    const worker = this.start()
    this.worker = worker
    worker.onmessage = ({ data }) => {
      if (this.worker === worker) this.heard(data)
    }
    worker.onerror = (event) => {
      if (this.worker === worker) this.broken(event.message || 'The worker could not be started.')
    }
    return worker
  }

  restart(): void {
    this.worker?.terminate()
    this.worker = null
  }
}

export class LiveWorker extends Lazy<ToLive, FromLive> {}
export class AnswersWorker extends Lazy<ToAnswers, FromAnswers> {}

async function bytesOf(file: string): Promise<ArrayBuffer> {
  const answer = await fetch(file)
  if (!answer.ok) throw new Error(`${file}: ${answer.status}`)
  // Not its blob(), which in Chromium now and then fails with "Failed to fetch" on a busy machine.
  return answer.arrayBuffer()
}
