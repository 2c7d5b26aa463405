import { copyFileSync, mkdirSync, renameSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const here = fileURLToPath(new URL('.', import.meta.url))
const { resolve } = createRequire(import.meta.url)

/** Bundles the chart script with ECharts, and the style sheet: the two texts that every report carries; and that of a drawing alone. */
export async function bundle(folder) {
  mkdirSync(folder, { recursive: true })
  const common = { bundle: true, minify: true, legalComments: 'none', target: 'es2022', logLevel: 'warning' }
  const notice =
    '/* Apache ECharts (Apache-2.0), (c) The Apache Software Foundation; ZRender (BSD-3-Clause), (c) Baidu Inc. */'
  await whole(`${folder}/charts.js`, (outfile) =>
    build({ ...common, outfile, entryPoints: [`${here}charts.ts`], format: 'iife', banner: { js: notice } }),
  )
  await whole(`${folder}/charts.css`, (outfile) =>
    build({ ...common, outfile, entryPoints: [`${here}style.css`] }),
  )
  await whole(`${folder}/drawing.css`, (outfile) =>
    build({ ...common, outfile, entryPoints: [`${here}../drawing/alone.css`] }),
  )
}

/** What is redistributed comes with its licences. */
export function copyLicences(folder) {
  const licences = {
    'echarts-LICENSE': 'echarts/LICENSE',
    'echarts-NOTICE': 'echarts/NOTICE',
    'zrender-LICENSE': 'zrender/LICENSE',
  }
  for (const [name, file] of Object.entries(licences)) copyFileSync(resolve(file), `${folder}/${name}`)
}

/** A file that appears whole or not at all: somebody else may be building or reading it. */
async function whole(file, write) {
  const part = file.replace(/\.(\w+)$/, `.${process.pid}.part.$1`)
  await write(part)
  renameSync(part, file)
}

/** For tests, which run from the sources: there the bundles stand beside them. */
export default () => bundle(here)
