import { realpathSync, type Stats, statSync } from 'node:fs'
import path from 'node:path'

/** What a file was like: a change of it is a change of this. */
type Mark = string

/** Files that scenarios were made of, or would have been if they were there, as they were when looked for. */
const marks = new Map<string, Mark>()

/** Notes a file that is about to be read, and where it lies if that is a link. */
export function touch(file: string): void {
  for (const whole of [path.resolve(file), realOf(file)])
    if (whole !== null && !marks.has(whole)) marks.set(whole, markOf(whole))
}

/** Null for a file that is not there, or cannot be seen. */
function realOf(file: string): string | null {
  try {
    return realpathSync(file)
  } catch {
    return null
  }
}

/** From now on others are noted. */
export const forget = (): void => marks.clear()

export const touched = (): readonly string[] => [...marks.keys()]

/** Of the files noted, those that are not what they were. */
export const changed = (): readonly string[] =>
  [...marks].filter(([file, mark]) => markOf(file) !== mark).map(([file]) => file)

/** Nothing for a file that is not there, or cannot be seen. */
function markOf(file: string): Mark {
  let stats: Stats | undefined
  try {
    stats = statSync(file, { throwIfNoEntry: false })
  } catch {
    return ''
  }
  return stats === undefined ? '' : `${stats.dev} ${stats.ino} ${stats.size} ${stats.mtimeMs}`
}
