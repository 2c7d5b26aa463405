import { accessSync, constants, existsSync, mkdirSync, statSync } from 'node:fs'
import path from 'node:path'
import { reasonOf } from '../sim/scenario/files.js'
import { Unusable } from './exit.js'

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
