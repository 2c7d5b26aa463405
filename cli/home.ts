import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The folder of this package, whether the program runs from its sources or as it is built. */
export const home: string = fileURLToPath(above(new URL('.', import.meta.url)))

function above(folder: URL): URL {
  return existsSync(new URL('package.json', folder)) ? folder : above(new URL('..', folder))
}
