import { type FSWatcher, statSync, watch } from 'node:fs'
import path from 'node:path'
import type { Command } from 'commander'
import { Exit, exitCodes, Unusable } from './exit.js'
import { tellOf } from './failure.js'
import { type Interruption, onInterrupt } from './interrupt.js'
import { changed, forget, touched } from './touched.js'

/** Milliseconds for which nothing must happen: an editor that saves writes, renames and removes. */
const REST = 50
/** Milliseconds from one look to the next, where the system tells nothing of a folder. */
const LOOK = 500
/** On a terminal: clears it, with what was scrolled away, and begins at its top. */
const CLEAR = '\u001b[2J\u001b[3J\u001b[H'

export interface WatchOptions {
  watch: boolean
}

export function addWatchOption(command: Command): Command {
  return command.option(
    '--watch',
    'again whenever a file changes that it was made of, until Ctrl-C (exit code 130)',
    false,
  )
}

/** Does the work; with `--watch` again and again, also where it fails by what stands in a file. */
export async function repeating(
  options: WatchOptions,
  files: readonly string[],
  work: () => void | Promise<void>,
): Promise<void> {
  if (!options.watch) return work()
  for (const file of files) checkChanges(file, '--watch')
  const interruption = onInterrupt(() => {})
  for (;;) {
    forget()
    await round(work)
    if (!interruption.stop.aborted) tell(`watching ${listed(touched())}: Ctrl-C ends`)
    const again = await change(interruption)
    if (again.length === 0) throw new Exit(exitCodes.interrupted)
    if (process.stdout.isTTY) process.stdout.write(CLEAR)
    tell(`changed: ${listed(again)}`)
  }
}

/** @throws Unusable for a pipe or a device: who reads it again waits for ever */
export function checkChanges(file: string, option: string): void {
  if (statSync(file, { throwIfNoEntry: false })?.isFile() === false)
    throw new Unusable(`${option}: ${file} is no regular file, and does not change`)
}

/** What no change of a file can mend ends all. */
async function round(work: () => void | Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (error instanceof Unusable || (error instanceof Exit && error.code === exitCodes.interrupted))
      throw error
    tellOf(error)
  }
}

/** The files noted that have changed, as soon as nothing more happens; none where it was interrupted. */
export function change({ stop }: Interruption): Promise<readonly string[]> {
  return new Promise((resolve) => {
    const names = new Set(touched().map((file) => path.basename(file)))
    const folders = new Set(touched().map((file) => path.dirname(file)))
    const watchers: FSWatcher[] = []
    let looking: NodeJS.Timeout | undefined
    let resting: NodeJS.Timeout | undefined
    const end = (files: readonly string[]) => {
      for (const watcher of watchers) watcher.close()
      clearInterval(looking)
      clearTimeout(resting)
      stop.removeEventListener('abort', interrupted)
      resolve(files)
    }
    const interrupted = () => end([])
    const look = () => {
      resting = undefined
      const files = changed()
      if (files.length > 0) end(files)
    }
    const rest = () => {
      clearTimeout(resting)
      resting = setTimeout(look, REST)
    }
    // Neighbours that are busy are none of ours. Some systems name nobody.
    const isOurs = (name: string | null) => name === null || names.has(name)
    const poll = () => {
      looking ??= setInterval(() => changed().length > 0 && resting === undefined && rest(), LOOK)
    }
    for (const folder of folders) {
      try {
        watchers.push(watch(folder, (_, name) => isOurs(name) && rest()).on('error', poll))
      } catch {
        poll()
      }
    }
    stop.addEventListener('abort', interrupted)
    if (stop.aborted) interrupted()
    // It may have changed while the work was done.
    else rest()
  })
}

const tell = (message: string): void => {
  process.stderr.write(`${message}\n`)
}

/** As one sees them from here. */
function listed(files: readonly string[]): string {
  const [first, ...others] = files.map((file) => path.relative('.', file))
  return others.length > 3 ? `${first} and ${others.length} others` : [first, ...others].join(', ')
}
