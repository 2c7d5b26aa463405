import { type FSWatcher, watch } from 'node:fs'
import path from 'node:path'

/** Milliseconds of rest: an editor that saves does so in several steps. */
const REST = 50

/**
 * Calls `changed` when one of the files has been written. What is watched are the folders that they lie in: an editor
 * replaces a file, and one that watches the file itself sees the old one for ever.
 * @param files as they are now: asked again after each change
 * @returns what ends it
 */
export function follow(files: () => readonly string[], changed: () => void): () => void {
  const watchers = new Map<string, FSWatcher>()
  let names = new Set<string>()
  let timer: NodeJS.Timeout | undefined
  const rested = () => {
    changed()
    look()
  }
  const look = () => {
    names = new Set(files().map((file) => path.resolve(file)))
    const folders = new Set([...names].map((name) => path.dirname(name)))
    for (const [folder, watcher] of watchers) {
      if (folders.has(folder)) continue
      watcher.close()
      watchers.delete(folder)
    }
    for (const folder of folders) if (!watchers.has(folder)) watchers.set(folder, watching(folder))
  }
  const watching = (folder: string) =>
    watch(folder, (_, name) => {
      if (name !== null && !names.has(path.join(folder, name))) return
      clearTimeout(timer)
      timer = setTimeout(rested, REST)
    })
  look()
  return () => {
    clearTimeout(timer)
    for (const watcher of watchers.values()) watcher.close()
  }
}
