import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'

/** The bundled chart script and style sheet: `bundle.mjs` puts them beside this file. */
export interface Assets {
  readonly script: string
  readonly style: string
  /** Of the script, as a content security policy names it. */
  readonly hash: string
}

let read: Assets | null = null

export function assets(): Assets {
  read ??= load()
  return read
}

function load(): Assets {
  const [script, style] = ['charts.js', 'charts.css'].map((name) => {
    const file = new URL(name, import.meta.url)
    if (!existsSync(file)) throw new Error(`${file.pathname} is missing: npm run build makes it`)
    return readFileSync(file, 'utf8').trim()
  })
  return {
    script: script!,
    style: style!,
    hash: `sha256-${createHash('sha256').update(script!).digest('base64')}`,
  }
}
