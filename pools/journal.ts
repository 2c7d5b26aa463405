import { appendFileSync, closeSync, ftruncateSync, openSync, readSync } from 'node:fs'
import { Interrupted, type Pool } from '../sim/experiments/jobs.js'
import type { ReplicationRecord } from '../sim/experiments/replicate.js'
import { type Identity, keyOf } from './identity.js'
import { pack, unpack } from './packed.js'

/**
 * A pool that writes down every replication as it is finished, one line each, and runs none that is written down.
 * A run that was interrupted or killed goes on where it stopped. What counts is content: a line that was cut off
 * or damaged, or that another scenario, other options or another version of the program wrote, is not used.
 */
export function journaled(pool: Pool, file: string, resume: boolean, identity: Identity): Pool {
  const journal = new Journal(file, resume)
  return {
    async run(jobs, done, finished) {
      const keys = new Map(jobs.map((job) => [job, keyOf(job, identity)]))
      const records = jobs.map((job) => journal.read(keys.get(job)!))
      const missing = [...records.keys()].filter((i) => records[i] === undefined)
      for (let known = jobs.length - missing.length; known > 0; known--) done()
      const fill = (found: readonly (ReplicationRecord | undefined)[]) =>
        missing.forEach((i, j) => {
          records[i] = found[j]
        })
      try {
        fill(
          await pool.run(
            missing.map((i) => jobs[i]!),
            done,
            (job, record) => {
              journal.write(keys.get(job)!, record)
              finished?.(job, record)
            },
          ),
        )
      } catch (error) {
        if (!(error instanceof Interrupted)) throw error
        fill(error.records)
        throw new Interrupted(records)
      }
      return records as ReplicationRecord[]
    },
    async close() {
      await pool.close()
      journal.close()
    },
  }
}

const CHUNK = 1 << 20
const NEWLINE = 10
/** Letters of a key; a space stands behind it. */
const KEY = 22

/** The file: one line `key record` for each replication. Records stay in it until somebody asks. */
class Journal {
  private readonly lines = new Map<string, { at: number; length: number }>()
  private readonly file: number
  private end = 0

  constructor(file: string, resume: boolean) {
    this.file = openSync(file, 'a+')
    if (resume) this.scan()
    ftruncateSync(this.file, this.end)
  }

  read(key: string): ReplicationRecord | undefined {
    const line = this.lines.get(key)
    if (line === undefined) return undefined
    const bytes = Buffer.alloc(line.length)
    readSync(this.file, bytes, 0, line.length, line.at)
    try {
      return unpack(bytes.toString('latin1', KEY + 1))
    } catch {
      return undefined
    }
  }

  write(key: string, record: ReplicationRecord): void {
    const line = `${key} ${pack(record)}\n`
    appendFileSync(this.file, line)
    this.note(key, line.length - 1)
  }

  close(): void {
    closeSync(this.file)
  }

  private note(key: string, length: number): void {
    this.lines.set(key, { at: this.end, length })
    this.end += length + 1
  }

  /** Finds the lines; one that was cut off in the writing has no end. */
  private scan(): void {
    const chunk = Buffer.alloc(CHUNK)
    let head = ''
    let length = 0
    for (let at = 0, read = 0; (read = readSync(this.file, chunk, 0, CHUNK, at)) > 0; at += read) {
      for (let from = 0; from < read; ) {
        const to = chunk.subarray(0, read).indexOf(NEWLINE, from)
        const end = to < 0 ? read : to
        if (head.length < KEY) head += chunk.toString('latin1', from, Math.min(end, from + KEY - head.length))
        length += end - from
        if (to >= 0) {
          this.note(head, length)
          head = ''
          length = 0
        }
        from = end + 1
      }
    }
  }
}
