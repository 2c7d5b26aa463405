import { createHash } from 'node:crypto'
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { minify } from 'terser'
import { licencesOf } from '../licences.mjs'
import { bundle } from '../reports/html/bundle.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const common = {
  absWorkingDir: root,
  bundle: true,
  minify: true,
  format: 'esm',
  target: 'es2022',
  legalComments: 'none',
  logLevel: 'warning',
}

/** The reader of YAML, which the page and its engine have in one file of its own, as a variable for all. */
const SHARED = 'YAML'
const SHARED_YAML = {
  name: 'shared YAML',
  setup(build) {
    build.onResolve({ filter: /^yaml$/ }, () => ({ path: 'yaml', namespace: SHARED }))
    build.onLoad({ filter: /./, namespace: SHARED }, () => ({ contents: `module.exports = ${SHARED}` }))
  },
}
const YAML = {
  stdin: { contents: "export * from 'yaml'", resolveDir: root, sourcefile: 'yaml.js' },
  format: 'iife',
  globalName: SHARED,
}

/** The part of zod that makes schemas in JSON: nobody asks for one in the engine. */
const WITHOUT_JSON_SCHEMAS = {
  name: 'without JSON schemas',
  setup(build) {
    build.onLoad(
      { filter: /zod[\\/]v4[\\/]core[\\/](?:to-json-schema|json-schema-processors)\.js$/ },
      ({ path }) => {
        const names = readFileSync(path, 'utf8').matchAll(
          /^export (?:const|function) (\w+)|^export \{ \w+ as (\w+) \}/gm,
        )
        return {
          contents: [...names].map(([, a, b]) => `export const ${a ?? b} = () => () => {}\n`).join(''),
        }
      },
    )
  },
}

/** What an option is for, in code that was made small: the catalog of the shelf has it, and the engine does without. */
const DESCRIBED = /\.describe\((?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`)\)/g
/** What esbuild leaves: a thirtieth of what goes over the wire. */
const SMALLER = { ecma: 2020, compress: true, mangle: true }

/** Makes the page of `nines studio` in `folder`: static files, which any web server can give. */
export async function bundleStudio(folder) {
  mkdirSync(folder, { recursive: true })
  const outdir = path.resolve(folder)
  const made = [
    // The editor is a file of its own: the page asks for it after the first drawing.
    {
      entryPoints: { page: 'studio/page/main.ts' },
      outdir,
      splitting: true,
      chunkNames: '[name]-[hash]',
      plugins: [SHARED_YAML],
    },
    {
      entryPoints: { engine: 'studio/engine.ts' },
      outdir,
      plugins: [SHARED_YAML, WITHOUT_JSON_SCHEMAS],
    },
    { ...YAML, outfile: path.join(outdir, 'yaml.js') },
    { entryPoints: { page: 'studio/page/page.css' }, outdir },
  ]
  const inputs = []
  for (const one of made) {
    const { metafile } = await build({ ...common, ...one, metafile: true })
    inputs.push(...Object.keys(metafile.inputs))
  }
  const engine = path.join(folder, 'engine.js')
  writeFileSync(engine, readFileSync(engine, 'utf8').replace(DESCRIBED, ''))
  for (const name of readdirSync(folder).filter((name) => name.endsWith('.js'))) {
    const file = path.join(folder, name)
    const { code } = await minify(readFileSync(file, 'utf8'), { ...SMALLER, module: name !== 'yaml.js' })
    writeFileSync(file, code)
  }
  copyFileSync(path.join(root, 'studio/page/index.html'), path.join(folder, 'index.html'))
  writeFileSync(path.join(folder, 'report.json'), JSON.stringify(await assets()))
  writeFileSync(path.join(folder, 'shelf.json'), JSON.stringify(await shelf()))
  // Who starts it with a file gives another one.
  writeFileSync(path.join(folder, 'scenario.json'), JSON.stringify({ scenario: null, followed: false }))
  writeFileSync(path.join(folder, 'LICENSES'), licencesOf(inputs))
}

/** What the page of a report carries, with what its policy names. */
async function assets() {
  const made = mkdtempSync(path.join(root, '.build-'))
  try {
    await bundle(made)
    const text = (name) => readFileSync(path.join(made, name), 'utf8').trim()
    const hash = (text) => `sha256-${createHash('sha256').update(text).digest('base64')}`
    const [script, style] = [text('hover.js'), text('page.css')]
    return { script, style, hashes: { script: hash(script), style: hash(style) } }
  } finally {
    rmSync(made, { recursive: true, force: true })
  }
}

/** All scenarios that come with the program, and what a scenario can say. */
async function shelf() {
  const made = mkdtempSync(path.join(root, '.build-'))
  try {
    const outfile = path.join(made, 'shelf.mjs')
    await build({ ...common, minify: false, entryPoints: ['studio/shelf.ts'], outfile })
    const { drawnOf, shelfOf } = await import(pathToFileURL(outfile).href)
    const scenarios = path.join(root, 'scenarios')
    const names = ['', 'experiments/'].flatMap((within) =>
      readdirSync(path.join(scenarios, within))
        .filter((name) => name.endsWith('.yaml'))
        .sort()
        .map((name) => within + name.replace(/\.yaml$/, '')),
    )
    return shelfOf(
      names.map((name) => {
        const file = path.join(scenarios, `${name}.yaml`)
        const beside = (other) => readFileSync(path.resolve(path.dirname(file), other), 'utf8')
        return drawnOf(name, readFileSync(file, 'utf8'), beside)
      }),
    )
  } finally {
    rmSync(made, { recursive: true, force: true })
  }
}
