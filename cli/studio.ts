import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { Command } from 'commander'
import { ScenarioError } from '../sim/scenario/problem.js'
import { Unusable } from './exit.js'
import { readTexts } from './files.js'
import { home } from './home.js'
import { onInterrupt } from './interrupt.js'
import { openBrowser } from './open-browser.js'
import { gathered, refuseIdle, wholeNumberTo } from './options.js'
import { openFolder, writeAll } from './out.js'
import { StudioServer, type Texts } from './studio-server.js'
import { forget } from './touched.js'
import { change, checkChanges } from './watch.js'

interface StudioOptions {
  out?: string
  port: number
  open: boolean
  quiet: boolean
  allow: string[]
}

export function studioCommand(): Command {
  return new Command('studio')
    .description('the live page in a browser: see the traffic, break boxes by clicking, share it')
    .argument(
      '[file]',
      'scenario file, followed as it is edited; without it the page begins with its gallery',
    )
    .option('--out <dir>', 'write the page there, as static files for any web server, instead of serving it')
    .option('--port <n>', 'listen there, on 127.0.0.1 (default: any that is free)', wholeNumberTo(65_535), 0)
    .option('--no-open', 'open no browser: tell the address')
    .option('--quiet', 'with --out: do not tell what was written', false)
    .option('--allow <dir>', 'let the scenario read files in this folder too (repeatable)', gathered, [])
    .addHelpText('after', '\nCtrl-C ends it. Nothing is ever written to the scenario file.')
    .action(studio)
}

async function studio(file: string | undefined, options: StudioOptions, self: Command): Promise<void> {
  const { out } = options
  if (file === undefined) refuseIdle(self, ['allow'], 'no file is named that could read any')
  if (out !== undefined) {
    refuseIdle(self, ['port', 'open'], 'with --out nothing is served')
    openFolder(out)
    writeAll(out, { ...page(), 'scenario.json': begun(file, options) })
    if (!options.quiet)
      process.stderr.write(`written: ${out}/index.html and what it needs: open it through a web server\n`)
    return
  }
  refuseIdle(self, ['quiet'], 'only with --out, since the address has to be told')
  if (file !== undefined) checkChanges(file, 'nines studio')
  await serve(file, options)
}

/** Serves until somebody ends it, and tells all pages of each change of the file and of those that it names. */
async function serve(file: string | undefined, options: StudioOptions): Promise<void> {
  const server = new StudioServer(page(), begun(file, options))
  process.stdout.write(`${await server.listen(options.port)}\n`)
  if (options.open) openBrowser(server.invitation())
  const interruption = onInterrupt(() => {})
  while ((await change(interruption)).length > 0) {
    forget()
    tell(server, file, options)
  }
  await server.close()
}

/** While there is no file, the pages keep what they have. */
function tell(server: StudioServer, file: string | undefined, options: StudioOptions): void {
  try {
    server.change(begun(file, options))
  } catch (error) {
    // Nor while it may not be read: a folder that was allowed is gone.
    if (!(error instanceof ScenarioError || error instanceof Unusable)) throw error
  }
}

/** What the page begins with, as JSON: the scenario, null for none, and whether it is followed. */
function begun(name: string | undefined, { allow, out }: StudioOptions): string {
  if (name === undefined) return JSON.stringify({ scenario: null, followed: false })
  const { text, file, files } = readTexts(name, allow)
  return JSON.stringify({ scenario: { text, file, files }, followed: out === undefined })
}

/** The files that the build has made of studio/. */
function page(): Texts {
  const folder = path.join(home, 'dist/studio')
  return Object.fromEntries(
    readdirSync(folder).map((name) => [name, readFileSync(path.join(folder, name), 'utf8')]),
  )
}
