import { randomUUID } from 'node:crypto'
import { closeSync, constants, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { hostname } from 'node:os'
import path from 'node:path'

/** Who writes into a folder: `pid host token`. */
const LOCK = 'lock'

/** Those of this process, which the end of it removes. */
const held = new Set<string>()

/**
 * Keeps `folder` for this process until it ends. Throws, in words, while another one has it. The lock of a process of
 * this machine that is dead is taken over.
 */
export function lock(folder: string): void {
  const file = path.resolve(folder, LOCK)
  if (held.has(file)) return
  const stale = create(file) ? null : contentOf(file)
  if (stale !== null && !(isStale(stale) && removed(file, stale) && create(file)))
    throw new Error(`another run has it (${saidOf(stale)}); if there is none, remove ${file}`)
  if (held.size === 0) process.on('exit', release)
  held.add(file)
}

function release(): void {
  for (const file of held) rmSync(file, { force: true })
}

/** Whether there was none. */
function create(file: string, content = `${process.pid} ${hostname()} ${randomUUID()}\n`): boolean {
  let handle: number
  try {
    handle = openSync(file, 'wx')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
  try {
    writeSync(handle, content)
  } catch (error) {
    // The disk is full: an empty lock would keep everybody out.
    rmSync(file, { force: true })
    throw error
  } finally {
    closeSync(handle)
  }
  return true
}

/** Nothing of what is no regular file. */
function contentOf(file: string): string {
  try {
    const flag = (constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK) as unknown as string
    return readFileSync(file, { encoding: 'utf8', flag }).slice(0, 400)
  } catch {
    return ''
  }
}

function isStale(content: string): boolean {
  const [pid, host, token] = content.split(/\s/)
  if (!token || host !== hostname()) return false
  // In a container every process may have the same number.
  if (Number(pid) === process.pid) return true
  try {
    process.kill(Number(pid), 0)
    return false
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH'
  }
}

/** Removes a stale lock. Only one process can claim it, and nobody else removes one whose claim is taken. */
function removed(file: string, stale: string): boolean {
  const claim = `${file}.${stale.split(/\s/)[2]!.replace(/[^\w-]/g, '')}`
  if (!create(claim, '')) return false
  try {
    if (contentOf(file) !== stale) return false
    rmSync(file)
    return true
  } finally {
    rmSync(claim, { force: true })
  }
}

const saidOf = (content: string): string => {
  const [, pid, host] = /^(\d+) (\S+) /.exec(content) ?? []
  return pid === undefined ? 'its lock does not say which' : `process ${pid} on ${host}`
}
