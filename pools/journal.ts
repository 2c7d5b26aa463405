import { createHash } from 'node:crypto'
import { appendFileSync, closeSync, constants, fstatSync, ftruncateSync, openSync, readSync } from 'node:fs'
import { replicationsIn } from '../sim/experiments/groups.js'
import { Interrupted, type Pool } from '../sim/experiments/jobs.js'
import type { ReplicationRecord } from '../sim/experiments/replicate.js'
import { type Identity, keyOf } from './identity.js'
import { pack, unpack } from './packed.js'

/**
 * A pool that writes down every replication as it is finished, one line each, and runs none that is written down.
 * A run that was interrupted or killed goes on where it stopped. What counts is content: a line that was cut off
 * or damaged, whose record belongs to another key, or that another scenario, other options or another version of the
 * program wrote, is not used.
 */
export function journaled(pool: Pool, file: string, resume: boolean, identity: Identity): Pool {
  const journal = new Journal(file, resume)
  return {
    async run(jobs, done, finished) {
      const keys = new Map(jobs.map((job) => [job, keyOf(job, identity)]))
      const records = jobs.map((job) => journal.read(keys.get(job)!))
      const missing = [...records.keys()].filter((i) => records[i] === undefined)
      const known = jobs.filter((_, i) => records[i] !== undefined)
      for (let left = replicationsIn(known); left > 0; left--) done()
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

/** What is finished cannot be written down; the cause says why. */
export class JournalLost extends Error {}

const CHUNK = 1 << 20
const NEWLINE = 10
/** Letters of a key, and of a checksum; a space stands between them and the record. */
const KEY = 22

/** Links are not followed, and a pipe is not waited for. */
const FLAGS =
  constants.O_RDWR | constants.O_CREAT | constants.O_APPEND | constants.O_NOFOLLOW | constants.O_NONBLOCK

/** The file: one line `key record checksum` for each replication. Records stay in it until somebody asks. */
class Journal {
  private readonly lines = new Map<string, { at: number; length: number }>()
  private readonly file: number
  private end = 0

  constructor(
    private readonly name: string,
    resume: boolean,
  ) {
    this.file = this.tried(() => openSync(name, FLAGS))
    try {
      this.tried(() => {
        if (!fstatSync(this.file).isFile()) throw new Error('it is no regular file')
        if (resume) this.scan()
        ftruncateSync(this.file, this.end)
      })
    } catch (error) {
      this.close()
      throw error
    }
  }

  /** Nothing where the line is damaged, or is that of another key. */
  read(key: string): ReplicationRecord | undefined {
    const line = this.lines.get(key)
    if (line === undefined) return undefined
    const bytes = Buffer.alloc(line.length)
    try {
      readSync(this.file, bytes, 0, line.length, line.at)
      const text = bytes.toString('latin1')
      const record = text.slice(KEY + 1, -KEY - 1)
      return text === lineOf(key, record) ? unpack(record) : undefined
    } catch {
      return undefined
    }
  }

  write(key: string, record: ReplicationRecord): void {
    const line = lineOf(key, pack(record))
    this.tried(() => appendFileSync(this.file, `${line}\n`))
    this.note(key, line.length)
  }

  close(): void {
    closeSync(this.file)
  }

  private tried<T>(act: () => T): T {
    try {
      return act()
    } catch (cause) {
      const isLink = (cause as NodeJS.ErrnoException).code === 'ELOOP'
      throw new JournalLost(`cannot write the journal ${this.name}`, {
        cause: isLink ? new Error('it is a link') : cause,
      })
    }
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

/** The checksum is over key and record: a record that stands behind another key is none. */
function lineOf(key: string, record: string): string {
  const checksum = createHash('sha256').update(`${key} ${record}`).digest('base64url').slice(0, KEY)
  return `${key} ${record} ${checksum}`
}
