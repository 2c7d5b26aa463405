import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import type { Assets } from '../reports/html/assets.js'

let read: Assets | null = null

/** What pages carry: the build puts it beside them. */
export function assets(): Assets {
  read ??= load()
  return read
}

/** The style sheet of a drawing that stands alone. */
export const drawingStyle = (): string => built('drawing.css')

function load(): Assets {
  const script = built('charts.js')
  const hash = `sha256-${createHash('sha256').update(script).digest('base64')}`
  return { script, style: built('charts.css'), hash }
}

function built(name: string): string {
  const file = new URL(`../reports/html/${name}`, import.meta.url)
  if (!existsSync(file)) throw new Error(`${file.pathname} is missing: npm run build makes it`)
  return readFileSync(file, 'utf8').trim()
}
