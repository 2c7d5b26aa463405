import { type Stats, statSync } from 'node:fs'
import path from 'node:path'

/** What a file was like: a change of it is a change of this. */
type Mark = string

/** Files that scenarios were made of, or would have been if they were there, as they were when looked for. */
const marks = new Map<string, Mark>()

/** Notes a file that is about to be read. */
export function touch(file: string): void {
  const whole = path.resolve(file)
  if (!marks.has(whole)) marks.set(whole, markOf(whole))
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
