import { randomUUID } from 'node:crypto'
import {
  accessSync,
  constants,
  existsSync,
  fstatSync,
  mkdirSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { Unusable } from './exit.js'
import { lock } from './lock.js'
import { reasonOf } from './reasons.js'

/** Makes sure, before anything is simulated, that results can be written into `folder`, and by nobody else meanwhile. */
export function openFolder(folder: string): void {
  try {
    if (folder === '') throw new Error('it has no name')
    makeFolder(folder)
    accessSync(folder, constants.W_OK)
    lock(folder)
  } catch (error) {
    const reason =
      (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'no folder can be made' : reasonOf(error)
    throw new Unusable(`--out: nothing can be written into ${folder === '' ? '""' : folder}: ${reason}`)
  }
}

/** Folder by folder: Node's own way hangs where the system says that nothing can be made (/proc). */
function makeFolder(folder: string): void {
  const above: string[] = []
  let there = path.resolve(folder)
  for (; !existsSync(there); there = path.dirname(there)) above.unshift(there)
  if (!statSync(there).isDirectory()) throw new Error(`${there} is no folder`)
  for (const missing of above) mkdirSync(missing)
}

/**
 * Writes a file, and the folder that it is in; it appears whole or not at all. What is no regular file (/dev/stdout, a
 * pipe) is written to. What the file system has against it is for the user.
 */
export function writeWhole(file: string, content: string): void {
  writing(file, () => {
    const there = statSync(file, { throwIfNoEntry: false })
    const stream = [process.stdout, process.stderr].find(({ fd }) => isSame(there, fd))
    if (stream !== undefined) stream.write(content)
    else if (there !== undefined && !there.isFile()) writeFileSync(file, content)
    else replaceAll([[file, content]])
  })
}

/**
 * Writes files into a folder: all of them are written before the first takes its place, and the old ones go before the
 * new ones come. Whenever it is killed, no new results stand beside old ones, and no page without its tables.
 */
export function writeAll(folder: string, files: Readonly<Record<string, string>>): void {
  const isPage = ([name]: [string, string]) => Number(name.endsWith('.html'))
  const all = Object.entries(files).sort((a, b) => isPage(a) - isPage(b))
  writing(folder, () => replaceAll(all.map(([name, content]) => [path.join(folder, name), content])))
}

/** Under names that nobody else has, and that are no links to elsewhere; then under their own. */
function replaceAll(files: readonly (readonly [file: string, content: string])[]): void {
  const made = files.map(([file, content]) => ({ file, content, part: `${file}.${randomUUID()}.part` }))
  try {
    for (const { file, content, part } of made)
      writing(file, () => {
        makeFolder(path.dirname(file))
        writeFileSync(part, content, { flag: 'wx' })
      })
    if (made.length > 1)
      for (const { file } of made.toReversed()) writing(file, () => rmSync(file, { force: true }))
    for (const { file, part } of made) writing(file, () => renameSync(part, file))
  } catch (error) {
    for (const { part } of made) rmSync(part, { force: true })
    throw error
  }
}

function writing(file: string, write: () => void): void {
  try {
    write()
  } catch (error) {
    if (error instanceof Unusable) throw error
    throw new Unusable(`cannot write ${file}: ${reasonOf(error)}`)
  }
}

/** Whether it is what this program writes to as `handle`. */
function isSame(there: Stats | undefined, handle: number): boolean {
  const { dev, ino } = fstatSync(handle)
  return there?.dev === dev && there.ino === ino
}
