import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('..', import.meta.url))

/** What a user installs beside the program, if he wants it: the peers. */
const { peerDependencies } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'))

/**
 * The SDK of the Model Context Protocol brings a validator of JSON Schema, of 280 kB, for answers that users give to a
 * server that asks them: `nines mcp` asks nobody.
 */
const unasked = {
  name: 'unasked',
  setup: (bundle) =>
    bundle.onLoad({ filter: /sdk[\\/]dist[\\/]esm[\\/]validation[\\/]ajv-provider\.js$/ }, () => ({
      contents: 'export class AjvJsonSchemaValidator {}',
    })),
}

/**
 * Bundles the command line with all that it needs, into files that are loaded only when a command needs them: it starts
 * in less than half the time. Not minified: a stack trace is readable. Worker threads run the engine's own modules: in
 * one large module the hot path was 5 % slower.
 */
export async function bundleProgram(folder) {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: { main: 'cli/main.ts' },
    outdir: path.resolve(folder),
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    external: Object.keys(peerDependencies),
    // Packages of the older kind ask for Node's modules by require.
    banner: {
      js: "import { createRequire } from 'node:module'\nconst require = createRequire(import.meta.url)",
    },
    legalComments: 'none',
    logLevel: 'warning',
    plugins: [unasked],
    metafile: true,
  })
  writeFileSync(`${folder}/thread.js`, "import '../pools/thread.js'\n")
  writeFileSync(`${folder}/LICENSES`, licencesOf(Object.keys(metafile.inputs)))
}

/** What is redistributed comes with its licences, each once: of all packages that files were taken from. */
function licencesOf(files) {
  const folders = new Set(files.flatMap((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file) ?? []))
  const packages = new Map()
  for (const folder of [...folders].sort().map((at) => path.join(root, at))) {
    const { name, version } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'))
    const text = licenceIn(folder)
    if (text === '') throw new Error(`${name} has no licence that could come with it`)
    packages.set(text, [...(packages.get(text) ?? []), `${name} ${version}`])
  }
  return [...packages]
    .map(([text, names]) => `${names.join('\n')}\n\n${text}\n`)
    .join(`\n${'='.repeat(80)}\n`)
}

/** The files that are a licence or belong to one; else what the README says from that heading on. */
function licenceIn(folder) {
  const read = (file) => readFileSync(`${folder}/${file}`, 'utf8')
  const files = readdirSync(folder).sort()
  const texts = files.filter((file) => /^(licen[cs]e|notice|copying)/i.test(file)).map(read)
  if (texts.length > 0) return texts.join('\n').trim()
  return files
    .filter((file) => /^readme/i.test(file))
    .map((file) => /^#* *licen[cs]e[\s\S]*/im.exec(read(file))?.[0] ?? '')
    .join('\n')
    .trim()
}
