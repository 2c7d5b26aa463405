import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { type Card, cardOf } from '../../studio/shelf.js'

const folder = path.resolve(import.meta.dirname, '../../scenarios')

/** All scenarios that come with the program, as the page has them. */
export const shipped: readonly Card[] = ['', 'experiments/'].flatMap((within) =>
  readdirSync(path.join(folder, within))
    .filter((name) => name.endsWith('.yaml'))
    .sort()
    .map((name) => {
      const text = readFileSync(path.join(folder, within, name), 'utf8')
      const beside = (other: string) => readFileSync(path.join(folder, within, other), 'utf8')
      return cardOf(within + name.replace(/\.yaml$/, ''), text, beside)
    }),
)
