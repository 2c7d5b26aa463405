import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { drawnOf, shelfOf } from '../../studio/shelf.js'

const folder = path.resolve(import.meta.dirname, '../../scenarios')

/** What the page has of all scenarios that come with the program. */
export const shelf = shelfOf(
  ['', 'experiments/'].flatMap((within) =>
    readdirSync(path.join(folder, within))
      .filter((name) => name.endsWith('.yaml'))
      .sort()
      .map((name) => {
        const text = readFileSync(path.join(folder, within, name), 'utf8')
        const beside = (other: string) => readFileSync(path.join(folder, within, other), 'utf8')
        return drawnOf(within + name.replace(/\.yaml$/, ''), text, beside)
      }),
  ),
)

export const shipped = shelf.cards
