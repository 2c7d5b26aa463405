import { deserialize, serialize } from 'node:v8'
import { deflateSync, inflateSync } from 'node:zlib'
import type { ReplicationRecord } from '../sim/experiments/replicate.js'
import { recordShape } from './shapes.js'

/** Bytes: a thousand times what a record has. A text of a megabyte can inflate to a gigabyte. */
const MOST_BYTES = 128_000_000

/**
 * A record as text, a third as long as its JSON: the structured clone that goes between threads, so that NaN and
 * infinity stay what they are, deflated.
 */
export function pack(record: ReplicationRecord): string {
  return deflateSync(serialize(record), { level: 1 }).toString('base64')
}

/** Throws on a text that was damaged, for which zlib has a checksum, and on one that holds something else. */
export function unpack(text: string): ReplicationRecord {
  const bytes = inflateSync(Buffer.from(text, 'base64'), { maxOutputLength: MOST_BYTES })
  const record = deserialize(bytes) as unknown
  const { success, error } = recordShape.safeParse(record)
  if (!success) throw error
  return record as ReplicationRecord
}
