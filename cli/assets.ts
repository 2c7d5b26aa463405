import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import type { Assets } from '../reports/html/assets.js'
import { originOf } from '../reports/html/origin-of.js'
import type { Scenario } from '../sim/scenario/scenario.js'
import { commandOf } from './origin.js'

let read: Assets | null = null

/** What pages carry: the build puts it beside them. And what their results were made from. */
export function assets(scenarios: readonly Scenario[] = []): Assets {
  read ??= load()
  return scenarios.length > 0
    ? { ...read, origin: originOf(scenarios, commandOf(process.argv.slice(2))) }
    : read
}

/** The style sheet of a drawing that stands alone. */
export const drawingStyle = (): string => built('drawing.css')

function load(): Assets {
  const [script, style] = [built('hover.js'), built('page.css')]
  return { script, style, hashes: { script: hashOf(script), style: hashOf(style) } }
}

const hashOf = (text: string): string => `sha256-${createHash('sha256').update(text).digest('base64')}`

function built(name: string): string {
  const file = new URL(`../reports/html/${name}`, import.meta.url)
  if (!existsSync(file)) throw new Error(`${file.pathname} is missing: npm run build makes it`)
  return readFileSync(file, 'utf8').trim()
}
