import { mkdirSync, renameSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const here = fileURLToPath(new URL('.', import.meta.url))

/** Bundles the script and the style sheet, the two texts that every page carries, and the style sheet of a drawing alone. */
export async function bundle(folder) {
  mkdirSync(folder, { recursive: true })
  const common = { bundle: true, minify: true, legalComments: 'none', target: 'es2022', logLevel: 'warning' }
  await whole(`${folder}/hover.js`, (outfile) =>
    build({ ...common, outfile, entryPoints: [`${here}../charts/hover.ts`], format: 'iife' }),
  )
  await whole(`${folder}/page.css`, (outfile) =>
    build({ ...common, outfile, entryPoints: [`${here}style.css`] }),
  )
  await whole(`${folder}/drawing.css`, (outfile) =>
    build({ ...common, outfile, entryPoints: [`${here}../drawing/alone.css`] }),
  )
}

/** A file that appears whole or not at all: somebody else may be building or reading it. */
async function whole(file, write) {
  const part = file.replace(/\.(\w+)$/, `.${process.pid}.part.$1`)
  await write(part)
  renameSync(part, file)
}

/** For tests, which run from the sources: there the bundles stand beside them. */
export default () => bundle(here)
