import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import path from 'node:path'

/** Writes a file, and the folder that it is in; it appears whole or not at all. */
export function writeWhole(file: string, content: string): void {
  mkdirSync(path.dirname(file), { recursive: true })
  writeFileSync(`${file}.part`, content)
  renameSync(`${file}.part`, file)
}

/** Writes files into a folder. */
export function writeAll(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, content] of Object.entries(files)) writeWhole(path.join(folder, name), content)
}
