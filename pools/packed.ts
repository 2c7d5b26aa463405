import { deserialize, serialize } from 'node:v8'
import { deflateSync, inflateSync } from 'node:zlib'
import type { ReplicationRecord } from '../sim/experiments/replicate.js'

/**
 * A record as text, a third as long as its JSON: the structured clone that goes between threads, so that NaN and
 * infinity stay what they are, deflated.
 */
export function pack(record: ReplicationRecord): string {
  return deflateSync(serialize(record), { level: 1 }).toString('base64')
}

/** Throws on a text that was damaged: zlib has a checksum. */
export function unpack(text: string): ReplicationRecord {
  return deserialize(inflateSync(Buffer.from(text, 'base64'))) as ReplicationRecord
}
