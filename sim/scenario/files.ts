import { closeSync, openSync, readSync } from 'node:fs'
import { Unreadable } from '../options/units.js'

/** Of a table of arrivals or durations: some ten million lines. */
const MOST_BYTES = 100_000_000
const PIECE = 65_536

/** The text of a file that a scenario names. Throws `Unreadable` where there is none, or too much of it. */
export function readText(file: string, most = MOST_BYTES): string {
  try {
    return readUpTo(most, file)
  } catch (error) {
    throw new Unreadable(`a file that can be read: ${file}: ${reasonOf(error)}`)
  }
}

/** The text of `file`, of which no more than `most` bytes are read. */
export function readUpTo(most: number, file: string): string {
  return new TextDecoder().decode(readBytes(file, most))
}

/** Why a file could not be opened, read or written, in words. */
export function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  return (code === undefined ? undefined : REASONS.get(code)) ?? message
}

const REASONS: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'there is no such file'],
  ['ENOTDIR', 'there is no such folder'],
  ['EISDIR', 'it is a folder'],
  ['EEXIST', 'it is there already, and is no folder'],
  ['EACCES', 'permission denied'],
  ['EPERM', 'permission denied'],
  ['EROFS', 'nothing can be written there'],
  ['ENOSPC', 'the disk is full'],
  ['ENAMETOOLONG', 'the name is too long'],
  ['ELOOP', 'its links lead in a circle'],
])

/** What `file` has, be it a file, a pipe or a device without end. */
function readBytes(file: string, most: number): Buffer {
  const handle = openSync(file, 'r')
  try {
    const pieces: Buffer[] = []
    let size = 0
    for (;;) {
      const piece = Buffer.allocUnsafe(PIECE)
      const length = readSync(handle, piece, 0, PIECE, null)
      if (length === 0) return Buffer.concat(pieces)
      size += length
      if (size > most) throw new Error(`it is too long: more than ${most / 1e6} MB`)
      pieces.push(piece.subarray(0, length))
    }
  } finally {
    closeSync(handle)
  }
}
