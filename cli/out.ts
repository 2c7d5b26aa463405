import { accessSync, constants, existsSync, mkdirSync, renameSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { Unusable } from './exit.js'
import { reasonOf } from './files.js'

/** Makes sure, before anything is simulated, that results can be written into `folder`. */
export function openFolder(folder: string): void {
  try {
    if (folder === '') throw new Error('it has no name')
    // Folder by folder: Node's own way hangs where the system says that nothing can be made (/proc).
    const above: string[] = []
    let there = path.resolve(folder)
    for (; !existsSync(there); there = path.dirname(there)) above.unshift(there)
    if (!statSync(there).isDirectory()) throw new Error(`${there} is no folder`)
    for (const missing of above) mkdirSync(missing)
    accessSync(folder, constants.W_OK)
  } catch (error) {
    const reason =
      (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'no folder can be made' : reasonOf(error)
    throw new Unusable(`--out: nothing can be written into ${folder === '' ? '""' : folder}: ${reason}`)
  }
}

/** Writes a file, and the folder that it is in; it appears whole or not at all. What the file system has against it is for the user. */
export function writeWhole(file: string, content: string): void {
  try {
    mkdirSync(path.dirname(file), { recursive: true })
    writeFileSync(`${file}.part`, content)
    renameSync(`${file}.part`, file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error
    throw new Unusable(`cannot write ${file}: ${reasonOf(error)}`)
  }
}

/** Writes files into a folder. */
export function writeAll(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, content] of Object.entries(files)) writeWhole(path.join(folder, name), content)
}
