import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import type { Assets } from '../reports/html/assets.js'

let read: Assets | null = null

/** What pages carry: the build puts it beside them. */
export function assets(): Assets {
  read ??= load()
  return read
}

function load(): Assets {
  const [script, style] = ['charts.js', 'charts.css'].map((name) => {
    const file = new URL(`../reports/html/${name}`, import.meta.url)
    if (!existsSync(file)) throw new Error(`${file.pathname} is missing: npm run build makes it`)
    return readFileSync(file, 'utf8').trim()
  })
  return {
    script: script!,
    style: style!,
    hash: `sha256-${createHash('sha256').update(script!).digest('base64')}`,
  }
}
