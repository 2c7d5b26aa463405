import { gather } from '../../pools/gather.js'
import { PLAIN_LOOK } from '../../reports/words/look.js'
import type { Pool } from '../../sim/experiments/jobs.js'
import { runJob } from '../../sim/experiments/jobs.js'
import type { ReplicationRecord } from '../../sim/experiments/replicate.js'
import { AnsweringPage, type Submit } from '../../studio/answers/answering-page.js'
import type { Answer, FromAnswers, Question, Text, ToAnswers } from '../../studio/messages.js'

/** Two servers behind a balancer: quick to simulate, with something to lose. */
export const stack = (more = '') => `# Is one enough?
name: Two servers
lasts: 20s
warmup: 2s
replications: 4
hosts: { a: { cores: 1 }, b: { cores: 1 } }
users: { web: { arrive: poisson(20/s), to: lb, timeout: 2s } }
components:
  lb: { kind: haproxy, servers: [one, two], default_server: { check: on } }
  one: { kind: service, host: a, servers: 2, service: exponential(20ms) }
  two: { kind: service, host: b, servers: 2, service: exponential(20ms) }
expect: { latency_p99: "<= 500ms" }
${more}`
export const textOf = (text: string, file = 'stack.yaml'): Text => ({ text, file, files: {} })

/** What is asked twice, by a page and by a command, is run once. */
const known = new Map<string, ReplicationRecord>()

export const once: Submit = async (job) => {
  await new Promise((resolve) => setImmediate(resolve))
  const key = JSON.stringify(job)
  const record = known.get(key) ?? runJob(job)
  known.set(key, record)
  return structuredClone(record)
}

export const onePool: Pool = {
  run: (list, done, finished) => gather(list, once, undefined, done, finished),
  close: async () => {},
}

/** Everything that is told, in order; each look at the clock finds a second more. */
export function pageOf(submit = once) {
  const heard: FromAnswers[] = []
  let now = 0
  const page = new AnsweringPage(
    submit,
    (message) => heard.push(message),
    () => (now += 1000),
  )
  let id = 0
  const ask = async (question: Question, texts: readonly Text[], more: object = {}) => {
    const message: ToAnswers = { id: ++id, question, scenarios: texts, jobs: 1, ...more }
    await page.ask(message)
    return heard.filter((one) => one.id === message.id)
  }
  return { ask }
}

export const answerIn = (heard: readonly FromAnswers[]): Answer => {
  const last = heard.at(-1)!
  if (last.type !== 'answer') throw new Error(JSON.stringify(last).slice(0, 300))
  return last
}

/** A text whose first line is one sentence. */
export const wide = { ...PLAIN_LOOK, width: Number.POSITIVE_INFINITY, verbose: false }
