import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { licencesOf } from '../licences.mjs'

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
 * one large module the hot path was 5 to 10 % slower. Those of short work are bundled too: they are read in a third of the
 * time.
 */
export async function bundleProgram(folder) {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: { main: 'cli/main.ts', 'short-thread': 'pools/thread.ts' },
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
