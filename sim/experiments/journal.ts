import { createHash } from 'node:crypto'
import { appendFileSync, existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import type { Job, Pool } from './jobs.js'
import type { ReplicationRecord } from './replicate.js'

/**
 * A pool that writes down every replication as it is finished, one line each, and runs none that is written down.
 * A run that was interrupted or killed goes on where it stopped; a line that was cut off in the writing is run
 * again.
 */
export function journaled(pool: Pool, file: string, resume: boolean): Pool {
  const known = resume ? read(file) : new Map<string, string>()
  if (!resume || !existsSync(file)) writeFileSync(file, '')
  return {
    async run(jobs, done, finished) {
      const missing: Job[] = []
      const keys = jobs.map(keyOf)
      for (const [i, job] of jobs.entries()) {
        if (known.has(keys[i]!)) done()
        else missing.push(job)
      }
      await pool.run(missing, done, (job, record) => {
        const line = JSON.stringify({ key: keyOf(job), record })
        known.set(keyOf(job), line)
        appendFileSync(file, `${line}\n`)
        finished?.(job, record)
      })
      // From their lines, all of them: what was just computed and what was read are the same to the bit.
      return keys.map((key) => (JSON.parse(known.get(key)!) as { record: ReplicationRecord }).record)
    },
    close: () => pool.close(),
  }
}

function read(file: string): Map<string, string> {
  const known = new Map<string, string>()
  if (!existsSync(file)) return known
  const text = readFileSync(file, 'utf8')
  const whole = text.lastIndexOf('\n') + 1
  for (const line of text.slice(0, whole).split('\n')) {
    if (line !== '') known.set((JSON.parse(line) as { key: string }).key, line)
  }
  if (whole < text.length) truncateSync(file, Buffer.byteLength(text.slice(0, whole)))
  return known
}

/** What a job computes, in few letters. */
function keyOf(job: Job): string {
  return createHash('sha256').update(JSON.stringify(job)).digest('base64url').slice(0, 22)
}
